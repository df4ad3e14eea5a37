import Foundation
import PoptrainJSON
import Testing

@Suite struct BadInputTests {
  @Test func `Everything wrong with an experiment file is said at once, and nothing is made`() async throws {
    let folder = try Folder()
    try folder.write(
      """
      trainer: {command: [no-such-program, train.py]}
      metric: value
      mode: maximum
      steps: 10
      interval: 50
      population: 4
      hyperparameters:
        rate: {log_uniform: [0, 1]}
      """, to: "experiment.yaml")
    let run = try await Program.run("run", "experiment.yaml", in: folder)
    #expect(run.status == 65)
    for place in [
      "experiment.yaml:1:", "experiment.yaml:3:7:", "experiment.yaml:5:11:", "experiment.yaml:6:1:",
      "experiment.yaml:8:",
    ] {
      #expect(run.errors.contains(place), "\(place) is missing in \(run.errors)")
    }
    #expect(run.errors.contains("population_size"))
    #expect(folder.names == ["experiment.yaml"])
  }

  @Test func `Garbage as an experiment is refused quickly`() async throws {
    let folder = try Folder()
    try Data((0..<10_000_000).map { UInt8(truncatingIfNeeded: $0 &* 2_654_435_761 >> 7) })
      .write(to: folder.url.appendingPathComponent("experiment.yaml"))
    let run = try await Program.run("run", "experiment.yaml", in: folder)
    #expect(run.status == 65)
    #expect(run.errors.utf8.count < 2000)
    #expect(folder.names == ["experiment.yaml"])
  }

  @Test(arguments: [
    ["run"], ["run", "a.yaml", "--workers", "0"], ["run", "a.yaml", "--workers", "9007199254740993"],
    ["worker", "x", "--workers", "100001"], ["run", "a.yaml", "--seed", "-1"], ["nonsense"], ["best"],
    ["export", "x", "--format", "xml"], ["logs", "x"],
  ])
  func `Wrong usage is 64`(arguments: [String]) async throws {
    let folder = try Folder()
    let process = Program.process(arguments, in: folder)
    process.standardOutput = FileHandle.nullDevice
    process.standardError = FileHandle.nullDevice
    try process.run()
    process.waitUntilExit()
    #expect(process.terminationStatus == 64)
    #expect(folder.names.isEmpty)
  }

  @Test(arguments: ["status", "best", "schedule", "lineage", "export", "audit"])
  func `A folder without a run is said to be one`(command: String) async throws {
    let folder = try Folder()
    let result = try await Program.run(command, "nowhere", in: folder)
    #expect(result.status == 65)
    #expect(result.errors.contains("is not a run; `poptrain run experiment.yaml` starts one"))
    #expect(folder.names.isEmpty)
  }

  @Test func `A trainer that never works ends the run with 69 and its last lines`() async throws {
    let folder = try Example.folder(trainer: "raise SystemExit('there is no GPU here')")
    let run = try await Program.run("run", "experiment.yaml", in: folder)
    #expect(run.status == 69)
    #expect(run.errors.contains("no interval has ever completed: 3 attempts of member"))
    #expect(run.errors.contains("the last failure: there is no GPU here ("))

    // Mended, the same command goes on.
    try folder.write(Example.trainer, to: "train.py")
    #expect(try await Program.run("run", "experiment.yaml", in: folder).status == 0)
  }

