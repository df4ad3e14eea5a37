import Foundation
import PoptrainJSON
import Testing

@Suite struct ReliabilityTests {
  /// A trainer that knows nothing of stopping. It keeps its noise in the checkpoint, so a partial interval changes nothing.
  private static let slow = """
    import json, os, random, time
    import poptrain

    for interval in poptrain.intervals():
        noise = random.Random(interval.member)
        x = 10.0
        if interval.checkpoint:
            x, state = json.loads((interval.checkpoint / "x.json").read_text())
            noise.setstate((state[0], tuple(state[1]), state[2]))
        for step in interval.steps:
            x -= interval["rate"] * (2 * x + noise.gauss(0, 0.1))
            if step == 25 and os.path.exists("hold"):
                print("here", flush=True)
                open("here", "w").close()
                while not interval.stop_requested:
                    time.sleep(0.01)
        (interval.save_to / "x.json").write_text(json.dumps([x, noise.getstate()]))
        interval.report(value=-abs(x))
    """

  /// What was scored at the moments of decision, and what was decided.
  private func essence(_ folder: Folder) async throws -> (scores: Set<String>, outcomes: Set<String>, members: JSON) {
    let rows = try await Program.run("export", "runs/climb", "--format", "jsonl", in: folder).lines.map(JSON.parse)
    let scores = rows.filter { $0["outcome"]?.text == "completed" }.map {
      "\($0["member"] ?? .null) \($0["score"] ?? .null) \($0["hyperparameters"] ?? .null)"
    }
    let status = try json(await Program.run("status", "runs/climb", "--json", in: folder))
    let members = (status["members"]?.array ?? []).map { member in
      JSON.array([
        member["steps"] ?? .null, member["age"] ?? .null, member["score"] ?? .null, member["hyperparameters"] ?? .null,
      ])
    }
    return (Set(scores), Set(rows.compactMap { $0["outcome"]?.text }), .array(members))
  }

  @Test(arguments: [SIGTERM, SIGUSR1])
  func `Preempted in mid-interval, a run saves, goes on and decides as if nothing had been`(signal: Int32) async throws
  {
    let experiment = Example.experiment(population: 4, steps: 40, interval: 20)
    let reference = try Example.folder(experiment, trainer: Self.slow)
    #expect(try await Program.run("run", "experiment.yaml", in: reference).status == 0)
    let expected = try await essence(reference)
    #expect(expected.outcomes == ["completed"])

    let folder = try Example.folder(experiment, trainer: Self.slow)
    try folder.write("", to: "hold")
    let running = try Program.start("run", "experiment.yaml", in: folder)
    try folder.wait(for: "here")
    #expect(running.end(by: signal) == 75)
    try FileManager.default.removeItem(at: folder.url.appendingPathComponent("hold"))
    #expect(try await essence(folder).outcomes.contains("partial"))
    #expect(try await Program.run("run", "experiment.yaml", in: folder).status == 0)
    let found = try await essence(folder)
    #expect(found.scores == expected.scores)
    #expect(found.members == expected.members)
    #expect(try await Program.run("audit", "runs/climb", in: folder).status == 0)
  }

  @Test func `Where the cause is not a member's, the run stops with 69, and goes on when it is mended`() async throws {
    let folder = try Example.folder(
      Example.experiment(more: "durability: process\nmax_failures: 1"),
      trainer: Example.trainer.replacingOccurrences(
        of: "for interval in poptrain.intervals():",
        with: """
          for interval in poptrain.intervals():
              if interval.number == 2 and not open("ready", "a").close() and not __import__("os").path.exists("data"):
                  raise FileNotFoundError("the data are gone")
          """))
    let failed = try await Program.run("run", "experiment.yaml", in: folder)
    #expect(failed.status == 69)
    #expect(failed.errors.contains("probably not theirs alone") && failed.errors.contains("the data are gone"))
    let rows = try await Program.run("export", "runs/climb", "--format", "jsonl", in: folder).lines.map(JSON.parse)
    #expect(rows.filter { $0["outcome"]?.text == "forfeited" }.count == 1)
    try folder.write("", to: "data")
    #expect(try await Program.run("run", "experiment.yaml", in: folder).status == 0)
    let status = try json(await Program.run("status", "runs/climb", "--json", in: folder))
    #expect(status["members"]?.array?.allSatisfy { $0["state"]?.text == "done" } == true)
    #expect(try await Program.run("audit", "runs/climb", in: folder).status == 0)
  }

  @Test func `What a killed engine leaves is ended by the next, though it has left its group`() async throws {
    let folder = try Example.folder(
      trainer: """
        import os, signal, subprocess, sys, poptrain
        if not os.path.exists("stray"):
            child = subprocess.Popen([sys.executable, "-c", "import signal; signal.signal(signal.SIGTERM, signal.SIG_IGN)\\nwhile True: signal.pause()"], start_new_session=True)
            open("new", "w").write(str(child.pid))
            os.rename("new", "stray")
            signal.pause()
        """ + "\n" + Example.trainer)
    let running = try Program.start("run", "experiment.yaml", "--workers", "1", in: folder)
    try folder.wait(for: "stray")
    let stray = try #require(pid_t(try folder.read("stray")))
    _ = running.end(by: SIGKILL)
    #expect(kill(stray, 0) == 0)
    let again = try await Program.run("run", "experiment.yaml", in: folder)
    #expect(again.status == 0 && again.output.contains("process \(stray)"))
    let state = (try? String(contentsOfFile: "/proc/\(stray)/stat", encoding: .utf8)) ?? ""
    #expect(state.isEmpty || state.contains(") Z "))
  }

  @Test func `On a full disk a run waits, loses nothing, and goes on when there is room`() async throws {
    // It waits in its fourth interval until the disk is full.
    let folder = try Example.folder(
      Example.experiment(population: 3, steps: 60, workers: 1, more: "durability: durable"),
      trainer: Example.trainer.replacing(
        "    noise =",
        with: """
              if interval.number == 2 and os.path.exists("full"):
                  open("waiting", "w").close()
                  open("full").readline()
                  os.remove("full")
              noise =
          """
      ).replacing("import json", with: "import json, os"))
    #expect(mkfifo(folder.url.appendingPathComponent("full").path, 0o600) == 0)
    let small = folder.url.appendingPathComponent("small").path
    try FileManager.default.createDirectory(atPath: small, withIntermediateDirectories: false)
    let mounted = try await Program.runShell("mount -t tmpfs -o size=4m none '\(small)'", in: folder)
    guard mounted.status == 0 else {
      print("not tested: no small file system can be mounted here (\(mounted.errors))")
      return
    }
    defer { umount2(small, Int32(MNT_DETACH)) }
    let running = try Program.start("run", "experiment.yaml", "--run", "small/run", in: folder)
    try folder.wait(for: "waiting")
    _ = try await Program.runShell("dd if=/dev/zero of=small/ballast bs=4k 2>/dev/null; echo > full", in: folder)
    #expect(running.read(until: "paused: "))
    try FileManager.default.removeItem(atPath: small + "/ballast")
    #expect(running.read(until: "resumed"))
    _ = try running.output.readToEnd()
    running.process.waitUntilExit()
    #expect(running.process.terminationStatus == 0)
    #expect(try await Program.run("audit", "small/run", in: folder).status == 0)
    let rows = try await Program.run("export", "small/run", "--format", "jsonl", in: folder).lines.map(JSON.parse)
    #expect(rows.count == 18 && rows.allSatisfy { $0["outcome"]?.text == "completed" })
  }
}
