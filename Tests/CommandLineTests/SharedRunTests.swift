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
    #expect(one.end() == 76 && other.end() == 76)
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

  @Test func `Costly decisions of several workers and processes are recomputed, and collect nothing twice`()
    async throws
  {
    let file = Example.experiment(steps: 200, workers: 2, order: "asynchronous", more: "explore: pb2")
    let folder = try Example.folder(file)
    #expect(try await Program.run("run", "experiment.yaml", in: folder).status == 0)
    let alone = try await Program.run("audit", "runs/climb", in: folder)
    #expect(alone.status == 0, "\(alone.errors)")
    let one = try Program.start(arguments: Self.run, in: folder)
    let other = try Program.start(arguments: Self.run, in: folder)
    #expect(one.end() == 0 && other.end() == 0)
    let audit = try await Program.run("audit", "shared", in: folder)
    #expect(audit.status == 0, "\(audit.errors)")
  }

  @Test func `The log is read to its end, wherever its hint points, and by many at once`() async throws {
    let folder = try Example.folder(Example.experiment(steps: 100, workers: 1))
    #expect(try await Program.run(arguments: Self.run, in: folder).status == 0)
    let head = folder.url.path + "/shared/log/HEAD"
    for hint in ["0000000000000000003\n", "", nil] {
      try FileManager.default.removeItem(atPath: head)
      if let hint { try hint.write(toFile: head, atomically: false, encoding: .utf8) }
      let script = """
        export XDG_CACHE_HOME="$PWD/cache-$RANDOM$RANDOM"
        for i in 1 2 3 4 5 6; do poptrain status shared --json > read-$i & done; wait
        grep -l '"state":"finished"' read-? | wc -l
        poptrain audit shared > /dev/null && poptrain worker shared > /dev/null && echo whole
        """
      let read = try await Program.runShell("bash -c '\(script.replacing("'", with: #"'\''"#))'", in: folder)
      #expect(read.lines == ["6", "whole"], "\(hint ?? "none"): \(read.output) \(read.errors)")
      if hint == nil { try "0\n".write(toFile: head, atomically: false, encoding: .utf8) }
    }
  }

  @Test func `A run that was copied, and one whose log went back, are read as they are`() async throws {
    let folder = try Example.folder(Example.experiment(steps: 40, workers: 1))
    let script = """
      export XDG_CACHE_HOME="$PWD/cache"
      poptrain run experiment.yaml --shared --run shared > /dev/null && cp -a shared copy && cp -a shared/log before
      poptrain run experiment.yaml --run shared --steps 60 > /dev/null && poptrain audit shared > /dev/null
      poptrain audit copy | grep intervals; poptrain audit shared | grep intervals
      rm -r shared/log && cp -a before shared/log && poptrain status shared | grep -c "240 of 240"
      """
    let result = try await Program.runShell(script, in: folder)
    #expect(result.status == 0, "\(result.output) \(result.errors)")
    #expect(result.lines.map { $0.prefix(12) } == ["24 intervals", "36 intervals", "1"], "\(result.output)")
  }

  @Test func `A folder that is only called log is no shared run`() async throws {
    let folder = try Example.folder(Example.experiment(steps: 40, workers: 1))
    let script = """
      mkdir -p mine/log && echo precious > mine/log/notes && poptrain run experiment.yaml --run mine; echo $?
      poptrain run experiment.yaml > /dev/null && mkdir runs/climb/log && echo mine > runs/climb/log/notes && \\
      poptrain status runs/climb > /dev/null && poptrain remove --yes runs/climb > /dev/null; cat runs/climb/log/notes
      """
    let result = try await Program.runShell(script, in: folder)
    #expect(result.lines == ["65", "mine"], "\(result.output) \(result.errors)")
    #expect(result.errors.contains("mine contains log/notes, but no run"))
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
