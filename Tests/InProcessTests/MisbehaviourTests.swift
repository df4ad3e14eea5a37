import Poptrain
import PopulationBasedTraining
import Synchronization
import Testing

/// A model that does what a test says.
private struct Actor: Trainable {
  @TaskLocal static var act: @Sendable (TrainingInterval) throws -> [String: Double] = { _ in [:] }
  var metrics: [String: Double] = [:]

  mutating func train(_ interval: TrainingInterval) throws { metrics = try Actor.act(interval) }
  func evaluate(_ interval: TrainingInterval) -> [String: Double] { metrics }

  static func train(
    _ rules: Rules = Follower.rules(), act: @escaping @Sendable (TrainingInterval) throws -> [String: Double]
  ) async throws -> TrainedPopulation<Actor> {
    try await Actor.$act.withValue(act) { try await trainPopulation(rules: rules) { _ in Actor() } }
  }
}

@Suite struct MisbehaviourTests {
  @Test func `An error is recorded and the interval repeated`() async throws {
    let tried = Mutex<Set<[Int]>>([])
    let trained = try await Actor.train { interval in
      // Of every other interval, whenever its turn comes.
      let isFirst = tried.withLock { $0.insert([interval.member, interval.number]).inserted }
      if isFirst, (interval.member + interval.number) % 2 == 0 { throw Failure(message: "out of luck") }
      return ["error": interval["rate"]]
    }
    #expect(trained.intervals.count == 30)
    #expect(trained.intervals.allSatisfy { $0.outcome == .completed })
    #expect(trained.attempts.count == 15)
    #expect(trained.attempts.allSatisfy { $0.message == "out of luck" && $0.reason == .failed })
  }

  @Test func `A model that always fails aborts the run`() async throws {
    let error = await #expect(throws: TrainingError.self) {
      try await Actor.train { _ in throw Failure(message: "out of luck") }
    }
    #expect("\(try #require(error))" == "no interval has ever completed: 3 attempts of member 0 failed")
  }

  @Test func `A metric that selection needs and nobody measures is named`() async throws {
    let calls = Mutex(0)
    let trained = try await Actor.train { interval in
      let isSecond = calls.withLock { calls in
        calls += 1
        return calls == 2
      }
      return isSecond ? ["loss": 1] : ["error": 1, "other": interval["rate"]]
    }
    #expect(
      trained.attempts.map(\.message)
        == ["it did not report error, the experiment's `metric`; it reported loss"])
  }

  @Test func `Values that cannot be trained are not tried twice, and a metric that is no number is no score`()
    async throws
  {
    let trained = try await Actor.train { interval in
      if interval.member == 1, interval.number == 1 { throw InvalidHyperparameters("too steep") }
      return ["error": interval.member == 2 && interval.number == 2 ? .nan : interval["rate"]]
    }
    let invalid = trained.intervals.filter { $0.outcome == .invalid }
    #expect(invalid.map(\.member) == [1] && invalid.map(\.message) == ["too steep"])
    let diverged = trained.intervals.filter { $0.outcome == .diverged }
    #expect(diverged.map(\.member) == [2])
    #expect(trained.attempts.isEmpty)
  }

  @Test func `A population of which no metric was ever a number is aborted`() async throws {
    let error = await #expect(throws: TrainingError.self) {
      try await Actor.train { interval in ["error": interval["rate"] / 0] }
    }
    #expect("\(try #require(error))" == "no interval has ever reported a finite error")
  }

  @Test func `A searched value that a fresh model never asks for is a warning, once`() async throws {
    var rules = Follower.rules()
    rules.space = Space([
      Hyperparameter("rate", .uniform(0, 1)), Hyperparameter("layers", .integer(1, 4), isStructural: true),
      Hyperparameter("width", .fixed(.integer(64))),
    ])
    let trained = try await Actor.train(rules) { interval in
      // What shapes a model is read only when it is made.
      interval.number == 1 ? ["error": Double(interval.seed), "x": interval["layers"]] : ["error": interval["rate"]]
    }
    #expect(trained.warnings.count == 1)
    #expect(trained.warnings.first?.hasPrefix("rate is searched, but no member's trainer has read it") == true)
  }

  @Test func `A cancelled task begins no further interval`() async throws {
    let (reached, reaching) = AsyncStream<Never>.makeStream()
    let trained = Mutex(0)
    let task = Task {
      try await Actor.train { interval in
        if interval.number == 2 {
          reaching.finish()
          while !Task.isCancelled {}
        }
        trained.withLock { $0 += 1 }
        return ["error": interval["rate"]]
      }
    }
    for await _ in reached {}
    task.cancel()
    await #expect(throws: CancellationError.self) { try await task.value }
    // The one under way was finished.
    #expect(trained.withLock(\.self) == 6)
  }
}
