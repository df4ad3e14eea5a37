import Foundation
import PoptrainSimulation

/// The study of `docs/notebook/rules.md`: trains populations on tasks whose best schedule is known, and writes the tables
/// and the figure there.
///
///     swift run -c release rules [--seeds N] [--docs FOLDER]
@main struct RulesStudy {
  static func main() async throws {
    let seeds = argument("--seeds").flatMap { UInt64($0) } ?? 100
    let docs = URL(fileURLWithPath: argument("--docs") ?? "../docs")
    let clock = ContinuousClock()
    let start = clock.now

    try await Figure2Drawing(seed: 0).svg.write(
      to: docs.appending(path: "images/figure2.svg"), atomically: true, encoding: .utf8)
    let study = Study(seeds: 0..<seeds, width: ProcessInfo.processInfo.activeProcessorCount)
    var tables = Tables(study)
    let text = try await tables.text
    try replace(in: docs.appending(path: "notebook/rules.md"), with: text)
    say("\(tables.populations) populations in \((clock.now - start).components.seconds) s")
  }

  /// The word after an option.
  private static func argument(_ name: String) -> String? {
    let words = CommandLine.arguments
    return words.firstIndex(of: name).flatMap { words.indices.contains($0 + 1) ? words[$0 + 1] : nil }
  }

  /// Puts a text between two marks of a page.
  private static func replace(in page: URL, with text: String) throws {
    let marks = ["<!-- made by `make study` -->\n", "<!-- end of what `make study` made -->"]
    let parts = try String(contentsOf: page, encoding: .utf8).components(separatedBy: marks[0])
    guard parts.count == 2, let end = parts[1].range(of: marks[1]) else {
      say("\(page.path) has no place for the tables: \(marks)")
      exit(65)
    }
    try (parts[0] + marks[0] + text + parts[1][end.lowerBound...]).write(to: page, atomically: true, encoding: .utf8)
  }
}

/// Tells a person how far it is.
func say(_ text: String) {
  FileHandle.standardError.write(Data((text + "\n").utf8))
}
