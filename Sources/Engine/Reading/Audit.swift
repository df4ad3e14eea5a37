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
    let revisions = records.compactMap { record in
      if case .event(let event) = record, event.kind == .revised { event } else { nil }
    }
    func rules(of revision: Event) throws(RunError) -> Rules {
      try Experiment(recorded: revision.detail, in: directory).rules
    }
    var seen = Population(rules: try revisions.first.map(rules(of:)) ?? experiment.rules)
    var applied = 0
    var decisions = 0
    var together: [Decision] = []
    for case .decision(let recorded) in records {
      // A decision may have seen less than all that stands before it: at a barrier everyone decides on one population.
      while applied < records.count, records[applied].sequence <= recorded.saw {
        seen.apply(records[applied])
        if case .event(let event) = records[applied], event.kind == .revised { seen.revise(try rules(of: event)) }
        applied += 1
      }
      if together.last?.saw != recorded.saw { together = [] }
      let recomputed = decidedAgain(recorded, in: seen, after: together)
      guard recomputed == recorded else { return .different(recorded: recorded, recomputed: recomputed) }
      together.append(recorded)
      decisions += 1
    }
    return .same(decisions: decisions)
  }

  /// What a population decides in the place of a recorded decision.
  private func decidedAgain(_ recorded: Decision, in seen: Population, after together: [Decision]) -> Decision {
    var decision: Decision
    if recorded.ordinal == 0 {
      decision = initialDecision(recorded.member, in: seen)
    } else if case .retire = recorded.result, let retirement = retirement(in: seen) {
      decision = retirement
    } else {
      decision = decide(recorded.member, in: seen, after: together)
    }
    decision.sequence = recorded.sequence
    return decision
  }
}
