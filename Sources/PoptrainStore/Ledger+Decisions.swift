internal import PopulationBasedTraining

// What members decide when their intervals have ended.
extension Ledger {
  /// Decides for those who only draw other values, which depends on nobody: they need not wait for others.
  mutating func drawAgain() -> [Decision] {
    let drawing = population.due.filter { population.members[$0].isToDrawAgain(under: rules) }
    return drawing.map { append(decide($0, in: population)) }
  }

  /// The members whose decision may be made now, and is not being computed.
  var deciding: [Member.ID] {
    guard !population.waitsForOthers else { return [] }
    // In synchronous order those who decide together are one barrier; the next one waits for them.
    if case .synchronous = rules.order, !outstanding.isEmpty { return [] }
    let computed = Set(outstanding.values.flatMap(\.members))
    return population.due.filter { !computed.contains($0) && !population.isToWaitForADonor($0) }
  }

  /// Decides for all of them, on one frozen population.
  @discardableResult
  mutating func decideDue() -> [Decision] {
    // Of decisions that saw the same, each knows those before it, and those that are being computed know none of these.
    guard !outstanding.values.contains(where: { $0.population.sequence == population.sequence }) else {
      mayHaveForgotten = true
      return []
    }
    let decisions = decideAll(deciding, in: population)
    return decisions.map { append($0) }
  }

  /// Makes the decisions that were left open, since the process that was making them has died or could not commit.
  mutating func decideForgotten() {
    mayHaveForgotten = false
    endWhereRulesSaySo(after: decideDue())
  }

  /// Holds what decisions rest on while they are computed.
  mutating func begin(_ decisions: OutstandingDecisions) -> OutstandingDecisions {
    outstanding[decisions.number] = decisions
    lastOutstanding = decisions.number
    references.add(decisions.references)
    return decisions
  }

  /// Records decisions that were computed meanwhile. Nothing that they rest on has gone: the checkpoints of their population
  /// were held, and only their members' own state counts. Where they were given up, they are made anew.
  mutating func accept(_ decisions: [Decision], for computed: OutstandingDecisions) -> [Decision] {
    guard outstanding[computed.number] != nil else { return decideDue() }
    forget(computed)
    let current = decisions.filter { decision in
      let member = population.members[decision.member]
      return member.state == .due && member.decisions + 1 == decision.ordinal
    }
    return current.map { append($0) }
  }

  /// Gives decisions up that could not be computed, or not be recorded. They are made when next a lease is asked for.
  package mutating func forget(_ decisions: OutstandingDecisions) {
    guard outstanding.removeValue(forKey: decisions.number) != nil else { return }
    references.remove(decisions.references)
    mayHaveForgotten = true
  }

  mutating func append(_ decision: Decision) -> Decision {
    var decision = decision
    decision.sequence = nextSequence
    append(.decision(decision))
    return decision
  }
}
