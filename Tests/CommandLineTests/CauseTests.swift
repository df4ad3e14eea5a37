import Foundation
import PoptrainJSON
import Testing

/// What a run says of a trainer that fails names the cause, once.
@Suite struct CauseTests {
  /// Fails in the second interval of member 1, after a progress bar; of the attempts two are made.
  private func failing() throws -> Folder {
    try Example.folder(
      Example.experiment(population: 3, steps: 30, more: "durability: process\nmax_failures: 2"),
      trainer: """
        import sys, poptrain
        for interval in poptrain.intervals():
            for done in range(100):
                sys.stderr.write(f"\\rEpoch 1: {done}%|{'█' * (done // 4):25s}| {done}/100 [00:01<00:02, loss=0.{done:04d}]")
            if interval.member == 1 and interval.number == 2:
                raise RuntimeError("CUDA out of memory. Tried to allocate 20.00 MiB")
            (interval.save_to / "x").write_text("x")
            for step in interval.steps: pass
            interval.report(value=interval["rate"])
        """)
  }

  @Test func `The exception is the headline, and what fails again is told with a count`() async throws {
    let folder = try failing()
    let run = try await Program.run("run", "experiment.yaml", in: folder)
    #expect(run.status == 0, "\(run.errors)")
    let exception = "RuntimeError: CUDA out of memory. Tried to allocate 20.00 MiB"
    #expect(
      run.output.contains("member 1, interval 2: \(exception) (its process exited with status 1)\n"), "\(run.output)")
    // The log below the headline does not say it again.
    #expect(run.lines.filter { $0.contains(exception) }.count == 2, "\(run.output)")
    #expect(run.lines.contains { $0.hasPrefix("      File ") })
    #expect(run.lines.filter { $0.contains("Epoch 1") }.count == 1)
    #expect(
      run.output.contains(
        "member 1, interval 2: same cause as in member 1, interval 2, 2 times so far; the member is given up"))
    #expect(run.output.contains("2 attempts failed") && run.output.contains("\n  2 times: \(exception)"))
  }

  @Test(arguments: ["raise RuntimeError(words)", "sys.exit(words)"])
  func `Where nothing ever works, the cause is told once`(end: String) async throws {
    let folder = try Example.folder(
      Example.experiment(population: 2, steps: 30, workers: 1),
      trainer:
        "import sys, poptrain\nwords = ' '.join(['no', 'data', 'in', 'it'])\nfor interval in poptrain.intervals(): \(end)"
    )
    let run = try await Program.run("run", "experiment.yaml", in: folder)
    #expect(run.status == 69)
    #expect(run.lines.filter { $0.contains("no data in it") }.count == 1, "\(run.output)")
    #expect(run.errors.components(separatedBy: "no data in it").count == 2, "\(run.errors)")
    let check = try await Program.run("check", "experiment.yaml", in: folder)
    #expect(check.output.components(separatedBy: "no data in it").count == 2, "\(check.output)")
  }

  @Test func `A program is told of every failure`() async throws {
    let run = try await Program.run("run", "experiment.yaml", "--json", in: try failing())
    let failures = try run.lines.map(JSON.parse).filter { $0["event"]?.text == "failure" }
    #expect(failures.count == 2)
    #expect(failures.allSatisfy { $0["message"]?.text?.hasPrefix("RuntimeError: CUDA out of memory") == true })
  }

  @Test func `A trainer that crashes after each report is told of once, and at the end how often it did`() async throws
  {
    let folder = try Example.folder(
      Example.experiment(population: 2, steps: 40, workers: 1),
      trainer: """
        import os, signal, poptrain
        for interval in poptrain.intervals():
            (interval.save_to / "x").write_text("x")
            for step in interval.steps: pass
            interval.report(value=interval["rate"])
            os.kill(os.getpid(), signal.SIGSEGV)
        """)
    let run = try await Program.run("run", "experiment.yaml", in: folder)
    #expect(run.status == 0, "\(run.errors)")
    let crash =
      "its process was ended by signal 11 (SIGSEGV): a segmentation fault, after it had reported its interval"
    #expect(run.lines.filter { $0.hasPrefix("warning: ") && $0.contains(crash) }.count == 1, "\(run.output)")
    // The last of eight has nobody to tell of it.
    #expect(run.output.contains("happened 7 times: \(crash)"), "\(run.output)")
  }

  @Test func `A second process is told of as often as it was refused, a failure not again as a crash`() async throws {
    let folder = try Example.folder(
      Example.experiment(population: 2, steps: 40, workers: 1),
      trainer: """
        import poptrain, subprocess, sys
        for interval in poptrain.intervals():
            if (interval.member, interval.number) == (0, 1):
                subprocess.run([sys.executable, "-c", "import poptrain\\nfor _ in poptrain.intervals(): pass"])
            if interval.number != 3: (interval.save_to / "x").write_text("x")
            for step in interval.steps: pass
            interval.report(value=interval["rate"])
        """)
    let run = try await Program.run("run", "experiment.yaml", in: folder)
    let told = run.lines.filter { $0.contains("a second process of it") }
    #expect(told.count == 1 && !told[0].contains("happened"), "\(run.output)")
    #expect(run.output.contains("nothing was saved"))
    #expect(!run.output.contains("after it had reported its interval"), "\(run.output)")
  }

  @Test func `Intervals that a trainer ends early without being told to are warned of once`() async throws {
    let folder = try Example.folder(
      Example.experiment(population: 2, steps: 10, workers: 1),
      trainer: """
        import poptrain
        for interval in poptrain.intervals():
            (interval.save_to / "x").write_text("x")
            interval.advance(1)
            interval.report(value=interval["rate"])
        """)
    let run = try await Program.run("run", "experiment.yaml", in: folder)
    #expect(run.status == 0, "\(run.errors)")
    let warnings = run.lines.filter { $0.hasPrefix("warning: ") }
    #expect(warnings.count == 1, "\(run.output)")
    #expect(warnings.first?.contains("it trained 1 of the 10 steps that it was asked for") == true, "\(warnings)")
  }

  @Test func `What is wrong with the trainer as a whole is not charged to the interval it is told with`() async throws {
    let folder = try Example.folder(
      Example.experiment(population: 2, steps: 20, workers: 1),
      trainer: """
        import os, poptrain, subprocess, sys
        for interval in poptrain.intervals():
            (interval.save_to / "x").write_text("x")
            for step in interval.steps: pass
            interval.report(value=interval["rate"])
            if interval.number == 1: os._exit(3)
            # As a process that a data loader starts, whose script begins the loop again.
            subprocess.run([sys.executable, "-c", "import poptrain\\nfor _ in poptrain.intervals(): pass"])
        """)
    let run = try await Program.run("run", "experiment.yaml", in: folder)
    #expect(run.status == 0, "\(run.errors)")
    let warnings = run.lines.filter { $0.hasPrefix("warning: ") }
    #expect(warnings.contains { $0.hasPrefix("warning: its process exited with status 3, after it had reported") })
    #expect(warnings.contains { $0.hasPrefix("warning: a second process of it asked for intervals and was refused") })
    #expect(!warnings.contains { $0.contains("member ") }, "\(run.output)")
  }

  @Test func `A metric that a command prints in another form is quoted with what to print instead`() async throws {
    let folder = try Example.folder(
      Example.experiment().replacingOccurrences(of: "train.py]", with: "train.py, \"{save}\", \"{args}\"]"),
      trainer: "import sys; open(sys.argv[1] + '/x', 'w').write('x'); print({'loss': 0.3, 'value': 0.75})")
    let run = try await Program.run("run", "experiment.yaml", in: folder)
    #expect(run.status == 69)
    #expect(run.errors.contains("printed “{'loss': 0.3, 'value': 0.75}”"), "\(run.errors)")
    #expect(run.errors.contains(#"print("value=0.75")"#))
  }

  @Test func `Of output without end the last part is kept, and logs says what is not`() async throws {
    let folder = try Example.folder(
      Example.experiment(population: 2, steps: 20, workers: 1, more: "durability: process\nexploit: none")
        .replacingOccurrences(of: "train.py]", with: "train.py, \"{save}\", \"{args}\"]"),
      trainer: """
        import sys
        open(sys.argv[1] + '/x', 'w').write('x')
        for _ in range(40): print('x' * (1 << 20))
        print("value=1")
        """)
    #expect(try await Program.run("run", "experiment.yaml", in: folder).status == 0)
    let used = try await Program.runShell("du -sk runs/climb/logs | cut -f1", in: folder).output
    #expect(try #require(Int(used.trimmingCharacters(in: .whitespacesAndNewlines))) < 66 << 10)
    // Four intervals of 40 MiB: all of the first is gone, of the last nothing.
    let logs = try await Program.runShell(
      "for m in 0 1; do poptrain logs runs/climb --member $m | cut -c-100; done", in: folder)
    #expect(logs.lines.filter { $0.hasPrefix("── interval ") }.count == 4)
    #expect(
      logs.lines.filter { $0.hasSuffix(" bytes before this are no longer kept)") }.count == 3, "\(logs.lines.prefix(5))"
    )
    #expect(try await Program.run("audit", "runs/climb", in: folder).status == 0)
  }

  /// As when the lid of a laptop is closed.
  @Test(arguments: [true, false])
  func `Time in which the engine did not run is nobody's silence`(engineFirst: Bool) async throws {
    let folder = try Example.folder(
      Example.experiment(population: 2, steps: 20, workers: 1, more: "durability: process\nhang_timeout: 10s"),
      trainer: """
        import os, poptrain
        for interval in poptrain.intervals():
            (interval.save_to / "x").write_text("x")
            if not os.path.exists("go"):
                os.mkfifo("go")
                with open("new", "w") as file: file.write(str(os.getpid()))
                os.rename("new", "here")
                open("go").readline()
            for step in interval.steps: pass
            interval.report(value=interval["rate"])
        """)
    let running = try Program.start("run", "experiment.yaml", in: folder)
    try folder.wait(for: "here")
    let engine = running.process.processIdentifier
    let both = [engine, try #require(pid_t(try folder.read("here")))]
    for process in both { kill(process, SIGSTOP) }
    // Longer than a trainer may be silent.
    try await Task.sleep(for: .seconds(11))
    for process in engineFirst ? both : both.reversed() { kill(process, SIGCONT) }
    // Waits for nobody: the trainer may be gone.
    let go = open(folder.url.appendingPathComponent("go").path, O_RDWR | O_CLOEXEC)
    defer { close(go) }
    #expect(write(go, "\n", 1) == 1)
    let output = String(decoding: try running.output.readToEnd() ?? Data(), as: UTF8.self)
    running.process.waitUntilExit()
    #expect(running.process.terminationStatus == 0)
    #expect(!output.contains("no progress") && !output.contains("failed"), "\(output)")
  }
}
