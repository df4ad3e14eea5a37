import Foundation
import PoptrainJSON
import Testing

/// The examples train more than one generation.
@Suite struct ExampleTests {
  private let examples = Program.sources.appendingPathComponent("examples")

  /// An example whose framework a machine need not have.
  struct Framework {
    let example: String
    let steps: (all: Int, few: Int)
    /// What is there where the framework is: in the environment of `make setup-jax`, or of Debian.
    let file: String
    /// Where the Python is that has it.
    let python: String

    var isInstalled: Bool { FileManager.default.fileExists(atPath: file) }
  }

  static let frameworks = {
    let jax = Program.sources.appendingPathComponent(".venv-jax").path
    return [
      Framework(example: "jax-digits", steps: (1800, 240), file: "\(jax)/installed", python: "\(jax)/bin"),
      Framework(example: "jax-breakout", steps: (400, 120), file: "\(jax)/installed", python: "\(jax)/bin"),
      Framework(
        example: "torch", steps: (1800, 240), file: "/usr/lib/python3/dist-packages/torch", python: "/usr/bin"),
    ]
  }()

  @Test func `Every example is trained here`() throws {
    let folders = try FileManager.default.contentsOfDirectory(atPath: examples.path).filter {
      FileManager.default.fileExists(atPath: examples.appendingPathComponent("\($0)/experiment.yaml").path)
    }
    let here = ["c-program", "digits", "shell"] + Self.frameworks.map(\.example)
    #expect(folders.sorted() == here.sorted())
  }

  @Test func `Digits are trained, with a shorter budget`() async throws {
    let folder = try Folder()
    try FileManager.default.copyItem(
      at: examples.appendingPathComponent("digits"), to: folder.url.appendingPathComponent("digits"))
    let experiment = try folder.read("digits/experiment.yaml")
    #expect(experiment.contains("steps: 1800"))
    try folder.write(experiment.replacing("steps: 1800", with: "steps: 240"), to: "digits/experiment.yaml")
    let run = try await Program.run("run", "digits/experiment.yaml", in: folder)
    #expect(run.status == 0, "\(run.output) \(run.errors)")
    try await checkRun(in: folder)
  }

  @Test func `A C program is trained`() async throws {
    let folder = try Folder()
    let program = folder.url.appendingPathComponent("c-program")
    try FileManager.default.copyItem(at: examples.appendingPathComponent("c-program"), to: program)
    let make = Process()
    make.executableURL = URL(fileURLWithPath: "/usr/bin/env")
    make.arguments = ["make", "-C", program.path]
    make.standardOutput = FileHandle.nullDevice
    try make.run()
    make.waitUntilExit()
    let run = try await Program.run("run", "c-program/experiment.yaml", in: folder)
    #expect(run.status == 0, "\(run.output) \(run.errors)")
    try await checkRun(in: folder)
  }

  @Test func `A shell script is trained`() async throws {
    let folder = try Folder()
    try FileManager.default.copyItem(
      at: examples.appendingPathComponent("shell"), to: folder.url.appendingPathComponent("shell"))
    let run = try await Program.run("run", "shell/experiment.yaml", in: folder)
    #expect(run.status == 0, "\(run.output) \(run.errors)")
    try await checkRun(in: folder)
  }

  @Test(.enabled(if: Program.isSlow), .timeLimit(.minutes(10)), arguments: frameworks.filter(\.isInstalled))
  func `A model of another framework is trained, with a shorter budget`(framework: Framework) async throws {
    let folder = try Folder()
    let name = framework.example
    for example in [name, "digits"] {
      try FileManager.default.copyItem(
        at: examples.appendingPathComponent(example), to: folder.url.appendingPathComponent(example))
    }
    let (experiment, steps) = (try folder.read("\(name)/experiment.yaml"), framework.steps)
    #expect(experiment.contains("steps: \(steps.all)"))
    try folder.write(
      experiment.replacing("steps: \(steps.all)", with: "steps: \(steps.few)"), to: "\(name)/experiment.yaml")
    // The Python that has the framework need not have what the data are made with.
    let script = """
      set -e
      python3 digits/prepare.py
      PATH="\(framework.python):$PATH" poptrain run \(name)/experiment.yaml
      """
    let run = try await Program.runShell(script, in: folder)
    #expect(run.status == 0, "\(run.output) \(run.errors)")
    try await checkRun(in: folder)
  }

  private func checkRun(in folder: Folder) async throws {
    let name = try #require(try? FileManager.default.contentsOfDirectory(atPath: folder.url.path + "/runs").first)
    let status = try json(await Program.run("status", "runs/\(name)", "--json", in: folder))
    #expect(status["state"]?.text == "finished")
    #expect(status["best"]?["score"]?.double != nil)
    let rows = try await Program.run("export", "runs/\(name)", "--format", "jsonl", in: folder).lines.map(JSON.parse)
    let copies = rows.filter { $0["decision"]?.text == "inherit" }
    #expect(Set(copies.compactMap { $0["number"]?.integer }).count > 1, "only one generation")
    #expect(try await Program.run("audit", "runs/\(name)", in: folder).status == 0)
  }
}
