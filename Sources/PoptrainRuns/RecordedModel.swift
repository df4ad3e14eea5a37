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
  /// Of how many scores this one is the best, where a single evaluation made it; none otherwise.
  package let luckyAmong: Int?
}

extension RecordedRun {
  /// The best model of the run; none while there is none.
  package func bestModel() throws(RunError) -> RecordedModel? {
    let population = try population()
    guard let best = population.best, let interval = try interval(best.member, at: best.published.sequence) else {
      return nil
    }
    let isOneEvaluation =
      experiment.rules.score.length == 1 && experiment.rules.evaluations(of: interval).count == 1
    let count = population.completedIntervals
    return model(best.published.checkpoint, after: interval, luckyAmong: isOneEvaluation && count > 1 ? count : nil)
  }

  /// The model that a member has now, which may be a copy of another's; none where it has none.
  package func model(of member: Member) throws(RunError) -> RecordedModel? {
    guard let checkpoint = member.checkpoint ?? member.published?.checkpoint else { return nil }
    let own = member.published.flatMap { $0.checkpoint == checkpoint ? $0 : nil }
    let found =
      if let own { try interval(member.id, at: own.sequence) } else { try interval(endingWith: checkpoint) }
    return found.map { model(checkpoint, after: $0, luckyAmong: nil) }
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
    return (model(checkpoint, after: best, luckyAmong: nil), rules.best(of: Array(lineage)) ?? best)
  }

  private func interval(_ member: Member.ID, at sequence: Int) throws(RunError) -> Interval? {
    try reading { () throws(StoreError) in try history.intervals(of: member) }.first { $0.sequence == sequence }
  }

  private func model(_ checkpoint: CheckpointID, after interval: Interval, luckyAmong: Int?) -> RecordedModel {
    RecordedModel(
      interval: interval, checkpoint: checkpoint, score: interval.selection.map(metric),
      reported: interval.score.map(metric), luckyAmong: luckyAmong)
  }
}
