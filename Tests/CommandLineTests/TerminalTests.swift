import Foundation
import Testing

/// The views on a terminal, as a person sees them. Each test is a script that types into a terminal and looks at it.
@Suite struct TerminalTests {
  /// Waits in the second interval until the file `go` is there.
  private static let patient = """
    import os, random, time
    import poptrain

    for interval in poptrain.intervals():
        while interval.number > 1 and not os.path.exists("go"):
            time.sleep(0.01)
        for step in interval.steps:
            pass
        noise = random.Random(interval.seed)
        (interval.save_to / "model").write_text("0")
        interval.report(value=interval.start + noise.random())
    """

  private static let experiment = """
    name: climb
    trainer:
      command: [python3, train.py]
    metric: value
    mode: max
    population_size: 20
    steps: 40
    interval: 10
    workers: 2
    seed: 5
    durability: process
    hyperparameters:
      learning_rate: {log_uniform: [1e-4, 0.9]}
      weight_decay: {log_uniform: [1e-6, 1e-2]}
      the_probability_of_dropping_an_input: {uniform: [0, 1]}
      学習率の減衰係数: {uniform: [0, 1]}
      momentum: {uniform: [0, 1]}
    """

  /// Runs a script that has a class `Terminal`.
  private func run(_ script: String, in folder: Folder) async throws {
    try folder.write(
      "import os, re, signal, sys\nsys.path.insert(0, '\(Program.sources.path)/Tests/Support')\nfrom terminal import Terminal\n"
        + script, to: "script.py")
    folder.noteRun()
    let result = try await Program.runShell("exec python3 script.py", in: folder)
    #expect(result.status == 0, "\(result.errors)")
  }

  private func patientFolder() throws -> Folder { try Example.folder(Self.experiment, trainer: Self.patient) }

  @Test(arguments: [(80, 24), (40, 10), (200, 60)])
  func `The view of a run fits`(columns: Int, rows: Int) async throws {
    try await run(
      """
      columns, rows = \(columns), \(rows)
      terminal = Terminal("poptrain", "run", "experiment.yaml", columns=columns, rows=rows)
      terminal.wait(lambda: "(" in terminal.text and "← " in terminal.text)
      lines = terminal.lines
      headings = [i for i, line in enumerate(lines) if line.startswith("climb  ") and "%" in line]
      assert len(headings) == 1, lines
      header = next(line for line in lines if "member  " in line and "copied" in line)
      assert max(map(len, lines)) < columns, lines
      assert ("momentum" in header) == (columns == 200), header
      assert ("+" in header) == (columns < 200), header
      assert "value" in header and ("trend" in header) == (columns > 40), header
      assert any("more: " in line for line in lines) == (rows < 60), lines
      assert any("descendants" in line for line in lines) == (rows > 10), lines
      assert any(re.search(r" of 20  \\d+ ", line) for line in lines) == (rows > 10), lines
      open("go", "w").close()
      assert terminal.end() == 0
      assert "ended: every member" in terminal.text or rows < 60, terminal.text
      terminal.check()
      """, in: patientFolder())
  }

  @Test func `A terminal that is made smaller and larger shows one view, and it fits`() async throws {
    try await run(
      """
      terminal = Terminal("poptrain", "run", "experiment.yaml", columns=80, rows=24)
      terminal.wait("← ")
      for columns, rows in (40, 10), (200, 60), (60, 20), (100, 12), (80, 24):
          terminal.resize(columns, rows)
          # Whatever else is there, the last that was drawn is whole.
          def fits():
              lines = terminal.lines
              heading = [i for i, line in enumerate(lines) if line.startswith("climb  ") and "%" in line]
              header = [line for line in lines if "member  " in line and line.rstrip("+0123456789 ").endswith("copied")]
              bar = lines[heading[0]].count("━") + lines[heading[0]].count("╌") if heading else 0
              return len(heading) == 1 and len(header) == 1 and len(lines[heading[0]]) < columns and bar >= 10
          terminal.wait(fits)
      terminal.press(b"\\x03")
      open("go", "w").close()
      assert terminal.end() == 75
      terminal.check()
      """, in: patientFolder())
  }

  @Test(arguments: ["SIGINT", "SIGTERM", "SIGHUP", "SIGSEGV", "SIGABRT", "SIGKILL"])
  func `However a run ends, the terminal is as it was`(signal: String) async throws {
    try await run(
      """
      terminal = Terminal("poptrain", "run", "experiment.yaml")
      terminal.wait("← ")
      terminal.kill(signal.\(signal))
      open("go", "w").close()
      status = terminal.end()
      assert status == (75 if "\(signal)" in ("SIGINT", "SIGTERM", "SIGHUP") else -signal.\(signal)), status
      assert terminal.shows_keys
      terminal.check()
      """, in: patientFolder())
  }

