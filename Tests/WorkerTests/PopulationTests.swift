import PoptrainStoreTesting
import PoptrainCheckpoints
import Foundation
import PopulationBasedTraining
import PoptrainStore
import Synchronization
import Testing
import PoptrainTrainers

@testable import PoptrainWorker

@Suite(.timeLimit(.minutes(20)))
struct `A population with workers` {
  @Test(arguments: [1, 3], [Rules.Order.asynchronous, .synchronous])
  func `trains to its end and leaves nothing behind`(_ workers: Int, _ order: Rules.Order) async throws {
    let run = try TestRun(order: order)
    let trainers = (0..<workers).map { _ in SwiftTrainer() }
    let endings = await withTaskGroup(of: WorkerLoop.Ending.self) { group in
      for (index, trainer) in trainers.enumerated() {
        group.addTask { await run.worker(trainer, name: "worker-\(index)", clock: ContinuousClock()).run() }
      }
      return await group.reduce(into: []) { $0.append($1) }
    }
    #expect(endings == Array(repeating: .finished, count: workers))
    let population = await run.store.population()
    #expect(population.members.allSatisfy { $0.state == .done && $0.steps == 40 && $0.intervals == 4 })
    #expect(await run.attempts.isEmpty)
    let intervals = await run.intervals
    #expect(intervals.count == 24 && Set(intervals.map(\.token)).count == 24)
    #expect(intervals.allSatisfy { $0.metrics["other"] == 1 && $0.outcome == .completed })
    #expect(trainers.map(\.assignments.count).reduce(0, +) == 24)
    try await run.expectTidy()
    for trainer in trainers { await trainer.isShutDown.pass() }
  }

