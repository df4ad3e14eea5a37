package import PopulationBasedTraining

/// What is recorded of a run, for reading, also while an engine trains it.
///
/// A store must answer for its records, its population and what it holds. All other questions are answered from the
/// records; a store that can answer one faster does.
package protocol RunHistory: Sendable {
  /// The records after a sequence, in order.
  func records(after sequence: Int) throws(StoreError) -> [HistoryRecord]

  /// The records after a sequence and up to another, in order.
  func records(after sequence: Int, upTo last: Int) throws(StoreError) -> [HistoryRecord]

  /// The population as it is now. Leases are those of the engine that runs, or ran, on it.
  func population(rules: Rules) throws(StoreError) -> Population

  /// Everything at one moment, with what is found wrong with the store itself.
  func contents(rules: Rules) throws(StoreError) -> RunContents

  /// The intervals in order, or those of one member.
  func intervals(of member: Member.ID?) throws(StoreError) -> [Interval]

  /// The interval of this number of a member.
  func interval(of member: Member.ID, number: Int) throws(StoreError) -> Interval?

  /// The interval in which a checkpoint was trained.
  func interval(endingWith checkpoint: CheckpointID) throws(StoreError) -> Interval?

  /// The failed attempts in order, or those of one member.
  func attempts(of member: Member.ID?) throws(StoreError) -> [Attempt]

  /// The decisions in order.
  func decisions() throws(StoreError) -> [Decision]

  /// Of the decisions up to a sequence, those that no interval of their member had followed yet, in order.
  func unfollowedDecisions(at sequence: Int) throws(StoreError) -> [Decision]

  /// How many intervals were scored.
  func scoreCount() throws(StoreError) -> Int

  /// The steps of each member that were credited to it without training, since every attempt at them failed or was refused.
  func forfeitedSteps() throws(StoreError) -> [Member.ID: Int]

  /// How many draws were refused at no cost.
  func refusedDraws() throws(StoreError) -> Int

  /// The checkpoints whose files exist.
  func presentCheckpoints() throws(StoreError) -> Set<CheckpointID>

  /// The seconds that engines have spent on the run: from each start to the last record before the next one.
  func secondsSpent() throws(StoreError) -> Double

  /// When something was last recorded, in seconds since 1970; none where nothing was.
  func lastRecordedAt() throws(StoreError) -> Double?

  /// What follows a sequence, in short, up to so many intervals.
  ///
  /// - Parameter known: what was met on the pages before; of no use any more where this throws.
  func page(
    after sequence: Int, atMost count: Int, _ known: inout HistoryPage.Known
  ) throws(StoreError) -> HistoryPage

  /// The last intervals, decisions and failed attempts of a member, so many of each.
  func history(of member: Member.ID, last count: Int) throws(StoreError) -> MemberHistory

  /// The decisions after a sequence by which members left their own score behind, in order.
  func modelChanges(after sequence: Int) throws(StoreError) -> [ModelChange]
}

/// Everything that a store holds, read at one moment.
package struct RunContents: Sendable {
  /// History in order.
  package let records: [HistoryRecord]
  /// The population as the store has it now.
  package let population: Population
  /// The leases of the engine that trains the run, or was killed.
  package let leases: [HeldLease]
  /// What the store finds wrong with itself; empty where it is sound.
  package let defects: [String]

  package init(records: [HistoryRecord], population: Population, leases: [HeldLease], defects: [String]) {
    self.records = records
    self.population = population
    self.leases = leases
    self.defects = defects
  }
}

/// The right to a member that a worker holds, or held.
package struct HeldLease: Hashable, Sendable {
  /// The member.
  package let member: Member.ID
  /// The name reserved for what it saves.
  package let checkpoint: CheckpointID
  /// Proves the right.
  package let token: String

  /// Describes a lease.
  package init(member: Member.ID, checkpoint: CheckpointID, token: String) {
    self.member = member
    self.checkpoint = checkpoint
    self.token = token
  }
}

extension RunHistory {
  /// All records, in order.
  package func records() throws(StoreError) -> [HistoryRecord] { try records(after: 0) }

  package func records(after sequence: Int, upTo last: Int) throws(StoreError) -> [HistoryRecord] {
    try records(after: sequence).filter { $0.sequence <= last }
  }

  /// All intervals, in order.
  package func intervals() throws(StoreError) -> [Interval] { try intervals(of: nil) }

