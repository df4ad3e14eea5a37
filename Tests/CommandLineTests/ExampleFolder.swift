import Foundation

/// A folder in `examples`, and what it says of itself.
struct ExampleFolder: CustomStringConvertible, Sendable {
  let name: String
  let folder: URL
  let readme: String

  static let folder = Program.sources.appendingPathComponent("examples")

  static let all: [ExampleFolder] = {
    let names = (try? FileManager.default.contentsOfDirectory(atPath: folder.path)) ?? []
    return names.sorted().compactMap { name in
      let folder = folder.appendingPathComponent(name)
      let readme = try? String(contentsOf: folder.appendingPathComponent("README.md"), encoding: .utf8)
      return readme.map { ExampleFolder(name: name, folder: folder, readme: $0) }
    }
  }()

  var description: String { name }

  func text(of file: String) -> String? {
    try? String(contentsOf: folder.appendingPathComponent(file), encoding: .utf8)
  }

  /// Its row in the table of examples.
  var row: String? {
    let facts = readme.firstMatch(of: /\n\| Teaches \| Needs \| Takes \|\n\|---\|---\|---\|\n(\|.+\|)\n/)
    return facts.map { "| [\(name)](examples/\(name)) \($0.1)" }
  }

  /// The Python packages that it needs.
  var requirements: Set<String> {
    let lines = (text(of: "requirements.txt") ?? "").split(separator: "\n")
    return Set(lines.map { String($0.prefix { $0.isLetter || $0.isNumber || $0 == "-" }) })
  }

  /// The commands that its README begins with, the installation of packages left out.
  var commands: String? {
    let block = readme.firstMatch(of: /\n```sh\n((?:.*\n)*?)```/)
    return block.map { $0.1.split(separator: "\n").filter { !$0.hasPrefix("pip ") }.joined(separator: "\n") }
  }

  /// Its experiment with eight intervals of each member.
  var shortExperiment: String? {
    guard let experiment = text(of: "experiment.yaml"),
      let interval = experiment.firstMatch(of: /(?m)^interval: (\d+)/).flatMap({ Int($0.1) })
    else { return nil }
    return experiment.replacing(/(?m)^steps: \d+/, with: "steps: \(8 * interval)")
  }
}
