import Foundation
import PoptrainJSON
import Testing

@Suite struct StoppingTests {
  @Test(arguments: [SIGINT, SIGTERM])
  func `Stopped once, a run finishes its intervals, says 75 and can be resumed`(signal: Int32) async throws {
    let folder = try Example.folder(Example.experiment(steps: 4000))
    let running = try Program.start("run", "experiment.yaml", in: folder)
    #expect(running.read(until: "interval 2"))
    #expect(running.end(by: signal) == 75)
    let status = try json(await Program.run("status", "runs/climb", "--json", in: folder))
    #expect(status["state"]?.text == "stopped")
    let steps = try #require(status["trained_steps"]?.integer)
    #expect(steps > 0)

    let again = try Program.start("run", "experiment.yaml", in: folder)
    #expect(again.read(until: "resuming: "))
    #expect(again.read(until: "interval"))
    #expect(again.end(by: signal) == 75)
    #expect(try await Program.run("audit", "runs/climb", in: folder).status == 0)
  }

  @Test func `Stopped twice, a run ends at once and says 130`() async throws {
    let folder = try Example.folder(
      trainer: """
        import signal, poptrain
        signal.signal(signal.SIGTERM, signal.SIG_IGN)
        for interval in poptrain.intervals():
            interval.log({"value": 1})
            open("started", "w").close()
            while True:
                signal.pause()
        """)
    let running = try Program.start("run", "experiment.yaml", in: folder)
    try folder.wait(for: "started")
    kill(running.process.processIdentifier, SIGINT)
    #expect(running.read(until: "Ctrl-C again stops now"))
    #expect(running.end(by: SIGINT) == 130)
  }

  @Test func `After the stop timeout intervals in flight are given up`() async throws {
    let folder = try Example.folder(
      Example.experiment(more: "stop_timeout: 200ms"),
      trainer: """
        import signal, poptrain
        for interval in poptrain.intervals():
            open("started", "w").close()
            while True:
                signal.pause()
        """)
    let running = try Program.start("run", "experiment.yaml", in: folder)
    try folder.wait(for: "started")
    #expect(running.end(by: SIGINT) == 75)
    let status = try json(await Program.run("status", "runs/climb", "--json", in: folder))
    #expect(status["members"]?.array?.allSatisfy { $0["state"]?.text == "ready" } == true)
    #expect(try await Program.run("export", "runs/climb", in: folder).lines.count == 1)
  }

  @Test func `A trainer that is asked to stop may report what it has so far`() async throws {
    let folder = try Example.folder(
      Example.experiment(population: 2, steps: 1_000_000, interval: 1_000_000, workers: 1),
      trainer: """
        import poptrain
        for interval in poptrain.intervals():
            for step in interval.steps:
                if step == interval.start + 5:
                    open("started", "w").close()
                if interval.stop_requested:
                    break
            (interval.save_to / "model").write_text(str(step))
            interval.report(value=step)
        """)
    let running = try Program.start("run", "experiment.yaml", in: folder)
    try folder.wait(for: "started")
    #expect(running.end(by: SIGINT) == 75)
    let rows = try await Program.run("export", "runs/climb", "--format", "jsonl", in: folder).lines.map(JSON.parse)
    #expect(rows.count == 1)
    #expect(rows.first?["outcome"]?.text == "partial")
    let status = try json(await Program.run("status", "runs/climb", "--json", in: folder))
    let member = try #require(status["members"]?.array?.first)
    #expect(member["steps"] == rows.first?["steps"])
    #expect(member["score"] == .null)
    // What is left of the interval, and no more, comes next.
    #expect(try #require(member["steps"]?.integer) < 1_000_000)
  }

  private static let endless = """
    import poptrain
    for interval in poptrain.intervals():
        for step in interval.steps:
            if step == interval.start + 5:
                open("started", "w").close()
        (interval.save_to / "model").write_text(str(step))
        interval.report(value=step)
    """

  /// A folder with a run whose first interval would take for ever.
  private func endlessFolder() throws -> Folder {
    try Example.folder(
      Example.experiment(population: 2, steps: 1_000_000_000, interval: 1_000_000_000, workers: 1),
      trainer: Self.endless)
  }

