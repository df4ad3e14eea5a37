import PopulationBasedTraining
import Synchronization
import Testing

@testable import PoptrainTrainers

@Suite(.serialized, .timeLimit(.minutes(20)))
struct `Stopping a session trainer` {
  /// Runs an interval, and something as soon as its trainer reports progress.
  private func train(
    _ trainer: SessionTrainer, _ assignment: Assignment, atProgress act: @escaping @Sendable () async -> Void
  ) async -> TrainerOutcome {
    let (progress, reporting) = AsyncStream<Int>.makeStream()
    async let acted: Void = {
      for await _ in progress {
        await act()
        break
      }
    }()
    let outcome = await trainer.train(assignment) { reporting.yield($0) }
    reporting.finish()
    await acted
    return outcome
  }

  private static let stoppable = """
    interval = begin()
    say(type="progress", interval=interval["id"], step=1)
    assert hear() == {"type": "stop_requested"}
    done(interval, steps=2)
    """

  @Test func `asks it, and keeps what it has trained`() async throws {
    let workshop = try Workshop(Self.stoppable)
    let trainer = workshop.session()
    let outcome = await train(trainer, try workshop.assignment()) { await trainer.requestStop() }
    #expect(outcome.trained?.steps == 2)
    await trainer.shutDown()
  }

  @Test func `asks it too where the stop came before the interval`() async throws {
    let workshop = try Workshop(Self.stoppable)
    let trainer = workshop.session()
    await trainer.requestStop()
    #expect(await trainer.train(try workshop.assignment()).trained?.steps == 2)
    await trainer.shutDown()
  }

  @Test func `now fails the interval and leaves no process`() async throws {
    let workshop = try Workshop(
      """
      interval = begin()
      say(type="progress", interval=interval["id"], step=1)
      signal.pause()
      """)
    let trainer = workshop.session()
    let outcome = await train(trainer, try workshop.assignment()) { await trainer.shutDown() }
    #expect(outcome.failure?.reason == .exited)
    await workshop.everyoneIsGone()
  }

  @Test func `now ends one that keeps sending`() async throws {
    let workshop = try Workshop(
      """
      interval = begin()
      while True: say(type="progress", interval=interval["id"], step=1)
      """)
    let trainer = workshop.session()
    let outcome = await train(trainer, try workshop.assignment()) { await trainer.shutDown() }
    #expect(outcome.failure?.reason == .exited)
    await workshop.everyoneIsGone()
  }

  @Test(arguments: ["", "connect(); "])
  func `now ends one that has not said hello`(_ beginning: String) async throws {
    let workshop = try Workshop("\(beginning)os.mkfifo('ready')\nopen('ready', 'w')\nsignal.pause()")
    let trainer = workshop.session(hangTimeout: .seconds(3600))
    async let outcome = trainer.train(try workshop.assignment())
    await opened(workshop.path + "/ready")
    await trainer.shutDown()
    #expect(try await outcome.failure != nil)
    await workshop.everyoneIsGone()
  }

  @Test func `for good starts nothing any more`() async throws {
    let workshop = try Workshop("print('started')")
    let trainer = workshop.session()
    await trainer.shutDown()
    #expect(await trainer.train(try workshop.assignment()).failure?.message == "it was ended")
    #expect(workshop.text(of: "trainer.log") == "")
  }
}
