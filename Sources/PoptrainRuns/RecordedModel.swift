internal import PoptrainExperimentFile
package import PopulationBasedTraining
internal import PoptrainStore

/// A model of a run with what was measured of it.
package struct RecordedModel: Sendable {
  /// The interval after which it was measured.
  package let interval: Interval
  /// Where it is.
  package let checkpoint: CheckpointID
  /// The metric that selection compared, as the score window makes it; none where it has no score.
  package let score: Double?
  /// The metric as the interval reported it; none where that is no finite number.
  package let reported: Double?
  /// How many evaluations made the score: fewer than its window takes where the model was copied lately. 0: no score.
  package let evaluations: Int
  /// Of how many scores this one is the best; none where it is not the best of the run.
  package let bestOf: Int?
}

extension RecordedModel {
  /// Whether it is the best of several scores, and a single evaluation made it.
  package var isOneEvaluation: Bool { evaluations == 1 && bestOf ?? 0 > 1 }
}

extension RecordedRun {
  /// The best model of the run; none while there is none.
  package func bestModel() throws(RunError) -> RecordedModel? {
    let population = try population()
    guard let best = population.best, let interval = try interval(best.member, at: best.published.sequence) else {
      return nil
    }
    let scores = try reading { () throws(StoreError) in try history.scoreCount() }
    return try model(best.published.checkpoint, after: interval, bestOf: scores)
  }

  /// The model that a member has now, which may be a copy of another's; none where it has none.
  package func model(of member: Member) throws(RunError) -> RecordedModel? {
    guard let checkpoint = member.checkpoint ?? member.published?.checkpoint else { return nil }
    let own = member.published.flatMap { $0.checkpoint == checkpoint ? $0 : nil }
    let found =
      if let own { try interval(member.id, at: own.sequence) } else { try interval(endingWith: checkpoint) }
    return try found.map { interval throws(RunError) in try model(checkpoint, after: interval) }
  }

  /// The best model along the lineage of what a member has now: of those that are kept, and of all that there were. Where
  /// none of those that are kept has a score, it is what the member has now; none where it has none.
  package func bestModel(of member: Member) throws(RunError) -> (kept: RecordedModel, interval: Interval)? {
    guard let now = try model(of: member) else { return nil }
    let lineage = try lineage(of: now.checkpoint).intervals.dropLast() + [now.interval]
    let present = try reading { () throws(StoreError) in try history.presentCheckpoints() }
    let kept = lineage.filter { $0.end.map(present.contains) ?? false }
    let rules = experiment.rules
    guard let best = rules.best(of: Array(kept)), let checkpoint = best.end else { return (now, now.interval) }
    return (try model(checkpoint, after: best), rules.best(of: Array(lineage)) ?? best)
  }

  private func interval(_ member: Member.ID, at sequence: Int) throws(RunError) -> Interval? {
    try reading { () throws(StoreError) in try history.intervals(of: member) }.first { $0.sequence == sequence }
  }

  private func model(
    _ checkpoint: CheckpointID, after interval: Interval, bestOf count: Int? = nil
  ) throws(RunError) -> RecordedModel {
    RecordedModel(
      interval: interval, checkpoint: checkpoint, score: interval.selection.map(metric),
      reported: interval.score.map(metric), evaluations: try evaluations(behind: interval), bestOf: count)
  }

  /// How many evaluations made the score of an interval: those since the member last began with another model.
  private func evaluations(behind interval: Interval) throws(RunError) -> Int {
    let rules = experiment.rules
    guard interval.selection != nil else { return 0 }
    guard rules.score != .last else { return rules.evaluationsReported(by: interval) }
    let (decisions, intervals) = try reading { () throws(StoreError) in
      (try history.decisions(), try history.intervals(of: interval.member))
    }
    let beginning = decisions.last {
      $0.member == interval.member && $0.sequence < interval.sequence && $0.beginsModel
    }
    let own = intervals.filter {
      $0.sequence > beginning?.sequence ?? 0 && $0.sequence <= interval.sequence && $0.selection != nil
    }
    return min(rules.score.length, own.reduce(0) { $0 + rules.evaluations(of: $1).count })
  }
}
