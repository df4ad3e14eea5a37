import PopulationBasedTraining
import Testing

@testable import PoptrainTrainers

@Suite(.serialized, .timeLimit(.minutes(20)))
struct `A session trainer that misbehaves` {
  @Test(arguments: Misbehaviour.all)
  func `fails its interval, and the next one has a new process`(_ misbehaviour: Misbehaviour) async throws {
    let workshop = try Workshop(
      """
      print("process", os.getpid())
      if FIRST:
          print("last words")
          \(misbehaviour.script)
          sys.exit(7)
      serve()
      """)
    let trainer = workshop.session()
    let failure = try #require(await trainer.train(try workshop.assignment(1)).failure)
    #expect(failure.reason == misbehaviour.reason)
    #expect(failure.message.contains(misbehaviour.message), "\(failure.message)")
    #expect(failure.logTail.contains("last words"))
    let printed = try workshop.text(of: failure.log)
    #expect(printed.hasPrefix("process ") && printed.contains("last words"))
    await workshop.everyoneIsGone()

    let next = await trainer.train(try workshop.assignment(2))
    let process = try #require(next.process)
    #expect(!printed.hasPrefix("process \(process)\n"))
    await trainer.shutDown()
  }

  @Test(arguments: ["connect(); signal.pause()", "begin(); signal.pause()", "signal.pause()"])
  func `is ended when it makes no progress`(_ script: String) async throws {
    let workshop = try Workshop("print('waiting')\nif FIRST: \(script)\nserve()")
    let trainer = workshop.session(hangTimeout: .seconds(10))
    let failure = try #require(await trainer.train(try workshop.assignment(1)).failure)
    #expect(failure.reason == (script == "signal.pause()" ? .notStarted : .hung))
    #expect(
      failure.message.contains("did not connect to POPTRAIN_SOCKET within 10 s")
        || failure.message == "it made no progress for 10 s; its process was ended")
    #expect(failure.logTail == "waiting")
    await workshop.everyoneIsGone()
    #expect(await trainer.train(try workshop.assignment(2)).trained != nil)
    await trainer.shutDown()
  }

  @Test func `is not ended as long as it makes progress`() async throws {
    let workshop = try Workshop(
      """
      interval = begin()
      for step in range(24):
          time.sleep(0.5)
          say(type="progress", interval=interval["id"])
      done(interval)
      """)
    let trainer = workshop.session(hangTimeout: .seconds(10))
    #expect(await trainer.train(try workshop.assignment()).trained != nil)
    await trainer.shutDown()
  }

  @Test func `that cannot be found or started says so`() async throws {
    let workshop = try Workshop()
    let missing = SessionTrainer(workshop.program(["no-such-program", "-x"]), space: space)
    let failure = try #require(await missing.train(try workshop.assignment()).failure)
    #expect(failure.reason == .notStarted)
    #expect(failure.message.contains("no-such-program"))
    #expect(failure.message.contains("a program was not found"))

    var program = workshop.program()
    program.folder = workshop.path + "/nowhere"
    let homeless = SessionTrainer(program, space: space)
    let nowhere = try #require(await homeless.train(try workshop.assignment()).failure)
    #expect(nowhere.reason == .notStarted)
    #expect(nowhere.message.contains("could not be started in \(program.folder)"))

    program = workshop.program()
    program.logPath = workshop.path + "/nowhere/trainer.log"
    let silent = SessionTrainer(program, space: space)
    let unlogged = try #require(await silent.train(try workshop.assignment()).failure)
    #expect(unlogged.reason == .notStarted)
    #expect(unlogged.message.contains("its log \(program.logPath) cannot be opened"))
  }
}
