import Foundation
import Testing

/// `docs/conformance.md`, and the list of its tests, which exist.
@Suite struct ConformancePageTests {
  /// The cells of each row of a page's table.
  private static func rows(_ name: String) -> [[String]] {
    let page = try? String(contentsOf: Program.sources.appendingPathComponent("docs/\(name).md"), encoding: .utf8)
    return (page ?? "").matches(of: /(?m)^\| (\d+) \|.*$/).map { row in
      row.0.split(separator: "|").map { $0.trimmingCharacters(in: .whitespaces) }
    }
  }

  private static let rows = rows("conformance")
  private static let tests = rows("notebook/conformance-tests")

  /// The test sources, by their paths.
  private static let sources: [String: String] = {
    var sources: [String: String] = [:]
    for folder in ["Tests", "Sources/PoptrainStoreTesting", "python/tests", "python/frameworks"] {
      let url = Program.sources.appendingPathComponent(folder)
      for case let file as URL in FileManager.default.enumerator(at: url, includingPropertiesForKeys: nil) ?? .init()
      where ["swift", "py"].contains(file.pathExtension) {
        sources[file.path] = try? String(contentsOf: file, encoding: .utf8)
      }
    }
    return sources
  }()

  @Test func `All numbers are there, with a state, and without a test only where it says why`() {
    #expect(Self.rows.map { Int($0[0]) } == Array(1...Self.rows.count))
    #expect(Self.tests.map(\.[0]) == Self.rows.map(\.[0]))
    for (row, tests) in zip(Self.rows, Self.tests) {
      #expect(row.count == 4 && tests.count == 2, "row \(row[0])")
      let state = row[2].prefix { $0 != ":" && $0 != "," }
      #expect(["tested", "partly", "pending"].contains(state), "row \(row[0])")
      #expect(tests[1].isEmpty == (state == "pending"), "row \(row[0])")
      if state != "tested" { #expect(row[2].contains(": "), "row \(row[0]) does not say what is missing") }
    }
  }

  @Test(arguments: tests.flatMap { $0[1].components(separatedBy: "<br>") }.filter { !$0.isEmpty })
  func `Every test that is named exists`(reference: String) throws {
    let match = try #require(try /`([^`]+)` (.+)/.wholeMatch(in: reference), "\(reference)")
    let (suite, test) = (String(match.1), String(match.2))
    let found = Self.sources.contains { path, source in
      suite.hasSuffix(".py")
        ? path.hasSuffix("/\(suite)") && source.contains("def \(test)(")
        : ["struct \(suite) {", "struct `\(suite)` {", "extension \(suite) {"].contains(where: source.contains)
          && ["(\"\(test)", "\n    \"\(test)", "\n      \"\(test)", "func `\(test)`", "func \(test)("].contains(
            where: source.contains)
    }
    #expect(found, "there is no test \(test) in \(suite)")
  }
}
