import PoptrainStoreTesting
@testable import PoptrainRuns
@testable import PoptrainEngine
import PoptrainExperimentFile
import Foundation
import PopulationBasedTraining
import Synchronization
import Testing
import PoptrainTrainers

/// The time that engines have spent on a run, on clocks that the test turns.
@Suite("The time that a run may take")
struct WallClockTests {
  @Test("When it is over, intervals in flight are finished and none is begun")
  func finishesIntervals() async throws {
    let run = try TimedRun(limit: .seconds(60))
    let trainer = GatedTrainer()
    let running = try await run.start(trainer)
    await trainer.begun(1)
    await run.clock.advanceSleepers(by: .seconds(59))
    trainer.finish(1)
    await trainer.begun(2)
    run.clock.advance(by: .seconds(1))
    await trainer.stopRequested.pass()
    trainer.finish(2)
    #expect(try await running.value == .finished(.wallClock))
    #expect(trainer.count == 2)
    let status = try run.status()
    #expect(status.trainedSteps == 20 && status.state == .finished)
    #expect(status.ending == .wallClock)
  }

  @Test("An interval that is not through within stop_timeout is given back")
  func givesBack() async throws {
    let run = try TimedRun(limit: .seconds(60), stopTimeout: .zero)
    let trainer = GatedTrainer()
    let running = try await run.start(trainer)
    await trainer.begun(1)
    await run.clock.advanceSleepers(by: .seconds(60))
    #expect(try await running.value == .finished(.wallClock))
    let status = try run.status()
    #expect(status.trainedSteps == 0 && status.failures == 0)
    #expect(status.members.map(\.state) == [.ready, .ready])
  }

  @Test("All starts count together; resumed it ends at once, and with more it goes on for what is left")
  func countsAllStarts() async throws {
    let run = try TimedRun(limit: .seconds(100))
    for seconds in [30, 50] {
      let trainer = GatedTrainer()
      let engine = try await run.engine(trainer)
      let running = Task { try await engine.run() }
      await trainer.begun(1)
      run.clock.advance(by: .seconds(seconds))
      trainer.finish(1)
      await trainer.begun(2)
      await engine.stop()
      trainer.finish(2)
      #expect(try await running.value == .stopped(isForAll: false))
      // While no engine runs, nothing counts.
      run.clock.advance(by: .seconds(1000))
    }
    let third = GatedTrainer()
    let running = try await run.start(third)
    await third.begun(1)
    await run.clock.advanceSleepers(by: .seconds(20))
    await third.stopRequested.pass()
    third.finish(1)
    #expect(try await running.value == .finished(.wallClock))

    let fourth = GatedTrainer()
    #expect(try await run.start(fourth).value == .finished(.wallClock))
    #expect(fourth.count == 0)

    run.experiment.wallClock = .seconds(107)
    let fifth = GatedTrainer()
    let goingOn = try await run.start(fifth)
    await fifth.begun(1)
    await run.clock.advanceSleepers(by: .seconds(7))
    await fifth.stopRequested.pass()
    fifth.finish(1)
    #expect(try await goingOn.value == .finished(.wallClock))

    run.experiment.wallClock = nil
    let last = GatedTrainer(isOpen: true)
    #expect(try await run.start(last).value == .finished(.budget))
  }

  @Test("An end that was asked for before stays what it was")
  func askedBefore() async throws {
    let run = try TimedRun(limit: .seconds(60))
    let trainer = GatedTrainer()
    let engine = try await run.engine(trainer)
    let running = Task { try await engine.run() }
    await trainer.begun(1)
    await engine.stop()
    await run.clock.advanceSleepers(by: .seconds(60))
    trainer.finish(1)
    #expect(try await running.value == .stopped(isForAll: false))
    #expect(try run.status().ending == nil)
  }
}

/// A run of two members and one worker whose trainer is in this process.
private final class TimedRun {
  let clock = TurnedClock()
  let folder: URL
  var experiment: Experiment

  init(limit: Duration, stopTimeout: Duration = .seconds(600)) throws {
    folder = FileManager.default.temporaryDirectory.appending(path: "poptrain-time-\(UUID())")
    let rules = Rules(
      populationSize: 2, steps: 100, interval: 10, metric: "score", mode: .max,
      space: Space([Hyperparameter("rate", .uniform(0, 1))]))
    experiment = Experiment(
      name: "timed", trainer: Experiment.Trainer(command: ["Gated"], contract: .inProcess), metric: "score",
      rules: rules, workers: .count(1), durability: .process, stopTimeout: stopTimeout, wallClock: limit)
  }