  @Test func `Each misbehaviour of a trainer is recorded, and the run goes on`() async throws {
    let folder = try Example.folder(
      // One worker, which takes the members by number. Two that hang one after the other would end the run.
      Example.experiment(population: 10, workers: 1, order: "asynchronous", more: "hang_timeout: 15s\nmax_failures: 1"),
      trainer: """
        import os, signal, socket, poptrain
        for interval in poptrain.intervals():
            rate, member = interval["rate"], interval.member
            if interval.number == 2 and member > 0:
                print("about to do it, member", member, flush=True)
                if member == 1: os.kill(os.getpid(), signal.SIGKILL)
                if member == 2: raise SystemExit(3)
                if member == 3: signal.pause()
                if member == 4: interval.fail("no luck"); continue
                if member == 5: interval.applied(rate=2 * rate)
                if member == 6:
                    signal.signal(signal.SIGTERM, signal.SIG_IGN)
                    signal.pause()
                if member == 7: interval.invalid("the shapes do not fit"); continue
            if member != 8 or interval.number != 2:
                (interval.save_to / "x").write_text("x")
            else:
                os.symlink("/etc/passwd", interval.save_to / "x")
            for step in interval.steps: pass
            interval.report(value=float("nan") if member == 9 and interval.number == 2 else -abs(rate - 0.3))
        """)
    let run = try await Program.run("run", "experiment.yaml", in: folder)
    #expect(run.status == 0, "\(run.errors)")
    for text in [
      "member 1, interval 2: its process was ended by signal 9 (SIGKILL): often the kernel, out of memory",
      "member 2, interval 2: about to do it, member 2 (the last line that it printed; its process exited with status 3)",
      "member 3, interval 2: it made no progress for 15 s",
      "member 4, interval 2: it reported a failure: no luck",
      "member 5, interval 2: rate was given as",
      "member 6, interval 2: same cause as in member 3",
      "member 7  interval 2  refused: the shapes do not fit",
      "member 8, interval 2: the trainer saved x, which is a symbolic link",
      "member 9  interval 2  age 20  no score (the metric is nan)",
      "    about to do it, member 1",
    ] {
      #expect(run.output.contains(text), "\(text) is missing in \(run.output)")
    }
    let status = try json(await Program.run("status", "runs/climb", "--json", in: folder))
    #expect(status["members"]?.array?.allSatisfy { $0["state"]?.text == "done" } == true)
    #expect(try await Program.run("audit", "runs/climb", in: folder).status == 0)
    let rows = try await Program.run("export", "runs/climb", "--format", "jsonl", in: folder).lines.map(JSON.parse)
    let outcomes = Dictionary(grouping: rows.compactMap { $0["outcome"]?.text }) { $0 }.mapValues(\.count)
    #expect(outcomes == ["completed": 32, "forfeited": 7, "invalid": 1, "diverged": 1])
  }

  @Test(arguments: [
    #"{"type":"done","metrics":{"value":1},"steps":-9223372036854775808,"#,
    #"{"type":"progress","step":9223372036854775807,"#, #"{"type":"log","step":-1,"metrics":{},"#,
  ])
  func `Numbers beyond all bounds are refused`(message: String) async throws {
    let folder = try Example.folder(
      trainer: """
        import os, socket
        connection = socket.socket(socket.AF_UNIX)
        connection.connect(os.environ["POPTRAIN_SOCKET"])
        connection.sendall(b'{"type":"hello","protocol":1,"client":"test","capacity":1}\\n')
        import json
        asked = json.loads(connection.makefile().readline())["intervals"][0]
        connection.sendall(('\(message)"interval":"' + asked["id"] + '"}\\n').encode())
        connection.recv(1)
        """)
    let run = try await Program.run("run", "experiment.yaml", in: folder)
    #expect(run.status == 69, "\(run.errors)")
  }

  @Test func `A population that was never scored is no success`() async throws {
    let folder = try Example.folder(
      trainer: """
        import poptrain
        for interval in poptrain.intervals():
            (interval.save_to / "x").write_text("x")
            for step in interval.steps: pass
            interval.report(value=float("nan") * interval["rate"])
        """)
    let run = try await Program.run("run", "experiment.yaml", in: folder)
    #expect(run.status == 69)
    #expect(run.errors.contains("no interval has ever reported a finite value"))
    #expect(!run.output.contains("next:"))
  }

  @Test func `A hyperparameter that is never read is warned of once`() async throws {
    let folder = try Example.folder(
      trainer: """
        import poptrain
        for interval in poptrain.intervals():
            (interval.save_to / "x").write_text("x")
            for step in interval.steps: pass
            interval.report(value=interval.number)
        """)
    let run = try await Program.run("run", "experiment.yaml", in: folder)
    #expect(run.status == 0)
    #expect(
      run.lines.filter { $0.hasPrefix("warning: rate is searched, but no member's trainer has read it") }.count == 1)
  }
}
