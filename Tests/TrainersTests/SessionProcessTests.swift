import PoptrainText
import Foundation
import PopulationBasedTraining
import Testing

@testable import PoptrainTrainers

@Suite(.serialized, .timeLimit(.minutes(20)))
struct `The process of a session trainer` {
  @Test(arguments: [(1, [1, 1, 1, 1]), (3, [3, 1]), (nil, [4])] as [(Int?, [Int])])
  func `trains as many intervals as it may`(_ limit: Int?, _ counts: [Int]) async throws {
    let workshop = try Workshop()
    let trainer = workshop.session(intervalsPerProcess: limit)
    var processes: [Int] = []
    for number in 1...4 {
      processes.append(try #require(await trainer.train(try workshop.assignment(number)).process))
    }
    #expect(Dictionary(grouping: processes) { $0 }.values.map(\.count).sorted(by: >) == counts)
    // The first process trains the first intervals.
    #expect(processes.prefix { $0 == processes[0] }.count == counts[0])
    await trainer.shutDown()
  }

  @Test func `trains no more intervals than it may after a failure of its own`() async throws {
    let workshop = try Workshop(
      """
      interval = begin()
      print(os.getpid())
      say(type="failed", interval=interval["id"], message="no")
      assert hear() == {"type": "end"}
      print("told to end")
      """)
    let trainer = workshop.session(intervalsPerProcess: 1)
    let first = try #require(await trainer.train(try workshop.assignment()).failure)
    let second = try #require(await trainer.train(try workshop.assignment()).failure)
    #expect(first.logTail.hasSuffix("told to end"))
    #expect(second.logTail != first.logTail && second.logTail.hasSuffix("told to end"))
    await trainer.shutDown()
  }

  @Test(
    arguments: [
      ("sys.exit(0)", nil), ("hear() and sys.exit(0)", nil), ("os._exit(3)", "its process exited with status 3"),
      ("raise ValueError(f'in {os.getpid()}')", "ValueError: in PID (its process exited with status 1)"),
      ("os.kill(os.getpid(), signal.SIGSEGV)", "its process was ended by signal 11 (SIGSEGV): a segmentation fault"),
    ] as [(String, String?)])
  func `that leaves after its interval is replaced and has failed in nothing, but a crash is told`(
    _ leave: String, _ crash: String?
  ) async throws {
    let workshop = try Workshop("done(begin())\n\(leave)")
    let trainer = workshop.session()
    var processes: [Int] = []
    var printed = ""
    for number in 1...3 {
      let outcome = await trainer.train(try workshop.assignment(number))
      processes.append(try #require(outcome.process, "\(outcome)"))
      printed += try workshop.text(of: outcome.trained?.log)
      // The same each time, so that it is told once.
      let told = crash?.replacingOccurrences(of: "PID", with: "\(processes[0])")
      let warning = told.map { "\($0), after it had reported its interval; each time it is started again" }
      #expect(outcome.trained?.trainerWarnings == (number == 1 ? [] : [warning].compactMap { $0 }))
      // One that waits for the next message leaves when it is asked for the next interval, and is not waited for here.
      if !leave.hasPrefix("hear") { await workshop.everyoneIsGone() }
    }
    #expect(Set(processes).count == 3)
    await trainer.shutDown()
    #expect(printed.contains("ValueError: in \(processes[0])") == leave.hasPrefix("raise"))
  }

  @Test func `that crashes when it is told to end is told of, where each interval has a process of its own`()
    async throws
  {
    let workshop = try Workshop("done(begin())\nhear()\nraise ValueError('while leaving')")
    let trainer = workshop.session(intervalsPerProcess: 1)
    for number in 1...2 {
      let outcome = await trainer.train(try workshop.assignment(number))
      #expect(
        outcome.trained?.trainerWarnings == [
          """
          ValueError: while leaving (its process exited with status 1), after it had reported its interval; each time it is \
          started again
          """
        ])
    }
    await trainer.shutDown()
  }

  @Test func `that crashes before it hears of its next interval is told of by that`() async throws {
    let workshop = try Workshop(
      """
      done(begin())
      if FIRST:
          # The engine has sent the next message once there is something to read.
          import raw, select
          select.select([raw.sock], [], [])
          raise ValueError("too late")
      """)
    let trainer = workshop.session()
    #expect(await trainer.train(try workshop.assignment(1)).trained?.trainerWarnings == [])
    let second = await trainer.train(try workshop.assignment(2))
    #expect(
      second.trained?.trainerWarnings.map { $0.hasPrefix("ValueError: too late (its process exited") } == [true],
      "\(second)")
    await trainer.shutDown()
  }

