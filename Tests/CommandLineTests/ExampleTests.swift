import Foundation
import JSON
import Testing

/// The examples train more than one generation.
@Suite struct ExampleTests {
  private let examples = Program.sources.appendingPathComponent("examples")

  @Test func `Every example is trained here`() throws {
    let folders = try FileManager.default.contentsOfDirectory(atPath: examples.path).filter {
      FileManager.default.fileExists(atPath: examples.appendingPathComponent("\($0)/experiment.yaml").path)
    }
    #expect(folders.sorted() == ["c-program", "digits", "shell"])
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
