package import PopulationBasedTraining
package import PoptrainStore

/// One step in the life of a member, as `docs/state-machine.md` draws it.
package struct Transition: Hashable, Comparable, CustomStringConvertible {
  /// A state, or `[*]` before a member joins.
  package var from: String
  package var to: String
  package var cause: String

  package init(from: String, to: String, cause: String) {
    self.from = from
    self.to = to
    self.cause = cause
  }

  package var description: String { "\(from) --> \(to): \(cause)" }

  package static func < (left: Transition, right: Transition) -> Bool { left.description < right.description }
}

/// The transitions that members have made.
package struct TransitionLog {
  package private(set) var seen: Set<Transition> = []
  private var population: Population

  package init(rules: Rules) { population = Population(rules: rules) }

  /// The members of a new population have joined.
  package mutating func joined(_ records: [HistoryRecord]) {
    for record in records {
      population.apply(record)
      guard case .decision(let decision) = record else { continue }
      note("[*]", decision.member, "joins")
    }
  }

  /// A call has appended these records, granted these leases and given back this one.
  package mutating func log(_ records: ArraySlice<HistoryRecord>, granted: [Lease], released: Lease?) {
    if let released {
      population.setLeased(released.member, false)
      note("leased", released.member, "given back")
    }
    for record in records { log(record) }
    for lease in granted {
      let before = state(lease.member)
      population.setLeased(lease.member, true)
      note(before, lease.member, before == "leased" ? "taken over after expiry" : "leased")
    }
  }

  /// The engine was started again, and its leases are gone.
  package mutating func resumed() {
    for member in population.members where member.state == .leased {
      population.setLeased(member.id, false)
      note("leased", member.id, "the run is resumed")
    }
  }

  /// The run goes on under other rules, and with them these records were appended.
  package mutating func revised(_ rules: Rules, _ records: ArraySlice<HistoryRecord>) {
    resumed()
    for record in records {
      log(record)
      guard case .event(let event) = record, event.kind == .revised else { continue }
      let before = population.members.map(\.state)
      population.revise(rules)
      for member in population.members where member.state != before[member.id] {
        note(before[member.id].rawValue, member.id, member.state == .due ? "the run is extended" : "the budget is cut")
      }
    }
  }

  private mutating func log(_ record: HistoryRecord) {
    switch record {
    case .attempt(let attempt):
      population.apply(record)
      // Else it is given up: an interval follows in the same call.
      guard population.members[attempt.member].failures < population.rules.maxFailures else { return }
      population.setLeased(attempt.member, false)
      note("leased", attempt.member, "the attempt failed")
    case .interval(let interval):
      let before = state(interval.member)
      population.apply(record)
      let isAtBudget = population.members[interval.member].state == .done
      let cause: String
      switch interval.outcome {
      case .partial: cause = "stopped half-way"
      case .forfeited where interval.kind == .evaluate: cause = "its evaluation is given up"
      case _ where interval.kind == .evaluate: cause = "the copy is evaluated"
      case .completed where state(interval.member) == "ready": cause = "a scheduled value changes"
      case .forfeited: cause = isAtBudget ? "given up at the budget" : "given up after too many failures"
      case .completed, .unscored, .diverged, .invalid:
        cause = isAtBudget ? "the budget is trained" : "the interval ended"
      }
      note(before, interval.member, cause)
    case .decision(let decision):
      let before = decision.ordinal == 0 ? "[*]" : state(decision.member)
      population.apply(record)
      let isNew = decision.ordinal == 0
      let causes = [
        "stay": isNew ? population.members[decision.member].state == .due ? "joins late" : "joins" : "stays",
        "inherit": "inherits", "fresh": "starts afresh", "fail": "the rule copies nobody",
        "retire": "the population is made smaller",
      ]
      note(before, decision.member, causes[decision.result.name] ?? decision.result.name)
    case .collection, .event:
      population.apply(record)
    }
  }

  private func state(_ id: Member.ID) -> String { population.members[id].state.rawValue }

  private mutating func note(_ from: String, _ id: Member.ID, _ cause: String) {
    seen.insert(Transition(from: from, to: state(id), cause: cause))
  }
}
