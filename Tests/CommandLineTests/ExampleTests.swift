import Foundation
import PoptrainJSON
import Testing

/// The examples stand alone, and train more than one generation.
@Suite struct ExampleTests {
  /// Those with an experiment file; the example in Swift has tests of its own.
  private static let trained = ExampleFolder.all.filter { $0.text(of: "experiment.yaml") != nil }

  /// Those that need no more than `make setup` installs, which is what the digits need.
  private static let light = {
    let installed = ExampleFolder.all.first { $0.name == "digits" }?.requirements ?? []
    return trained.filter { $0.requirements.isSubset(of: installed) }
  }()

  private static let heavy = trained.filter { example in !light.contains { $0.name == example.name } }

  @Test func `The README's table says what the examples say of themselves`() throws {
    let readme = try String(contentsOf: Program.sources.appendingPathComponent("README.md"), encoding: .utf8)
    let table = try #require(
      readme.firstMatch(of: /\n\| Example \| Teaches \| Needs \| Takes \|\n\|---\|---\|---\|---\|\n((?:\|.*\n)*)/))
    let rows = try ExampleFolder.all.map { try #require($0.row, "\($0) does not say what it teaches, needs and takes") }
    #expect(table.1.split(separator: "\n").map(String.init) == rows, "It should be\n\(rows.joined(separator: "\n"))")
  }

  @Test(arguments: ExampleFolder.all)
  func `An example names the packages that it needs`(example: ExampleFolder) throws {
    let row = try #require(example.row)
    for package in example.requirements { #expect(row.contains(package)) }
  }

  @Test func `The examples that read digits prepare the same`() {
    let copies = ExampleFolder.all.compactMap { $0.text(of: "prepare.py") }
    #expect(copies.count > 1)
    #expect(Set(copies).count == 1)
  }

  @Test(.timeLimit(.minutes(20)), arguments: light)
  func `An example is trained by its own commands, with a shorter budget`(example: ExampleFolder) async throws {
    try await train(example, with: Python.ofTests)
  }

  @Test(.enabled(if: Program.isSlow), .timeLimit(.minutes(20)), arguments: heavy)
  func `An example with a framework is trained by its own commands, with a shorter budget`(example: ExampleFolder)
    async throws
  {
    let found = try await Python.folder(importing: "train", in: example.folder)
    let python = try #require(found, "no Python has what it needs: make setup-jax setup-torch")
    try await train(example, with: python)
  }

  /// Copies an example to where nothing else is, and does what its README says.
  private func train(_ example: ExampleFolder, with python: String) async throws {
    let folder = try Folder()
    let copy = folder.url.appendingPathComponent(example.name)
    try FileManager.default.copyItem(at: example.folder, to: copy)
    try? FileManager.default.removeItem(at: copy.appendingPathComponent("runs"))
    try folder.write(try #require(example.shortExperiment), to: "\(example.name)/experiment.yaml")
    // The Python that has the framework need not have what the data are made with.
    let script = """
      set -e
      cd \(example.name)
      if [ -e prepare.py ]; then PATH="\(Python.ofTests):$PATH" python3 prepare.py; fi
      PATH="\(python):$PATH"
      \(try #require(example.commands))
      """
    let done = try await Program.runShell(script, in: folder)
    #expect(done.status == 0, "\(done.output) \(done.errors)")

    let runs = try FileManager.default.contentsOfDirectory(atPath: copy.appendingPathComponent("runs").path)
    let run = "\(example.name)/runs/\(try #require(runs.first))"
    let status = try json(await Program.run("status", run, "--json", in: folder))
    #expect(status["state"]?.text == "finished")
    #expect(status["best"]?["score"]?.double != nil)
    let rows = try await Program.run("export", run, "--format", "jsonl", in: folder).lines.map(JSON.parse)
    let copies = rows.filter { $0["decision"]?.text == "inherit" }
    #expect(Set(copies.compactMap { $0["number"]?.integer }).count > 1, "only one generation")
    #expect(try await Program.run("audit", run, in: folder).status == 0)
  }
}
