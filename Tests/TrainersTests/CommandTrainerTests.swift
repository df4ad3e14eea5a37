import Foundation
import PopulationBasedTraining
import Testing

@testable import PoptrainTrainers

@Suite(.serialized, .timeLimit(.minutes(20)))
struct `A command trainer` {
  /// A trainer that runs a script of the workshop with these arguments.
  private func command(
    _ workshop: Workshop, writesResult: Bool = false, hangTimeout: Duration = .seconds(600),
    arguments: @escaping @Sendable (Assignment) -> [String] = { _ in [] }
  ) -> CommandTrainer {
    CommandTrainer(
      workshop.program(hangTimeout: hangTimeout), metric: "score", writesResult: writesResult
    ) { assignment, result in
      [Workshop.python, "-S", "train.py"] + (writesResult ? [result] : []) + arguments(assignment)
    }
  }

  @Test func `hands over arguments untouched`() async throws {
    let arguments = ["a b", "'", "\"", "; touch ran", "$HOME", "`id`", "*", "", "é → 日本", "--x=1\n2", "\\n", "{}"]
    let workshop = try Workshop("open('arguments', 'w').write(json.dumps(sys.argv[1:]))\nprint('score=1')")
    let trainer = command(workshop) { [arguments] _ in arguments }
    #expect(await trainer.train(try workshop.assignment()).trained != nil)
    let arrived = try JSONDecoder().decode([String].self, from: Data(workshop.text(of: "arguments").utf8))
    #expect(arrived == arguments)
    #expect(!FileManager.default.fileExists(atPath: workshop.path + "/ran"))
  }

  @Test func `runs once for each interval, with an output of its own`() async throws {
    let workshop = try Workshop("print('score:', sys.argv[1], sep=' ')\nprint(os.getpid(), file=sys.stderr)")
    let trainer = command(workshop) { ["\($0.number)"] }
    let first = try #require(await trainer.train(try workshop.assignment(1)).trained)
    let second = try #require(await trainer.train(try workshop.assignment(2)).trained)
    #expect(first.steps == 10)
    #expect(first.metrics == ["score": 1])
    #expect(second.metrics == ["score": 2])
    #expect(try workshop.text(of: first.log).hasPrefix("score: 1\n"))
    #expect(try workshop.text(of: second.log).hasPrefix("score: 2\n"))
  }

  @Test func `reads metrics among the lines that were printed, the last of each name`() async throws {
    let workshop = try Workshop(
      """
      print("epoch 1: loss=3")
      print("score=0.1")
      print("  score =  0.2  ")
      print('{"score": 0.3, "note": "fine", "nested": {"x": 1}}')
      print("loss: 1e-3")
      print('{"x": 1}')
      print('{"x": 2}')
      print("time: 12:30")
      print("http://example.org")
      print("= 5")
      print("[1, 2]")
      print("gradient: NaN", "diverged: -inf", sep="\\n", file=sys.stderr)
      print("{'python': 1}")
      print("score=0.4", end="")
      """)
    let metrics = try #require(await command(workshop).train(try workshop.assignment()).trained).metrics
    #expect(metrics.keys.sorted() == ["diverged", "gradient", "loss", "score", "x"])
    #expect(metrics["x"] == 2)
    #expect(metrics["score"] == 0.4)
    #expect(metrics["loss"] == 1e-3)
    #expect(metrics["gradient"]?.isNaN == true)
    #expect(metrics["diverged"] == -.infinity)
  }

