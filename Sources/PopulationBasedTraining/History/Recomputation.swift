/// Makes every decision of a history again, on the population that history says it saw.
public struct Recomputation {
  /// The population that the last decision saw.
  public private(set) var seen: Population
  private var unseen: [HistoryRecord] = []
  private var together: [Decision] = []

  /// Begins before the first record.
  public init(rules: Rules) {
    seen = Population(rules: rules)
  }

  /// Finds the first decision of a history that differs when it is recomputed.
  ///
  /// - Parameters:
  ///   - first: the rules that the run began with.
  ///   - rules: the rules of an event that says that the run continues under other rules.
  /// - Returns: the recorded decision and the recomputed one, if it can be made; nothing where all are the same.
  package static func difference<Failure>(
    in records: [HistoryRecord], beganWith first: Rules, rules: (Event) throws(Failure) -> Rules
  ) throws(Failure) -> (recorded: Decision, again: Decision?)? {
    var recomputation = Recomputation(rules: first)
    let decisions = records.compactMap { if case .decision(let decision) = $0 { decision } else { nil } }
    var rest = records[...]
    // A costly decision is recorded after others that saw more than it did.
    for recorded in decisions.sorted(by: { ($0.saw, $0.sequence) < ($1.saw, $1.sequence) }) {
      while let next = rest.first, next.sequence <= recorded.saw { recomputation.add(rest.removeFirst()) }
      let again = try recomputation.decideAgain(recorded, rules: rules)
      if again != recorded { return (recorded, again) }
    }
    return nil
  }

  /// Takes the next record of history, of one in which decisions stand in the order of what they saw.
  ///
  /// - Returns: for a decision, what ``decideAgain(_:rules:)`` says; otherwise nothing.
  public mutating func take<Failure>(
    _ record: HistoryRecord, rules: (Event) throws(Failure) -> Rules
  ) throws(Failure) -> Decision? {
    defer { add(record) }
    guard case .decision(let recorded) = record else { return nil }
    return try decideAgain(recorded, rules: rules)
  }

  /// Adds the next record of history.
  public mutating func add(_ record: HistoryRecord) { unseen.append(record) }

  /// Decides again. A decision may have seen less than all that stands before it: at a barrier everyone decides on one
  /// population, and a costly one is computed while others are recorded.
  ///
  /// - Parameters:
  ///   - recorded: a decision that saw no less than the one before it in these calls; what it saw has been added.
  ///   - rules: the rules of an event that says that the run goes on under others.
  /// - Returns: what comes of it; nothing where it saw a population without that member.
  public mutating func decideAgain<Failure>(
    _ recorded: Decision, rules: (Event) throws(Failure) -> Rules
  ) throws(Failure) -> Decision? {
    while let next = unseen.first, next.sequence <= recorded.saw {
      seen.apply(next)
      if case .event(let event) = next, event.kind == .revised { seen.revise(try rules(event)) }
      unseen.removeFirst()
    }
    if together.last?.saw != recorded.saw { together = [] }
    let again = recomputed(recorded)
    together.append(recorded)
    return again
  }

  private func recomputed(_ recorded: Decision) -> Decision? {
    var decision: Decision
    if recorded.ordinal == 0 {
      decision = initialDecision(recorded.member, in: seen)
    } else if case .retire = recorded.result, let retirement = retirement(in: seen) {
      decision = retirement
    } else if seen.members.indices.contains(recorded.member) {
      decision = decide(recorded.member, in: seen, after: together)
    } else {
      return nil
    }
    decision.sequence = recorded.sequence
    return decision
  }
}
