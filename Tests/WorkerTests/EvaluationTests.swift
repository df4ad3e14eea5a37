import PoptrainCheckpoints
import Foundation
import PopulationBasedTraining
import PoptrainStore
import Testing
import PoptrainTrainers

@testable import PoptrainWorker

@Suite(.timeLimit(.minutes(20)))
struct `A copy that is evaluated before it competes` {
  /// Trains like ``SwiftTrainer``; says of an evaluation what it is told to.
  private func trainer(_ evaluate: @escaping @Sendable (Assignment) throws -> TrainerOutcome) -> SwiftTrainer {
    SwiftTrainer { assignment in
      assignment.kind == .evaluate ? try evaluate(assignment) : try SwiftTrainer.train(assignment)
    }
  }

  @Test func `is scored once, without a step, and what it saved is thrown away`() async throws {
    let run = try TestRun(evaluatesCopies: true)
    let trainer = trainer { assignment in
      #expect(assignment.ages.isEmpty && assignment.checkpoint != nil)
      return try SwiftTrainer.train(assignment)
    }
    #expect(await run.worker(trainer).run() == .finished)

    let records = await run.store.records(after: 0)
    var copies = 0
    for (index, record) in records.enumerated() {
      guard case .decision(let decision) = record, let donor = decision.result.donor else { continue }
      copies += 1
      let next = records[index...].lazy.compactMap {
        if case .interval(let interval) = $0, interval.member == decision.member { interval } else { nil }
      }.first
      let evaluation = try #require(next)
      #expect(evaluation.kind == .evaluate && evaluation.steps == 0 && evaluation.outcome == .completed)
      #expect(evaluation.start == donor.checkpoint && evaluation.end == donor.checkpoint)
      #expect(evaluation.startAge == donor.age && evaluation.hyperparameters == decision.hyperparameters)
      #expect(evaluation.score != nil && evaluation.startSelection == donor.score)
    }
    #expect(copies > 0)
    let intervals = await run.intervals
    #expect(intervals.count { $0.kind == .evaluate } == copies)
    #expect(intervals.count { $0.kind == .train } == 24)
    #expect(await run.store.population().completedIntervals == 24)
    try await run.expectTidy()
  }

  @Test(arguments: ["nan", "invalid", "fails"])
  func `trains on where its evaluation goes wrong`(_ what: String) async throws {
    let run = try TestRun(maxFailures: 2, evaluatesCopies: true)
    let trainer = trainer { _ in
      switch what {
      case "nan": .trained(TrainedInterval(steps: 0, metrics: ["score": .nan]))
      case "invalid": .invalid("not these", log: nil)
      default: .failed(TrainerFailure(.failed, "it broke"))
      }
    }
    #expect(await run.worker(trainer).run() == .finished)
    let evaluations = await run.intervals.filter { $0.kind == .evaluate }
    let outcome: [String: Interval.Outcome] = ["nan": .diverged, "invalid": .invalid, "fails": .forfeited]
    #expect(!evaluations.isEmpty && evaluations.allSatisfy { $0.outcome == outcome[what] })
    #expect(await run.intervals.count { $0.kind == .train } == 24)
    try await run.expectTidy()
  }
}
