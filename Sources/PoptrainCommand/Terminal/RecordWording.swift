import PoptrainExperimentFile
import PoptrainText
import PopulationBasedTraining

/// What a record of history is as a plain line.
struct RecordWording {
  let experiment: Experiment

  /// The line of a record; none where it changes nothing that people follow.
  func line(_ record: HistoryRecord) -> String? {
    switch record {
    case .interval(let interval): line(interval)
    case .decision(let decision): line(decision)
    case .attempt(let attempt):
      "member \(attempt.member)  interval \(attempt.number)  failed: \(harmless(attempt.message))"
    case .collection: nil
    case .event(let event): line(event)
    }
  }

  func line(_ interval: Interval) -> String {
    if interval.outcome == .invalid {
      return "member \(interval.member)  interval \(interval.number)  refused: \(harmless(interval.message ?? ""))"
    }
    let metric = interval.score.map(experiment.rules.metric(ofScore:))
    let score =
      metric.map { "\(experiment.metric) \(short($0))" } ?? "no score (\(harmless(interval.reasonForNoScore)))"
    return "member \(interval.member)  interval \(interval.number)  age \(grouped(interval.endAge))  \(score)"
  }

  func line(_ decision: Decision) -> String? {
    switch decision.result {
    case .stay where decision.ordinal > 0: return nil
    case .stay: return "member \(decision.member)  joins"
    case .inherit(let donor) where !donor.inherits.includesWeights:
      let whose = donor.member == decision.member ? "its own" : "member \(donor.member)'s"
      return "member \(decision.member)  continues with new values, from \(whose)"
    case .inherit(let donor):
      return "member \(decision.member)  copies member \(donor.member) at age \(grouped(donor.age))"
    case .fresh: return "member \(decision.member)  starts again with new values"
    case .fail: return "member \(decision.member)  has failed: \(decision.reason)"
    case .retire: return "member \(decision.member)  leaves: \(decision.reason)"
    }
  }

  private func line(_ event: Event) -> String? {
    switch event.what {
    case .started: "training starts"
    case .restarted: "the population begins again"
    case .ended(let ending): "ended: \(experiment.words(for: ending))"
    case .warning(let message): "warning: \(harmless(message))"
    case .created, .revised, .overridden, .program: nil
    }
  }
}

extension Interval {
  /// Why it has no score, in short.
  fileprivate var reasonForNoScore: String {
    switch outcome {
    case .diverged: message ?? "the metric is not a number"
    case .unscored: "not measured"
    case .forfeited: "every attempt failed"
    case .completed, .partial, .invalid: outcome.rawValue
    }
  }
}
