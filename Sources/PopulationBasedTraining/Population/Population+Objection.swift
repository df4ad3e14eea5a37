extension Population {
  /// Why a record cannot be the next one; none where it can.
  ///
  /// ``apply(_:)`` takes for granted what is checked here, so records that come from outside are asked about first: a store
  /// may be damaged, or changed by hand. O(1).
  public func objection(to record: HistoryRecord) -> String? {
    guard record.sequence == sequence + 1 else { return "it follows the record of sequence \(sequence)" }
    return switch record {
    case .interval(let interval): objection(to: interval)
    case .decision(let decision): objection(to: decision)
    case .attempt(let attempt):
      objection(toMember: attempt.member) { member in
        attempt.number == member.intervals + 1 ? nil : "member \(member.id) was at its interval \(member.intervals + 1)"
      }
    case .event, .collection: nil
    }
  }

  private func objection(to interval: Interval) -> String? {
    objection(toMember: interval.member) { member in
      func differs(_ what: String, _ found: some Equatable, _ expected: some Equatable) -> String {
        "its \(what) is \(found), but member \(member.id) was at \(expected)"
      }
      func name(_ checkpoint: CheckpointID?) -> String { checkpoint?.description ?? "no checkpoint" }
      if member.state != .ready { return "member \(member.id) could not train: it was \(member.state.rawValue)" }
      if interval.number != member.intervals + 1 { return differs("number", interval.number, member.intervals + 1) }
      if interval.kind != member.next { return differs("kind", interval.kind.rawValue, member.next.rawValue) }
      if interval.startSteps != member.steps { return differs("start", interval.startSteps, member.steps) }
      if !(0...HistoryRecord.largestCount - max(member.age, member.steps)).contains(interval.steps) {
        return "its steps are \(interval.steps)"
      }
      if interval.startAge != member.age { return differs("start age", interval.startAge, member.age) }
      if interval.start != member.checkpoint {
        return differs("start checkpoint", name(interval.start), name(member.checkpoint))
      }
      if interval.outcome == .completed, interval.end == nil || interval.selection == nil {
        return "it completed without a checkpoint or a score"
      }
      return objection(to: interval.hyperparameters)
    }
  }

  private func objection(to decision: Decision) -> String? {
    if let why = objection(to: decision.hyperparameters) { return why }
    if decision.saw >= decision.sequence { return "it saw sequence \(decision.saw), which comes after it" }
    if decision.ordinal == 0 {
      return decision.member == members.count
        ? nil : "member \(decision.member) joined, but the next to join was \(members.count)"
    }
    return objection(toMember: decision.member) { member in
      if decision.ordinal != member.decisions + 1 {
        return "its ordinal is \(decision.ordinal), but member \(member.id) was at \(member.decisions + 1)"
      }
      if decision.result != .retire, member.state != .due {
        return "member \(member.id) had nothing to decide: it was \(member.state.rawValue)"
      }
      guard let donor = decision.result.donor else { return nil }
      return objection(toMember: donor.member) { _ in
        donor.sequence <= decision.saw ? nil : "its donor had published nothing at sequence \(donor.sequence)"
      }
    }
  }

  private func objection(to values: Hyperparameters) -> String? {
    rules.space.hyperparameters.first { values[$0.name].map($0.domain.contains) != true }.map {
      "its \($0.name) is \(values[$0.name].map { "\($0)" } ?? "missing")"
    }
  }

  private func objection(toMember id: Member.ID, _ body: (Member) -> String?) -> String? {
    members.indices.contains(id) ? body(members[id]) : "there was no member \(id)"
  }
}