  @Test(arguments: ["q", "\\x03", "SIGTERM", "SIGHUP", "SIGSEGV", "SIGABRT", "SIGQUIT"])
  func `However one leaves, the terminal is as it was and the run goes on`(way: String) async throws {
    let folder = try patientFolder()
    let running = try Program.start("run", "experiment.yaml", in: folder)
    #expect(running.read(until: "copies member"))
    try await run(
      """
      way = "\(way)"
      terminal = Terminal("poptrain", "watch", "runs/climb")
      terminal.wait("q leaves")
      terminal.wait(lambda: not terminal.shows_keys)
      if way.startswith("SIG"):
          terminal.kill(getattr(signal, way))
      else:
          terminal.press(way.encode())
      status = terminal.end()
      assert status == (-getattr(signal, way) if way.startswith("SIG") else 0), status
      assert terminal.shows_keys
      terminal.check()
      """, in: folder)
    #expect(running.process.isRunning)
    try folder.write("", to: "go")
    #expect(running.end() == 0)
  }

  @Test func `Whoever watches sees a run that is killed, resumed and finished`() async throws {
    try await run(
      """
      import subprocess
      quiet = dict(stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
      engine = subprocess.Popen(["poptrain", "run", "experiment.yaml"], **quiet)
      while not os.path.exists("runs/climb/best"):
          assert engine.poll() is None
      terminal = Terminal("poptrain", "watch", "runs/climb", rows=40)
      terminal.wait("← ")
      assert "stopped" not in terminal.text
      engine.kill()
      engine.wait()
      terminal.wait(" · stopped")
      engine = subprocess.Popen(["poptrain", "run", "experiment.yaml"], **quiet)
      terminal.wait(lambda: "stopped" not in terminal.text)
      open("go", "w").close()
      assert terminal.end() == 0
      assert engine.wait() == 0
      assert "100 %" in terminal.text and "ended: every member" in terminal.text, terminal.text
      assert terminal.shows_keys
      terminal.check()
      again = Terminal("poptrain", "watch", "runs/climb", rows=40)
      assert again.end() == 0
      assert "100 %" in again.text and "finished" in again.text, again.text
      """, in: patientFolder())
  }

  @Test func `A view that was suspended is drawn anew below what others wrote`() async throws {
    try await run(
      """
      import subprocess
      engine = subprocess.Popen(["poptrain", "run", "experiment.yaml"], stdout=subprocess.DEVNULL)
      while not os.path.exists("runs/climb/best"):
          assert engine.poll() is None
      terminal = Terminal("poptrain", "watch", "runs/climb", rows=60)
      terminal.wait("q leaves")
      terminal.wait(lambda: not terminal.shows_keys)
      terminal.press(b"\\x1a")
      os.waitpid(terminal.process, os.WUNTRACED)
      terminal.drain()
      assert terminal.shows_keys
      terminal.stream.feed(b"what others wrote\\r\\n")
      terminal.kill(signal.SIGCONT)
      terminal.wait(lambda: terminal.text.count("q leaves") == 2)
      terminal.wait(lambda: not terminal.shows_keys)
      assert "what others wrote" in terminal.text
      terminal.press(b"q")
      assert terminal.end() == 0
      open("go", "w").close()
      assert engine.wait() == 0
      """, in: patientFolder())
  }

  @Test func `Nothing that a trainer prints or names controls the terminal`() async throws {
    let folder = try Example.folder(
      Self.experiment.replacingOccurrences(of: "metric: value", with: "metric: \"va\\e[2Jlue\\u202Ex\"")
        .replacingOccurrences(of: "momentum:", with: "\"mo\\e]0;title\\amentum\":")
        .replacingOccurrences(of: "name: climb", with: "name: climb\nfailures: {attempts: 2}"),
      trainer: """
        import poptrain
        for interval in poptrain.intervals():
            print("\\x1b[31m\\x1b[2J\\x9b5A\\x1b]0;title\\x07", flush=True)
            if interval.number == 2 and interval.member == 1:
                raise RuntimeError("\\x1b[5A\\x1b[2J no \\x9b1m")
            for step in interval.steps:
                pass
            (interval.save_to / "model").write_text("0")
            interval.report({"va\\x1b[2Jlue\\u202ex": interval.start})
        """)
    try await run(
      """
      terminal = Terminal("poptrain", "run", "experiment.yaml", columns=200, rows=60)
      terminal.end()
      assert terminal.output.count(b"\\x1b[2J") == 0
      terminal.check()
      """, in: folder)
  }

