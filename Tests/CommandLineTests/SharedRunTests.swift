import Foundation
import PoptrainJSON
import Testing

/// Processes that train one run together, each started by hand, as on many machines that share its folder.
@Suite(.timeLimit(.minutes(20))) struct SharedRunTests {
  private static let run = ["run", "experiment.yaml", "--shared", "--run", "shared"]

  @Test func `Two processes train one run, and every command reads it`() async throws {
    let folder = try Example.folder(Example.experiment(steps: 400, workers: 1, order: "asynchronous"))
    let one = try Program.start(arguments: Self.run, in: folder)
    #expect(one.read(until: "interval"))
    let other = try Program.start("worker", "shared", "--workers", "2", in: folder)
    #expect(other.read(until: "interval"))
    let status = try json(await Program.run("status", "shared", "--json", in: folder))
    #expect(status["state"]?.text == "running")
    #expect(one.end() == 0 && other.end() == 0)

    let export = try await Program.run("export", "shared", "--format", "jsonl", in: folder)
    let workers = try export.lines.map { try JSON.parse($0)["worker"]?.text ?? "" }
    #expect(workers.count == 6 * 40)
    #expect(Set(workers).count == 3, "\(Set(workers))")
    for command in [
      ["audit"], ["best"], ["lineage"], ["schedule"], ["findings"], ["status"], ["logs", "--member", "0"],
    ] {
      let result = try await Program.run(arguments: [command[0], "shared"] + command.dropFirst(), in: folder)
      #expect(result.status == 0, "\(command): \(result.errors)")
    }
    #expect(FileManager.default.fileExists(atPath: folder.url.path + "/shared/best/x.json"))
    // What nothing refers to was removed, whoever trained it.
    let kept = try FileManager.default.contentsOfDirectory(atPath: folder.url.path + "/shared/checkpoints")
    #expect(kept.filter { !$0.hasPrefix(".") }.count <= 7)
    let again = try await Program.run("worker", "shared", in: folder)
    #expect(again.status == 0 && again.output.contains("240"), "\(again.output)")
    #expect(try await Program.run("remove", "shared", "--yes", in: folder).status == 0)
    #expect(!FileManager.default.fileExists(atPath: folder.url.path + "/shared"))
  }

  @Test func `One command stops all processes, and another goes on`() async throws {
    let folder = try Example.folder(Example.experiment(steps: 400_000, workers: 1, order: "asynchronous"))
    let nobody = try await Program.run("stop", "runs/climb", in: folder)
    #expect(nobody.status == 65 && nobody.errors.contains("runs/climb is not a run"))
    let one = try Program.start(arguments: Self.run, in: folder)
    #expect(one.read(until: "interval"))
    let other = try Program.start("worker", "shared", in: folder)
    #expect(other.read(until: "interval"))
    let stop = try await Program.run("stop", "shared", in: folder)
    #expect(stop.status == 0 && stop.output == "asked all processes that train shared to stop\n")
    #expect(one.end() == 75 && other.end() == 75)
    let again = try await Program.run("stop", "shared", in: folder)
    #expect(again.status == 65 && again.errors.contains("is not being trained, so there is nothing to stop"))

    let next = try Program.start("worker", "shared", in: folder)
    #expect(next.read(until: "interval"))
    #expect(next.end(by: SIGTERM) == 75)
    #expect(try await Program.run("audit", "shared", in: folder).status == 0)
  }

  @Test func `A run of one process is stopped from elsewhere`() async throws {
    let folder = try Example.folder(Example.experiment(steps: 400_000, workers: 1, order: "asynchronous"))
    let engine = try Program.start("run", "experiment.yaml", in: folder)
    #expect(engine.read(until: "interval"))
    let stop = try await Program.run("stop", "runs/climb", in: folder)
    #expect(stop.status == 0 && stop.output == "asked runs/climb to stop\n")
    #expect(engine.end() == 75)
    #expect(try await Program.run("stop", "runs/climb", in: folder).status == 65)
  }

  @Test func `In synchronous order two processes make the history that one makes`() async throws {
    let alone = try Example.folder(Example.experiment(steps: 100, workers: 1))
    #expect(try await Program.run("run", "experiment.yaml", in: alone).status == 0)
    let folder = try Example.folder(Example.experiment(steps: 100, workers: 1))
    let one = try Program.start(arguments: Self.run, in: folder)
    let other = try Program.start(arguments: Self.run, in: folder)
    #expect(one.end() == 0 && other.end() == 0)
    let expected = try await scores(of: "runs/climb", in: alone)
    #expect(expected.count == 60)
    #expect(try await scores(of: "shared", in: folder) == expected)
    #expect(try await Program.run("audit", "shared", in: folder).status == 0)
  }

  @Test func `What a killed process had, the others take over`() async throws {
    let folder = try Example.folder(
      Example.experiment(steps: 100, workers: 2, order: "asynchronous"),
      trainer: Example.trainer.replacing(
        "    if interval.checkpoint:",
        with: """
              import os, signal
              if not os.path.exists("first-is-dead"):
                  open("started", "w").close()
                  signal.pause()
              if interval.checkpoint:
          """))
    let killed = try Program.start(arguments: Self.run, in: folder)
    try folder.wait(for: "started")
    #expect(killed.end(by: SIGKILL) == SIGKILL)
    try folder.write("", to: "first-is-dead")
    let other = try await Program.run("worker", "shared", in: folder)
    #expect(other.status == 0, "\(other.errors)")
    #expect(try await scores(of: "shared", in: folder).count == 60)
    let audit = try await Program.run("audit", "shared", in: folder)
    #expect(audit.status == 0, "\(audit.errors)")
  }

  @Test func `One that is told to stop lets the others train, who end the run`() async throws {
    let folder = try Example.folder(Example.experiment(steps: 400, workers: 1, order: "asynchronous"))
    let one = try Program.start(arguments: Self.run, in: folder)
    #expect(one.read(until: "interval"))
    let other = try Program.start("worker", "shared", in: folder)
    #expect(other.read(until: "interval"))
    #expect(one.end(by: SIGTERM) == 75)
    #expect(other.end() == 0)
    // What was saved on the way may be two intervals.
    let export = try await Program.run("export", "shared", "--format", "jsonl", in: folder)
    let steps = try export.lines.map { try JSON.parse($0)["steps"]?.integer ?? 0 }
    #expect(steps.reduce(0, +) == 6 * 400)
  }

  @Test func `A run of one machine cannot be shared, and one that is shared has an end to its steps for all`()
    async throws
  {
    let folder = try Example.folder(Example.experiment(steps: 40, workers: 1))
    #expect(try await Program.run("run", "experiment.yaml", in: folder).status == 0)
    for command in [["worker", "runs/climb"], ["run", "experiment.yaml", "--shared"]] {
      let refused = try await Program.run(arguments: command, in: folder)
      #expect(refused.status == 65)
      #expect(refused.errors.contains("Begin a new run with `--shared`, in another folder"), "\(refused.errors)")
    }
    let none = try await Program.run("worker", "runs/none", in: folder)
    #expect(none.status == 65 && none.errors.contains("runs/none is not a run"))
  }

  /// Steps, members and scores of the intervals, in order.
  private func scores(of run: String, in folder: Folder) async throws -> [String] {
    let export = try await Program.run("export", run, "--format", "jsonl", in: folder)
    return try export.lines.map { line in
      let row = try JSON.parse(line)
      return "\(row["member"] ?? .null) \(row["number"] ?? .null) \(row["score"] ?? .null)"
    }.sorted()
  }
}