  deinit { try? FileManager.default.removeItem(at: folder) }

  func engine(_ trainer: GatedTrainer) async throws -> Engine {
    try await Engine(
      experiment, in: RunDirectory(path: folder.path), folder: "/", makeTrainer: { trainer }, clock: clock,
      wallNow: { [clock] in clock.now.offset / .seconds(1) }, news: { _ in })
  }

  func start(_ trainer: GatedTrainer) async throws -> Task<Engine.Ending, any Error> {
    let engine = try await engine(trainer)
    return Task { try await engine.run() }
  }

  func status() throws -> Status { try Status(RecordedRun(RunDirectory(path: folder.path))) }
}

/// Trains when the test lets it.
private final class GatedTrainer: SingleTrainer {
  let stopRequested = Gate()
  private let begins = (0..<50).map { _ in Gate() }
  private let ends = (0..<50).map { _ in Gate() }
  private let taken = Mutex(0)
  private let isShutDown = Mutex(false)
  private let isOpen: Bool

  init(isOpen: Bool = false) { self.isOpen = isOpen }

  var count: Int { taken.withLock { $0 } }

  /// Waits until it was asked for an interval, the first, the second…
  func begun(_ number: Int) async { await begins[number].pass() }

  func finish(_ number: Int) { ends[number].open() }

  func train(_ assignment: Assignment, progress: @escaping @Sendable (Int) -> Void) async -> TrainerOutcome {
    let number = taken.withLock { taken in
      taken += 1
      return taken
    }
    begins[number].open()
    if !isOpen { await ends[number].pass() }
    if isShutDown.withLock({ $0 }) { return .failed(TrainerFailure(.exited, "it was ended")) }
    try? "x".write(toFile: assignment.saveTo + "/x", atomically: true, encoding: .utf8)
    return .trained(
      TrainedInterval(steps: assignment.ages.count, metrics: ["score": Double(number)]))
  }

  func requestStop() async { stopRequested.open() }

  func shutDown() async {
    isShutDown.withLock { $0 = true }
    for end in ends { end.open() }
  }
}

/// A clock that stands still until it is told otherwise.
private final class TurnedClock: Clock {
  struct Instant: InstantProtocol {
    var offset: Duration
    func advanced(by duration: Duration) -> Instant { Instant(offset: offset + duration) }
    func duration(to other: Instant) -> Duration { other.offset - offset }
    static func < (left: Instant, right: Instant) -> Bool { left.offset < right.offset }
  }

  private struct Sleeper {
    var until: Instant
    var wake: CheckedContinuation<Void, Never>
  }

  private struct State {
    var now = Instant(offset: .seconds(1000))
    var next = 0
    var sleepers: [Int: Sleeper] = [:]
    /// Who waits for a sleeper.
    var watcher: CheckedContinuation<Void, Never>?
  }

  private let state = Mutex(State())

  var now: Instant { state.withLock { $0.now } }
  var minimumResolution: Duration { .nanoseconds(1) }

  func sleep(until deadline: Instant, tolerance: Duration?) async throws {
    let id = state.withLock { state in
      state.next += 1
      return state.next
    }
    await withTaskCancellationHandler {
      await withCheckedContinuation { continuation in
        let woken = state.withLock { state in
          if state.now >= deadline || Task.isCancelled { return continuation as CheckedContinuation<Void, Never>? }
          state.sleepers[id] = Sleeper(until: deadline, wake: continuation)
          defer { state.watcher = nil }
          return state.watcher
        }
        woken?.resume()
      }
    } onCancel: {
      state.withLock { $0.sleepers.removeValue(forKey: id) }?.wake.resume()
    }
    try Task.checkCancellation()
  }

  /// Goes on as soon as somebody sleeps.
  func advanceSleepers(by duration: Duration) async {
    await withCheckedContinuation { continuation in
      let isReady = state.withLock { state in
        if state.sleepers.isEmpty { state.watcher = continuation }
        return !state.sleepers.isEmpty
      }
      if isReady { continuation.resume() }
    }
    advance(by: duration)
  }

  func advance(by duration: Duration) {
    let woken = state.withLock { state in
      state.now = state.now.advanced(by: duration)
      let due = state.sleepers.filter { $0.value.until <= state.now }
      for id in due.keys { state.sleepers[id] = nil }
      return due.values.map(\.wake)
    }
    for wake in woken { wake.resume() }
  }
}
