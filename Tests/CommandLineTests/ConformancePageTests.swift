import Foundation
import Testing

/// `docs/conformance.md` names tests that exist.
@Suite struct ConformancePageTests {
  /// The cells of each row of the table.
  private static let rows: [[String]] = {
    let page = try? String(contentsOf: Program.sources.appendingPathComponent("docs/conformance.md"), encoding: .utf8)
    return (page ?? "").matches(of: /(?m)^\| (\d+) \|.*$/).map { row in
      row.0.split(separator: "|").map { $0.trimmingCharacters(in: .whitespaces) }
    }
  }()

  /// The test sources, by their paths.
  private static let sources: [String: String] = {
    var sources: [String: String] = [:]
    for folder in ["Tests", "Sources/PoptrainStoreTesting", "python/tests"] {
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
    for row in Self.rows {
      #expect(row.count == 5, "row \(row[0])")
      let state = row[3].prefix { $0 != ":" && $0 != "," }
      #expect(["tested", "partly", "pending"].contains(state), "row \(row[0])")
      #expect(row[2].isEmpty == (state == "pending"), "row \(row[0])")
      if state != "tested" { #expect(row[3].contains(": "), "row \(row[0]) does not say what is missing") }
    }
  }

  @Test(arguments: rows.flatMap { $0[2].components(separatedBy: "<br>") }.filter { !$0.isEmpty })
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
