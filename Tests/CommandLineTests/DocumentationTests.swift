import Foundation
import PoptrainJSON
import Testing

/// What the pages tell a newcomer to type works as they stand.
@Suite struct DocumentationTests {
  private static let commands = [
    "init", "draw", "check", "run", "worker", "launch", "stop", "watch", "compare", "dashboard", "status", "best",
    "schedule", "replay", "lineage", "findings", "figure", "report", "follow", "logs", "rerun", "export", "audit",
    "clean", "remove",
  ]

  private func page(_ name: String) throws -> String {
    try String(contentsOf: Program.sources.appendingPathComponent(name), encoding: .utf8)
  }

  /// The blocks of code of a language on a page.
  private func blocks(_ language: String, of page: String) -> [String] {
    page.components(separatedBy: "```\(language)\n").dropFirst().compactMap { $0.components(separatedBy: "```").first }
  }

  @Test func `The README's example is trained with the README's commands`() async throws {
    let readme = try page("README.md")
    let folder = try Folder()
    try folder.write(try #require(blocks("yaml", of: readme).first), to: "experiment.yaml")
    try folder.write(try #require(blocks("python", of: readme).first), to: "train.py")
    let commands = blocks("sh", of: readme).joined().split(separator: "\n").filter { $0.hasPrefix("poptrain ") }
    #expect(commands.count == 5)
    for command in commands {
      let words = command.split(separator: "#")[0].split(separator: " ").dropFirst().map(String.init)
      let result = try await Program.run(arguments: words, in: folder)
      #expect(result.status == 0, "\(command): \(result.output) \(result.errors)")
    }
  }

  @Test func `An exported schedule makes as good a model, in a plain script and as a replay`() async throws {
    let (readme, schedules) = (try page("README.md"), try page("docs/schedules.md"))
    let folder = try Folder()
    try folder.write(try #require(blocks("yaml", of: readme).first), to: "experiment.yaml")
    try folder.write(try #require(blocks("python", of: readme).first), to: "train.py")
    #expect(try await Program.run("run", "experiment.yaml", in: folder).status == 0)
    let commands = blocks("sh", of: schedules)
    #expect(commands.count == 2)
    for block in commands {
      let done = try await Program.runShell("set -e\n" + block, in: folder)
      #expect(done.status == 0, "\(done.errors)")
    }

    let best = try json(await Program.run("best", "runs/parabola", "--json", in: folder))
    let error = try #require(best["score"]?.double)
    #expect(error > 0 && error < 0.02)
    // With other noise it is about as small.
    func isAlike(_ other: Double?) -> Bool { other.map { $0 > error / 2 && $0 < 4 * error } ?? false }
    var printed: Set<String> = []
    for script in blocks("python", of: schedules).prefix(2) {
      try folder.write(script, to: "plain.py")
      let done = try await Program.runShell("unset PYTHONPATH; python3 plain.py", in: folder)
      let line = try #require(done.lines.first, "\(done.errors)")
      #expect(isAlike(line.split(separator: " ").last.flatMap { Double($0) }), "\(line), not about \(error)")
      printed.insert(line)
    }
    #expect(printed.count == 1)
    for (run, count) in [("runs/parabola-replay", 1), ("five", 5)] {
      let status = try json(await Program.run("status", run, "--json", in: folder))
      let scores = try #require(status["members"]?.array).map { $0["score"]?.double }
      #expect(scores.count == count && scores.allSatisfy(isAlike), "\(scores), not about \(error)")
    }
  }

  @Test func `Every command's help teaches by an example, and the page lists it`() async throws {
    let folder = try Folder()
    let commandLine = try page("docs/command-line.md")
    let overview = try await Program.run("--help", in: folder).output
    for name in Self.commands {
      #expect(overview.contains("  \(name) "), "\(name) is missing in the overview")
      #expect(commandLine.contains("`poptrain \(name) "), "\(name) is missing on the page")
      let help = try await Program.run("help", name, in: folder)
      #expect(help.status == 0)
      let examples = help.lines.filter { $0.trimmingPrefix(while: \.isWhitespace).hasPrefix("poptrain \(name) ") }
      #expect(!examples.isEmpty, "\(name) has no example")
    }
  }

  @Test(arguments: commands + ["", "launch slurm", "launch ray", "launch kubernetes"])
  func `In a window of 80 columns, help breaks no example, and prose only where a line is full`(name: String)
    async throws
  {
    // In so wide a window the lines are those of the source. What is longer than 80 columns will be broken anywhere.
    let help = try await Program.runShell("COLUMNS=1000 poptrain help \(name)", in: Folder())
    let text = try #require(help.output.components(separatedBy: "\nUSAGE: ").first)
    for paragraph in text.components(separatedBy: "\n\n") {
      let lines = paragraph.split(separator: "\n")
      let isProse = lines.count == 1 && !paragraph.hasPrefix("poptrain ")
      for line in lines where !isProse { #expect(line.count <= 80, "\(line)") }
    }
  }
}
