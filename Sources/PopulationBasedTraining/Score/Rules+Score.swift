extension Rules {
  /// The number that selection compares, higher is better: the metric, negated where smaller is better. Nothing,
  /// where the metric is not finite.
  public func score(ofMetric metric: Double) -> Double? {
    metric.isFinite ? (mode == .max ? metric : -metric) : nil
  }

  /// The metric that a score was made of.
  public func metric(ofScore score: Double) -> Double {
    // Not -0 where it is 0.
    mode == .max ? score : 0 - score
  }

  /// The evaluations of an interval as scores, in order. What was logged at its last age is what the reported value
  /// stands for, which then does not count again.
  public func evaluations(of interval: Interval) -> [Double] {
    var evaluations: [Double] = []
    var isLastLogged = false
    for evaluation in interval.evaluations {
      guard let score = evaluation.metrics[metric].flatMap(score(ofMetric:)) else { continue }
      evaluations.append(score)
      isLastLogged = evaluation.age == interval.endAge
    }
    if let reported = interval.score, !isLastLogged { evaluations.append(reported) }
    return evaluations
  }

  /// How many evaluations the reported value of an interval stands for: those of a list, or one.
  public func evaluationsReported(by interval: Interval) -> Int {
    let listed = interval.evaluations.filter { $0.age == interval.endAge }
    return max(1, listed.count { $0.metrics[metric].flatMap(score(ofMetric:)) != nil })
  }

  /// What an interval adds to the scores of its member: nothing unless it completed.
  public func scored(by interval: Interval) -> Scored? {
    guard interval.outcome == .completed, let selection = interval.selection else { return nil }
    return Scored(
      age: interval.endAge, score: selection, evaluations: evaluations(of: interval),
      violation: violation(of: interval.metrics), objectives: objectives(of: interval.metrics))
  }

  /// What a member publishes with an interval: nothing unless it completed.
  public func published(by interval: Interval) -> Published? {
    guard interval.outcome == .completed, let selection = interval.selection, let end = interval.end else { return nil }
    return Published(
      score: selection, startScore: interval.startSelection, tie: interval.tie, checkpoint: end,
      hyperparameters: interval.hyperparameters,
      age: interval.endAge, sequence: interval.sequence, violation: violation(of: interval.metrics),
      objectives: objectives(of: interval.metrics))
  }

  /// By how much metrics break the requirements, in sum.
  private func violation(of metrics: [String: Double]) -> Double {
    requirements.reduce(0) { $0 + $1.violation(of: metrics) }
  }

  /// The further objectives, higher is better. One that is missing or not a number is worse than any other.
  private func objectives(of metrics: [String: Double]) -> [Double] {
    objectives.map { objective in
      let value = metrics[objective.metric] ?? .nan
      return value.isNaN ? -.infinity : objective.mode == .max ? value : -value
    }
  }
}
