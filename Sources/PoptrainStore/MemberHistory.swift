package import PopulationBasedTraining

/// What happened to one member last.
package struct MemberHistory: Sendable {
  /// Its last intervals, in order.
  package let intervals: [Interval]
  /// Its last decisions, in order.
  package let decisions: [Decision]
  /// Its last failed attempts, in order.
  package let attempts: [Attempt]

  /// Collects what was read.
  package init(intervals: [Interval], decisions: [Decision], attempts: [Attempt]) {
    self.intervals = intervals
    self.decisions = decisions
    self.attempts = attempts
  }
}

/// A member's own score was left behind: it began with another model, or left.
package struct ModelChange: Hashable, Sendable {
  /// The position in history.
  package let sequence: Int
  /// The member.
  package let member: Member.ID

  /// Collects what was read.
  package init(sequence: Int, member: Member.ID) {
    self.sequence = sequence
    self.member = member
  }
}

extension RunHistory {
  package func history(of member: Member.ID, last count: Int) throws(StoreError) -> MemberHistory {
    MemberHistory(
      intervals: try intervals(of: member).suffix(count),
      decisions: try decisions().filter { $0.member == member }.suffix(count),
      attempts: try attempts(of: member).suffix(count))
  }

  package func modelChanges(after sequence: Int) throws(StoreError) -> [ModelChange] {
    try decisions().filter { $0.sequence > sequence && $0.replacesModel }
      .map { ModelChange(sequence: $0.sequence, member: $0.member) }
  }
}

extension Decision {
  /// Whether the member's own score is left behind.
  fileprivate var replacesModel: Bool {
    switch result {
    case .stay: false
    case .inherit(let donor): donor.inherits.includesWeights
    case .fresh, .fail, .retire: true
    }
  }
}