  @Test func `gets over a trainer that fails now and then`() async throws {
    let run = try TestRun()
    let calls = Mutex(0)
    let trainer = SwiftTrainer { assignment in
      let call = calls.withLock { calls in
        calls += 1
        return calls
      }
      try SwiftTrainer.save("half", "half", assignment)
      guard call % 3 == 0 else { return try SwiftTrainer.train(assignment) }
      return .failed(
        TrainerFailure(.exited, "it died", logTail: "last words", log: LogSegment(file: "log", bytes: 1..<2)))
    }
    let failed = Mutex(0)
    let worker = run.worker(trainer) { news in
      if case .failed(_, _, isReplaced: false) = news { failed.withLock { $0 += 1 } }
    }
    #expect(await worker.run() == .finished)
    #expect(await run.intervals.count == 24)
    let attempts = await run.attempts
    let failures = failed.withLock { $0 }
    #expect(attempts.count == 11 && failures == 11)
    #expect(
      attempts.allSatisfy {
        $0.reason == .exited && $0.message == "it died" && $0.logTail == "last words" && $0.log?.bytes == 1..<2
      })
    try await run.expectTidy()
  }

  /// More members than publish at the same time.
  @Test(arguments: [false, true])
  func `publishes a batch, and knows what came of which member`(isDurable: Bool) async throws {
    let run = try TestRun(members: 20, intervals: 2, isDurable: isDurable)
    let saveNothing = Mutex<Set<Member.ID>>([3, 11, 19])
    let trainer = BatchTrainer(capacity: 20) { assignment in
      guard saveNothing.withLock({ $0.remove(assignment.member) == nil }) else {
        return .trained(TrainedInterval(steps: 10, metrics: ["score": 1]))
      }
      return try SwiftTrainer.train(assignment)
    }
    #expect(await run.worker(trainer).run() == .finished)
    #expect(await run.intervals.count == 40)
    #expect(await run.attempts.map(\.member).sorted() == [3, 11, 19])
    #expect(await run.attempts.allSatisfy { $0.reason == .notSaved })
    try await run.expectTidy()
  }

  /// A trainer whose first attempt at each second interval of a member goes wrong.
  private func attempt(
    _ mishap: @escaping @Sendable (Assignment) throws -> TrainerOutcome
  ) async throws -> Attempt {
    let run = try TestRun(members: 2, intervals: 2)
    let isFirst = Mutex(true)
    let trainer = SwiftTrainer { assignment in
      let goesWrong =
        assignment.number == 2
        && isFirst.withLock { isFirst in
          defer { isFirst = false }
          return isFirst
        }
      return try goesWrong ? mishap(assignment) : SwiftTrainer.train(assignment)
    }
    #expect(await run.worker(trainer).run() == .finished)
    #expect(await run.intervals.count == 4)
    try await run.expectTidy()
    let attempts = await run.attempts
    #expect(attempts.count == 1)
    return try #require(attempts.first)
  }

  @Test func `repeats an interval without the metric`() async throws {
    let attempt = try await attempt { assignment in
      _ = try SwiftTrainer.train(assignment)
      return .trained(TrainedInterval(steps: 10, metrics: ["loss": 1, "accuracy": 2]))
    }
    #expect(attempt.reason == .noMetric)
    #expect(
      attempt.message == "it did not report score, the experiment's `metric`; it reported accuracy, loss")
  }

  @Test func `repeats an interval that saved nothing`() async throws {
    let attempt = try await attempt { _ in .trained(TrainedInterval(steps: 10, metrics: ["score": 1])) }
    #expect(attempt.reason == .notSaved)
    #expect(attempt.message.contains("reported success but saved nothing"))
  }

  @Test func `repeats an interval that saved what cannot be kept`() async throws {
    let attempt = try await attempt { assignment in
      let saveTo = assignment.saveTo
      try FileManager.default.createSymbolicLink(atPath: saveTo + "/link", withDestinationPath: "/etc/passwd")
      return try SwiftTrainer.train(assignment)
    }
    #expect(attempt.reason == .notSaved)
    #expect(attempt.message.contains("link, which is a symbolic link"))
    #expect(FileManager.default.fileExists(atPath: "/etc/passwd"))
  }

  @Test func `replaces a member whose checkpoint is damaged`() async throws {
    let run = try TestRun(members: 6, intervals: 3)
    let trainer = SwiftTrainer { assignment in
      if assignment.member == 5, assignment.number == 1 {
        let damaged = try #require(await run.store.population().members[0].checkpoint)
        try FileManager.default.removeItem(atPath: run.checkpoints.path(of: damaged) + "/age")
      }
      guard case .trained(var trained) = try SwiftTrainer.train(assignment) else { throw CancellationError() }
      trained.metrics["score"] = Double(assignment.member)
      return .trained(trained)
    }
    #expect(await run.worker(trainer).run() == .finished)
    let attempts = await run.attempts
    #expect(attempts.count == 3)
    #expect(attempts.allSatisfy { $0.member == 0 && $0.number == 2 && $0.reason == .notLoaded })
    #expect(attempts.allSatisfy { $0.message.hasSuffix("is damaged: age cannot be opened") })
    #expect(await run.intervals.first { $0.outcome == .forfeited }?.member == 0)
    let population = await run.store.population()
    #expect(population.members.allSatisfy { $0.state == .done })
    // It was replaced: its last interval started from the model of a donor.
    let last = try #require(await run.intervals.last { $0.member == 0 })
    #expect(last.outcome == .completed && last.start?.description.hasPrefix("0-") == false)
    try await run.expectTidy()
  }

  @Test func `records values that cannot be trained and metrics that are no number, and trains neither twice`()
    async throws
  {
    let run = try TestRun(members: 6, intervals: 2)
    let trainer = SwiftTrainer { assignment in
      let outcome = try SwiftTrainer.train(assignment)
      guard assignment.number == 1, case .trained(var trained) = outcome else { return outcome }
      if assignment.member == 4 { return .invalid("too deep", log: LogSegment(file: "log", bytes: 1..<2)) }
      if assignment.member == 5 { trained.metrics["score"] = .nan }
      return .trained(trained)
    }
    #expect(await run.worker(trainer).run() == .finished)
    #expect(await run.attempts.isEmpty)
    let intervals = await run.intervals
    let invalid = try #require(intervals.first { $0.outcome == .invalid })
    #expect(invalid.member == 4 && invalid.message == "too deep" && invalid.end == nil && invalid.log?.bytes == 1..<2)
    #expect(intervals.first { $0.outcome == .diverged }?.member == 5)
    try await run.expectTidy()
  }

  @Test func `is given up where its trainer has never worked`() async throws {
    let run = try TestRun()
    let trainer = SwiftTrainer { _ in .failed(TrainerFailure(.notStarted, "no such program")) }
    guard case .aborted(let reason) = await run.worker(trainer).run() else {
      Issue.record("not aborted")
      return
    }
    #expect(reason.contains("no interval has ever completed"))
    try await run.expectTidy()
  }
}