  @Test func `Colour and characters are those that the terminal has`() async throws {
    let folder = try Example.folder()
    #expect(try await Program.run("run", "experiment.yaml", in: folder).status == 0)
    try await run(
      """
      def output(*words, **environment):
          terminal = Terminal(*words, **environment)
          assert terminal.end() == 0, terminal.text
          return terminal.output
      status = ["poptrain", "status", "runs/climb"]
      watch = ["poptrain", "watch", "runs/climb"]
      assert b"\\x1b[32m" in output(*status)
      assert b"\\x1b" not in output(*status, NO_COLOR="1")
      assert b"\\x1b" not in output(*status, TERM="dumb")
      assert b"\\x1b[32m" in output("sh", "-c", "poptrain status runs/climb | cat", FORCE_COLOR="1")
      assert b"\\x1b" not in output("sh", "-c", "poptrain status runs/climb | cat")
      assert b"\\x1b[1;31merror:" in output("sh", "-c", "poptrain status nowhere; true")
      assert b"\\x1b" not in output("sh", "-c", "poptrain status nowhere 2>&1 | cat")
      assert b"m\\xe2\\x94\\x81" in output(*watch)
      assert b"m\\xe2\\x94\\x81" not in output(*watch, NO_COLOR="1")
      assert b"m" not in b"".join(output(*watch, NO_COLOR="1").split(b"\\x1b[")[1:])[:1]
      assert b"\\x1b" not in output(*watch, TERM="dumb")
      assert output(*watch, LC_ALL="C").isascii()
      assert output(*watch, LC_ALL="de_DE.ISO-8859-1").isascii()
      """, in: folder)
  }

  @Test func `Tables fit into the terminal: columns give way, and of long names the end is shown`() async throws {
    let folder = try patientFolder()
    try folder.write("", to: "go")
    let name = "runs/" + String(repeating: "a_long_name_", count: 8) + "end"
    #expect(try await Program.run("run", "experiment.yaml", "--run", name, in: folder).status == 0)
    try await run(
      """
      def output(columns, *words):
          terminal = Terminal("poptrain", "status", *words, columns=columns, rows=60)
          assert terminal.end() == 0, terminal.text
          return [line for line in terminal.lines if line]
      whole, narrow = output(400), output(80)
      assert len(narrow) == len(whole) == 2, narrow
      assert whole[0].endswith("last active"), whole
      assert re.search(r" \\+5$", narrow[0]), narrow
      assert narrow[1].startswith("…") and "name_end" in narrow[1] and "finished" in narrow[1], narrow
      whole, narrow = output(400, "\(name)"), output(80, "\(name)")
      assert "momentum" in "".join(whole), whole
      def sentences(lines): return lines[:[line[:6] for line in lines].index("member")]
      header, *rows = narrow[len(sentences(narrow)):]
      assert len(rows) == 20 and all(re.match(r" +\\d+  done ", row) for row in rows), narrow
      assert re.match(r"member +state +steps .*value +learning_rate .* \\+\\d$", header), header
      whole, broken = sentences(whole), sentences(output(40, "\(name)"))
      assert len(broken) > len(whole) and " ".join(map(str.strip, broken)) == " ".join(whole), broken
      """, in: folder)
  }

  @Test func `What a run is told with breaks between words`() async throws {
    let folder = try patientFolder()
    try folder.write("", to: "go")
    #expect(try await Program.run("run", "experiment.yaml", in: folder).status == 0)
    try await run(
      """
      def heading(columns):
          terminal = Terminal("poptrain", "run", "experiment.yaml", columns=columns, rows=60)
          assert terminal.end() == 0, terminal.text
          return terminal.lines
      whole = heading(400)[0]
      assert whole.endswith("synchronous"), whole
      first, second = heading(len(whole) - 5)[:2]
      assert (first + " " + second.strip()) == whole, (first, second)
      """, in: folder)
  }

  @Test func `Followed as lines, every change has one`() async throws {
    let folder = try patientFolder()
    let running = try Program.start("run", "experiment.yaml", in: folder)
    #expect(running.read(until: "interval 1"))
    let following = try Program.start("status", "runs/climb", "-f", in: folder)
    #expect(following.read(until: "running: "))
    try folder.write("", to: "go")
    #expect(running.end() == 0)
    var lines: [String] = []
    while let line = following.readLine() { lines.append(line) }
    following.process.waitUntilExit()
    #expect(following.process.terminationStatus == 0)
    let intervals = lines.filter { $0.contains("  interval ") }
    let rows = try await Program.run("export", "runs/climb", "--format", "jsonl", in: folder).lines
    #expect(rows.count == 80 && intervals.count <= 80 && intervals.count >= 20, "\(lines)")
    #expect(lines.allSatisfy { $0.wholeMatch(of: /\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ  .+/) != nil }, "\(lines)")
    #expect(lines.last?.contains("finished: 800 of 800 steps") == true)
  }
}