  @Test func `that has crashed after its interval is told of by the next, when that fails`() async throws {
    let workshop = try Workshop("if not FIRST: sys.exit(4)\ndone(begin())\nos._exit(3)")
    let trainer = workshop.session()
    #expect(await trainer.train(try workshop.assignment(1)).trained != nil)
    await workshop.everyoneIsGone()
    let failure = try #require(await trainer.train(try workshop.assignment(2)).failure)
    #expect(failure.message.contains("exited with status 4. Before that: its process exited with status 3, after"))
    await trainer.shutDown()
  }

  @Test func `that crashes over its next interval has failed in that`() async throws {
    let workshop = try Workshop("done(begin())\nhear()\nos._exit(3)")
    let trainer = workshop.session()
    #expect(await trainer.train(try workshop.assignment(1)).trained != nil)
    let failure = try #require(await trainer.train(try workshop.assignment(2)).failure)
    #expect(failure.message == "its process exited with status 3")
    await trainer.shutDown()
  }

  @Test func `leads a group of its own, dies with the engine and minds the usual signals`() async throws {
    // What the engine ignores must not be ignored by its trainers.
    signal(SIGUSR2, SIG_IGN)
    let workshop = try Workshop(
      """
      import ctypes
      interval = begin()
      parent_death = ctypes.c_int()
      ctypes.CDLL(None).prctl(2, ctypes.byref(parent_death))
      done(interval, {
          "pid": os.getpid(), "group": os.getpgid(0), "parent_death": parent_death.value,
          "ignores": int(signal.getsignal(signal.SIGUSR2) == signal.SIG_IGN), "terminal": int(os.isatty(0)),
          "descriptors": len([d for d in os.listdir("/proc/self/fd") if int(d) > 2])})
      """)
    let trainer = workshop.session()
    let metrics = try #require(await trainer.train(try workshop.assignment()).trained).metrics
    #expect(metrics["pid"] == metrics["group"])
    #expect(metrics["parent_death"] == Double(SIGKILL))
    #expect(metrics["ignores"] == 0)
    #expect(metrics["terminal"] == 0)
    // Its lock, its socket, and the folder that is being listed: nothing is inherited.
    #expect(metrics["descriptors"] == 3)
    await trainer.shutDown()
  }

  @Test func `is the only one to connect`() async throws {
    let workshop = try Workshop(
      """
      interval = begin()
      again = socket.socket(socket.AF_UNIX)
      folder = os.path.dirname(os.environ["POPTRAIN_SOCKET"])
      again.connect(os.environ["POPTRAIN_SOCKET"])
      refused = json.loads(again.makefile("rb").readline())["type"] == "refused"
      done(interval, {"refused": int(refused)})
      print(folder)
      stream_end = hear()
      """)
    let trainer = workshop.session()
    let trained = try #require(await trainer.train(try workshop.assignment()).trained)
    #expect(trained.metrics["refused"] == 1)
    #expect(trained.trainerWarnings.map { $0.hasPrefix("a second process of it asked for intervals") } == [true])
    await trainer.shutDown()
    let folder = workshop.text(of: "trainer.log").trimmed()
    #expect(folder.contains("/poptrain-") && !FileManager.default.fileExists(atPath: folder))
  }

  @Test func `that waits for one that was refused is told of it`() async throws {
    let workshop = try Workshop(
      """
      interval = begin()
      again = socket.socket(socket.AF_UNIX)
      again.connect(os.environ["POPTRAIN_SOCKET"])
      again.makefile("rb").readline()
      signal.pause()
      """)
    let trainer = workshop.session(hangTimeout: .seconds(2))
    let failure = try #require(await trainer.train(try workshop.assignment()).failure)
    #expect(failure.reason == .hung)
    #expect(failure.message.contains("Besides, a second process of it asked for intervals"), "\(failure.message)")
    await trainer.shutDown()
  }

  @Test func `takes its children with it, whatever they hold open`() async throws {
    let workshop = try Workshop(
      """
      interval = begin()
      if os.fork() == 0:
          signal.signal(signal.SIGTERM, signal.SIG_IGN)
          while True: signal.pause()
      done(interval)
      hear()
      """)
    let trainer = workshop.session()
    #expect(await trainer.train(try workshop.assignment()).trained != nil)
    await trainer.shutDown()
    await workshop.everyoneIsGone()
  }

  @Test func `is killed where it ignores being asked`() async throws {
    let workshop = try Workshop(
      """
      signal.signal(signal.SIGTERM, lambda *_: print("not me"))
      done(begin())
      while True: signal.pause()
      """)
    let trainer = workshop.session()
    #expect(await trainer.train(try workshop.assignment()).trained != nil)
    await trainer.shutDown()
    await workshop.everyoneIsGone()
    #expect(workshop.text(of: "trainer.log") == "not me\n")
  }
}