  @Test(arguments: [
    (#"{"score": 0.5, "x": "NaN"}"#, 10, ["score": 0.5]),
    (#"{"metrics": {"score": [1, 3]}, "steps": 4}"#, 4, ["score": 2]),
    (#"{"metrics": 0.25}"#, 10, ["metrics": 0.25]), ("{}", 10, [:]),
  ])
  func `reads a result file`(_ result: String, _ steps: Int, _ metrics: [String: Double]) async throws {
    let workshop = try Workshop("open(sys.argv[1], 'w').write(\(pythonText(result)))\nprint('score=9')")
    let trainer = command(workshop, writesResult: true)
    let assignment = try workshop.assignment()
    let trained = try #require(await trainer.train(assignment).trained)
    #expect(trained.steps == steps)
    #expect(trained.metrics.filter { !$0.value.isNaN } == metrics)
    // Beside the folder to save into, and gone afterwards.
    #expect(!FileManager.default.fileExists(atPath: assignment.saveTo + ".result.json"))
  }

  @Test(
    arguments: [
      ("pass", .noMetric, "it exited with status 0 but wrote no result file"),
      ("write('')", .garbage, "its result file is not JSON"),
      ("write('score=1')", .garbage, "its result file is not JSON"),
      ("write('[1]')", .garbage, "its result file does not hold an object"),
      ("os.mkfifo(sys.argv[1])", .garbage, "must be a file of at most 8 MiB, and no link"),
      ("os.symlink('/dev/null', sys.argv[1])", .garbage, "must be a file of at most 8 MiB, and no link"),
      ("write(' ' * (9 << 20))", .garbage, "must be a file of at most 8 MiB, and no link"),
      (#"write('{"metrics": {}, "in_force": {"lr": 1}}')"#, .notInForce, "lr was given as 0.1, but 1 was applied"),
      (
        #"write('{"metrics": {}, "in_force": {"lr": 0.1}, "in_force_at_end": {"lr": 1}}')"#, .notInForce,
        "but was 1 at the end of the interval"
      ),
      (#"write('{"metrics": {}, "steps": 0}')"#, .contract, "it reported 0 steps of 10"),
    ] as [(String, FailureReason, String)])
  func `fails over a bad result file`(_ script: String, _ reason: FailureReason, _ message: String) async throws {
    let workshop = try Workshop(
      "def write(text): open(sys.argv[1], 'w').write(text)\nprint('last words')\n\(script)")
    let failure = try #require(await command(workshop, writesResult: true).train(try workshop.assignment()).failure)
    #expect(failure.reason == reason)
    #expect(failure.message.contains(message), "\(failure.message)")
    #expect(failure.logTail == "last words")
  }

  @Test func `says in its result what has no value yet, and loses nothing over what is no number`() async throws {
    let workshop = try Workshop(
      #"open(sys.argv[1], "w").write('{"sharpe": null, "note": "warm-up", "loss": 0.5, "returns": [null, 1, 3]}')"#)
    let outcome = await command(workshop, writesResult: true).train(try workshop.assignment())
    let trained = try #require(outcome.trained)
    #expect(trained.metrics == ["loss": 0.5, "returns": 2])
    #expect(trained.notMeasured == ["sharpe"])
    #expect(trained.leftOut == ["note": #"is "warm-up""#])
    #expect(trained.warnings == ["the metric 'note' is not a number and was ignored"])
  }

  @Test func `never takes an old result for a new one`() async throws {
    let workshop = try Workshop("pass")
    let assignment = try workshop.assignment()
    try #"{"score": 1}"#.write(
      toFile: assignment.saveTo + ".result.json", atomically: true, encoding: .utf8)
    #expect(await command(workshop, writesResult: true).train(assignment).failure?.reason == .noMetric)
  }

  @Test(arguments: [
    ("sys.exit(3)", "last words (the last line that it printed; it exited with status 3)"),
    ("raise ValueError('oh')", "ValueError: oh (it exited with status 1)"),
    ("os.kill(os.getpid(), signal.SIGSEGV)", "it was ended by signal 11 (SIGSEGV): a segmentation fault"),
    ("os.kill(os.getpid(), signal.SIGKILL)", "it was ended by signal 9 (SIGKILL): often the kernel, out of memory"),
    ("sys.exit('train.py: error: no such option')", "train.py: error: no such option (it exited with status 1)"),
    (
      "os.execvp('sh', ['sh', '-c', 'no-such-program'])",
      "sh: 1: no-such-program: not found (it exited with status 127: a program was not found)"
    ),
  ])
  func `fails when its program does`(_ script: String, _ message: String) async throws {
    let workshop = try Workshop("print('score=1')\nprint('last words')\n\(script)")
    let failure = try #require(await command(workshop).train(try workshop.assignment()).failure)
    #expect(failure.reason == .exited)
    #expect(failure.message == message)
    #expect(failure.logTail.contains("last words"))
    #expect(try workshop.text(of: failure.log).hasPrefix("score=1\n"))
  }

  @Test func `is ended when it prints nothing for too long`() async throws {
    let workshop = try Workshop("print('last words')\nos.fork()\nsignal.pause()")
    let trainer = command(workshop, hangTimeout: .milliseconds(2500))
    let failure = try #require(await trainer.train(try workshop.assignment()).failure)
    #expect(failure.reason == .hung)
    #expect(failure.message == "it printed nothing for 2.5 s")
    await workshop.everyoneIsGone()
  }

  @Test func `is not ended as long as it prints`() async throws {
    let workshop = try Workshop("for n in range(24):\n    time.sleep(0.5)\n    print('score=1')")
    #expect(await command(workshop, hangTimeout: .seconds(10)).train(try workshop.assignment()).trained != nil)
  }

  @Test func `leaves none of its children behind`() async throws {
    let workshop = try Workshop("os.fork() or signal.pause()\nprint('score=1')")
    #expect(await command(workshop).train(try workshop.assignment()).trained != nil)
    await workshop.everyoneIsGone()
  }

  @Test(arguments: [
    ("signal.pause()", "it was ended by signal 15 (SIGTERM)"),
    ("signal.signal(signal.SIGTERM, lambda *_: sys.exit(3))\nready()\nsignal.pause()", "it exited with status 3"),
  ])
  func `is ended by SIGTERM at once when it is shut down`(_ script: String, _ message: String) async throws {
    let workshop = try Workshop(
      """
      def ready():
          if not os.path.exists("ready"):
              os.mkfifo("ready")
              open("ready", "w").close()
      \(script.hasPrefix("signal.pause") ? "ready()" : "")
      \(script)
      """)
    let trainer = command(workshop, hangTimeout: .seconds(3600))
    async let outcome = trainer.train(try workshop.assignment())
    await opened(workshop.path + "/ready")
    await trainer.shutDown()
    #expect(try await outcome.failure?.message == message)
    await workshop.everyoneIsGone()
    #expect(await trainer.train(try workshop.assignment()).failure?.message == "it was ended")
  }
}

/// A text as Python writes it.
private func pythonText(_ text: String) -> String { "'''\(text)'''" }
