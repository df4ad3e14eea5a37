import Foundation
import Neighbours
import Poptrain
import PopulationBasedTraining

/// The outcome of one population.
struct Outcome: Codable {
  var system: String
  var arm: String
  var seed: UInt64
  /// The metric of the best model, and the median over the members of their last.
  var best, median: Double
  /// The metrics of the best model on test data.
  var test: [String: Double]
  /// The processor time of the whole population, in seconds.
  var seconds: Double
  /// The number of copies, decisions in which a member inherited from another.
  var copies: Int
  /// The mean score of a donor minus that of its copy before it trains. Nil if copies are not evaluated.
  var lossByCopying: Double?
  /// The hyperparameters by age that led to the best model.
  var schedule: [Stretch]

  struct Stretch: Codable {
    var from, to: Int
    var values: [String: Double]
  }
}

/// Trains one population, in memory or in the folder of a run.
func outcome<P: Problem>(of problem: P, arm: String, seed: UInt64, in folder: String?) async throws -> Outcome {
  var rules = problem.rules
  if arm.hasSuffix("random") { rules.exploit = ExploitRules.none }
  let start = processorSeconds()
  let fresh = { @Sendable (interval: TrainingInterval) in problem.fresh(interval) }
  let trained =
    if let folder { try await trainPopulation(rules: rules, workers: 1, in: folder, fresh: fresh) } else {
      try await trainPopulation(rules: rules, workers: 1, fresh: fresh)
    }
  let seconds = processorSeconds() - start
  for warning in trained.warnings { FileHandle.standardError.write(Data("warning: \(warning)\n".utf8)) }
  var last: [Int: Double] = [:]
  for case .interval(let interval) in trained.history where interval.kind == .train {
    last[interval.member] = interval.score ?? last[interval.member]
  }
  let (copies, losses) = copying(in: trained.history)
  return Outcome(
    system: P.name, arm: arm, seed: seed, best: trained.best.metric, median: median(Array(last.values)) ?? .nan,
    test: problem.test(trained.best.model, trainedBy: trained.best.member), seconds: seconds,
    copies: copies, lossByCopying: losses.isEmpty ? nil : mean(losses),
    schedule: trained.best.lineage.schedule.map {
      Outcome.Stretch(
        from: $0.ages.lowerBound, to: $0.ages.upperBound, values: $0.hyperparameters.compactMapValues(\.asNumber))
    })
}

/// The number of copies; and for each copy that was evaluated before it trained, the score of its donor minus its own.
private func copying(in history: [HistoryRecord]) -> (copies: Int, losses: [Double]) {
  var donors: [Int: Double] = [:]
  var (copies, losses): (Int, [Double]) = (0, [])
  for record in history {
    if case .decision(let decision) = record, case .inherit(let donor) = decision.result {
      copies += 1
      donors[decision.member] = donor.score
    } else if case .interval(let interval) = record, interval.kind == .evaluate, let score = interval.score,
      let donor = donors[interval.member]
    {
      losses.append(donor - score)
    }
  }
  return (copies, losses)
}

/// The processor time of this process so far, in seconds.
func processorSeconds() -> Double {
  var time = timespec()
  clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time)
  return Double(time.tv_sec) + Double(time.tv_nsec) * 1e-9
}