  private func expectSaved(in folder: Folder) async throws {
    let rows = try await Program.run("export", "runs/climb", "--format", "jsonl", in: folder).lines.map(JSON.parse)
    #expect(rows.map { $0["outcome"]?.text } == ["partial"])
  }

  @Test func `A terminal that is closed ends a run as SIGTERM does, however often it says so`() async throws {
    let folder = try endlessFolder()
    let running = try Program.start("run", "experiment.yaml", in: folder)
    try folder.wait(for: "started")
    #expect(running.end(by: SIGHUP, SIGHUP) == 75)
    try await expectSaved(in: folder)
  }

  @Test func `With a real terminal that is closed, what is under way is saved`() async throws {
    let folder = try endlessFolder()
    try folder.write(
      """
      import os, pty, signal
      program, terminal = pty.fork()
      if program == 0:
          signal.signal(signal.SIGHUP, signal.SIG_DFL)
          os.execlp("poptrain", "poptrain", "run", "experiment.yaml")
      while not os.path.exists("started"):
          os.read(terminal, 100)
      os.close(terminal)
      _, status = os.waitpid(program, 0)
      print(os.waitstatus_to_exitcode(status))
      """, to: "terminal.py")
    #expect(try await Program.runShell("python3 terminal.py", in: folder).output == "75\n")
    try await expectSaved(in: folder)
  }

  @Test func `Under nohup a run does not end with its terminal`() async throws {
    let folder = try endlessFolder()
    let running = Program.process(["-c", "trap '' HUP; exec \"$0\" run experiment.yaml", Program.path], in: folder)
    running.executableURL = URL(fileURLWithPath: "/bin/sh")
    running.standardOutput = FileHandle.nullDevice
    try running.run()
    try folder.wait(for: "started")
    let status = try String(contentsOfFile: "/proc/\(running.processIdentifier)/status", encoding: .utf8)
    let ignored = try #require(status.firstMatch(of: /SigIgn:\s*([0-9a-f]+)/)).1
    #expect(UInt64(ignored, radix: 16).map { $0 & 1 << (UInt64(SIGHUP) - 1) } == 1)
    kill(running.processIdentifier, SIGTERM)
    running.waitUntilExit()
    #expect(running.terminationStatus == 75)
  }

  @Test func `A reader that goes ends a run as SIGTERM does`() async throws {
    let folder = try Example.folder(Example.experiment(steps: 4_000_000))
    let script = "(poptrain run experiment.yaml; echo $? > status) | head -3"
    let result = try await Program.runShell(script, in: folder)
    #expect(result.lines.count == 3 && result.errors == "", "\(result.errors)")
    #expect(try folder.read("status") == "75\n")
    #expect(try await Program.run("audit", "runs/climb", in: folder).status == 0)
  }

  @Test func `Ctrl-C that also ends the reader is still a first one`() async throws {
    let folder = try Example.folder(Example.experiment(steps: 4_000_000))
    let running = try Program.start("run", "experiment.yaml", in: folder)
    #expect(running.read(until: "interval 2"))
    kill(running.process.processIdentifier, SIGINT)
    try running.output.close()
    running.process.waitUntilExit()
    #expect(running.process.terminationStatus == 75)
  }

  @Test func `Ctrl-C after the reader has gone is still a first one`() async throws {
    let folder = try Example.folder(
      trainer: """
        import os, time, poptrain
        for interval in poptrain.intervals():
            open("started", "w").close()
            while not os.path.exists("go"):
                time.sleep(0.01)
            (interval.save_to / "model").write_text("0")
            interval.report(value=1)
        """)
    let running = try Program.start("run", "experiment.yaml", in: folder)
    try folder.wait(for: "started")
    // As a reader that has gone, a terminal that is closed asks once, with whatever signal comes after it.
    kill(running.process.processIdentifier, SIGHUP)
    #expect(running.read(until: "Ctrl-C again stops now"))
    kill(running.process.processIdentifier, SIGINT)
    try folder.write("", to: "go")
    #expect(running.end() == 75)
  }

  @Test func `A comparison ends so too`() async throws {
    let folder = try Example.folder(Example.experiment(steps: 4_000_000))
    let running = try Program.start("compare", "experiment.yaml", in: folder)
    #expect(running.read(until: "climb"))
    #expect(running.end(by: SIGHUP) == 75)
  }
}