  /// All failed attempts, in order.
  package func attempts() throws(StoreError) -> [Attempt] { try attempts(of: nil) }

  package func intervals(of member: Member.ID?) throws(StoreError) -> [Interval] {
    try records().compactMap { record in
      guard case .interval(let interval) = record, member == nil || interval.member == member else { return nil }
      return interval
    }
  }

  package func interval(of member: Member.ID, number: Int) throws(StoreError) -> Interval? {
    try intervals(of: member).first { $0.number == number }
  }

  package func interval(endingWith checkpoint: CheckpointID) throws(StoreError) -> Interval? {
    try intervals().first { $0.end == checkpoint && $0.kind == .train }
  }

  package func attempts(of member: Member.ID?) throws(StoreError) -> [Attempt] {
    try records().compactMap { record in
      guard case .attempt(let attempt) = record, member == nil || attempt.member == member else { return nil }
      return attempt
    }
  }

  package func decisions() throws(StoreError) -> [Decision] {
    try records().compactMap { if case .decision(let decision) = $0 { decision } else { nil } }
  }

  package func unfollowedDecisions(at sequence: Int) throws(StoreError) -> [Decision] {
    try records().prefix { $0.sequence <= sequence }.reduce(into: []) { decisions, record in
      switch record {
      case .decision(let decision): decisions.append(decision)
      case .interval(let interval): decisions.removeAll { $0.member == interval.member }
      case .attempt, .collection, .event: break
      }
    }
  }

  package func scoreCount() throws(StoreError) -> Int {
    try intervals().count { $0.selection != nil }
  }

  package func forfeitedSteps() throws(StoreError) -> [Member.ID: Int] {
    let forfeited = try intervals().filter { !$0.outcome.isTrained && $0.steps > 0 }
    return Dictionary(forfeited.map { ($0.member, $0.steps) }, uniquingKeysWith: +)
  }

  package func refusedDraws() throws(StoreError) -> Int {
    try intervals().count(where: \.isRefused)
  }

  package func presentCheckpoints() throws(StoreError) -> Set<CheckpointID> {
    Set(try records().trained.map(\.checkpoint))
  }

  package func secondsSpent() throws(StoreError) -> Double {
    var spent = EngineTime()
    for record in try records() {
      switch record {
      case .interval(let interval): spent.pass(interval.finishedAt)
      case .attempt(let attempt): spent.pass(attempt.at)
      case .event(let event): spent.pass(event.at, event.kind)
      case .decision, .collection: break
      }
    }
    return spent.seconds
  }

  package func lastRecordedAt() throws(StoreError) -> Double? {
    try records().compactMap { record in
      switch record {
      case .interval(let interval): interval.finishedAt
      case .attempt(let attempt): attempt.at
      case .event(let event): event.at
      case .decision, .collection: nil
      }
    }.max()
  }
}

/// A checkpoint that exists, and the member that trained it.
package struct TrainedCheckpoint: Hashable, Sendable {
  let member: Member.ID
  let checkpoint: CheckpointID

  /// Names a checkpoint.
  package init(_ checkpoint: CheckpointID, of member: Member.ID) {
    self.member = member
    self.checkpoint = checkpoint
  }
}

extension [HistoryRecord] {
  /// The checkpoints that exist, in the order in which they were trained.
  var trained: [TrainedCheckpoint] {
    let collected = Set(compactMap { if case .collection(_, let checkpoint) = $0 { checkpoint } else { nil } })
    return compactMap { record in
      guard case .interval(let interval) = record, interval.kind == .train, let end = interval.end,
        !collected.contains(end)
      else { return nil }
      return TrainedCheckpoint(end, of: interval.member)
    }
  }
}

/// Adds up the time between each start of an engine and the last record before the next one.
package struct EngineTime {
  private var spent = 0.0
  private var start: Double?
  private var last = 0.0

  package init() {}

  /// Passes a record, in the order of history.
  package mutating func pass(_ at: Double, _ kind: Event.Kind? = nil) {
    switch kind {
    // What an engine changes when it is started stands before its start.
    case .revised, .overridden:
      spent = seconds
      start = nil
    case .started:
      spent = seconds
      start = at
    default: break
    }
    last = at
  }

  /// The time up to the last record.
  package var seconds: Double { seconds(until: last) }

  /// The time up to a moment, in which the last engine has not ended.
  package func seconds(until moment: Double) -> Double { spent + (start.map { max(0, max(last, moment) - $0) } ?? 0) }
}
