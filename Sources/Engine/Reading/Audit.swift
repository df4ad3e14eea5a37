internal import ExperimentFile
public import PopulationBasedTraining
internal import Store

/// What came of deciding everything again.
public enum Audit: Hashable, Sendable {
  /// Every decision came out the same.
  case same(decisions: Int)
  /// The first decision that did not.
  case different(recorded: Decision, recomputed: Decision)
}

extension RecordedRun {
  /// Makes every decision of the run again, on the population that history says it saw, and compares.
  public func audit() throws(RunError) -> Audit {
    let records = try storing { () throws(StoreError) in try history.records() }
    var seen = Population(rules: experiment.rules)
    var applied = 0
    var decisions = 0
    for case .decision(let recorded) in records {
      // A decision may have seen less than all that stands before it: at a barrier everyone decides on one population.
      while applied < records.count, records[applied].sequence <= recorded.saw {
        seen.apply(records[applied])
        applied += 1
      }
      var recomputed =
        recorded.ordinal == 0 ? initialDecision(recorded.member, in: seen) : decide(recorded.member, in: seen)
      recomputed.sequence = recorded.sequence
      guard recomputed == recorded else { return .different(recorded: recorded, recomputed: recomputed) }
      decisions += 1
    }
    return .same(decisions: decisions)
  }
}
