package import PopulationBasedTraining

/// The rules of a store as a pure state machine: no I/O, no clock, no chance of its own.
///
/// Every store holds a ledger, calls it, and persists the ``Changes`` of each call in one transaction. So all stores
/// behave alike, and only one place knows what a completion does.
package struct Ledger {
  /// Where the ledger gets what it may not have of its own.
  package struct Surroundings: Sendable {
    /// Seconds on a clock that never goes back.
    package var monotonicNow: @Sendable () -> Double
    /// Seconds since 1970, for people.
    package var wallNow: @Sendable () -> Double
    /// A new random token.
    package var makeToken: @Sendable () -> String
    /// Tells this process from others that write the same history; empty where there are none.
    package var process: String
    /// Computes costly decisions on a thread of their own, while the store takes other calls.
    package var compute: @Sendable (_ decisions: @escaping @Sendable () -> [Decision]) async -> [Decision]

    package init(
      monotonicNow: @escaping @Sendable () -> Double = SystemClock.monotonic,
      wallNow: @escaping @Sendable () -> Double = SystemClock.wall,
      makeToken: @escaping @Sendable () -> String = randomToken, process: String = "",
      compute: @escaping @Sendable (_ decisions: @escaping @Sendable () -> [Decision]) async -> [Decision] =
        computeOnOwnThread
    ) {
      self.monotonicNow = monotonicNow
      self.wallNow = wallNow
      self.makeToken = makeToken
      self.process = process
      self.compute = compute
    }
  }

  /// What has changed since the last ``takeChanges()``.
  package struct Changes: Sendable {
    package var records: [HistoryRecord] = []
    package var members: [Member] = []
    package var granted: [Lease] = []
    package var ended: [Lease] = []

    package var isEmpty: Bool { records.isEmpty && granted.isEmpty && ended.isEmpty }
  }

  package let surroundings: Surroundings
  package internal(set) var population: Population
  package internal(set) var leases: [String: Lease] = [:]
  /// Counts the changes after which a waiting caller may get another answer.
  package internal(set) var version = 0
  var cause: SharedCause
  var hasWarnedOfNoScore = false
  /// How often all processes that train the population were asked to stop.
  package internal(set) var stopRequests = 0
  /// Until when members are left alone, on the monotonic clock.
  var resting: [Member.ID: Double] = [:]
  var references: References
  /// The decisions that are being computed, by number.
  var outstanding: [Int: OutstandingDecisions] = [:]
  var lastOutstanding = 0
  /// Whether members may be due for whom nobody decides: the process that did has died, or could not commit.
  var mayHaveForgotten = true
  var changes = Changes()
  var changedMembers: Set<Member.ID> = []

  /// Whether the run was given up: the trainer has never worked, or nothing that was copied has.
  package var isAborted: Bool { cause.abortReason != nil }

  /// The seconds for which a lease lasts without a heartbeat.
  static let leaseDuration = 60.0

  var rules: Rules { population.rules }

  /// Takes over what a store holds.
  ///
  /// - Parameter trained: the checkpoints that exist, in the order of history.
  package init(
    population: Population, trained: [TrainedCheckpoint], leases: [String: Lease] = [:], version: Int = 0,
    surroundings: Surroundings
  ) {
    self.population = population
    references = References(population.rules.keep)
    cause = SharedCause(population)
    self.leases = leases
    self.version = version
    self.surroundings = surroundings
    for member in population.members { references.add(member.references) }
    for lease in leases.values { references.add([lease.start]) }
    references.add([population.best?.published.checkpoint])
    for trained in trained { references.note(trained.checkpoint, of: trained.member) }
  }

  /// Goes back to what a store holds, where the changes since then were lost. Decisions that are being computed are still awaited.
  package mutating func goBack(to population: Population, trained: [TrainedCheckpoint], leases: [String: Lease]) {
    let before = self
    self = Ledger(
      population: population, trained: trained, leases: leases, version: before.version + 1,
      surroundings: before.surroundings)
    (outstanding, lastOutstanding) = (before.outstanding, before.lastOutstanding)
    stopRequests = before.stopRequests
    for decisions in outstanding.values { references.add(decisions.references) }
  }

  package mutating func takeChanges() -> Changes {
    defer {
      changes = Changes()
      changedMembers = []
    }
    changes.members = changedMembers.sorted().map { population.members[$0] }
    // Not by every change, or a thousand workers that wait for the last interval would all ask after each but the last.
    let mayAnswerOtherwise = population.count(.ready) > 0 || population.isFinished || cause.abortReason != nil
    if !changes.isEmpty, mayAnswerOtherwise { version += 1 }
    return changes
  }

  // MARK: History and references

  var nextSequence: Int { population.sequence + 1 }

  mutating func append(_ record: HistoryRecord) {
    let touched = record.member
    let before = touched.flatMap { population.members.indices.contains($0) ? population.members[$0].references : nil }
    let bestBefore = population.best?.published.checkpoint
    if case .event(let event) = record, event.kind == .started {
      // It takes away the failures of all.
      changedMembers.formUnion(population.members.filter { $0.failures > 0 }.map(\.id))
    }
    population.apply(record)
    changes.records.append(record)
    if let touched {
      changedMembers.insert(touched)
      references.add(population.members[touched].references)
      references.remove(before ?? [])
    }
    if case .interval(let interval) = record, interval.kind == .train, let end = interval.end {
      references.note(end, of: interval.member)
    }
    if let best = population.best?.published.checkpoint, best != bestBefore {
      references.add([best])
      references.remove([bestBefore])
    }
  }

  /// Records that the checkpoints to which nothing refers are collected.
  @discardableResult
  mutating func collect() -> [CheckpointID] {
    let collected = references.takeUnreferenced()
    for checkpoint in collected { append(.collection(sequence: nextSequence, checkpoint: checkpoint)) }
    return collected
  }
}

extension String {
  /// The text with `␀` for every zero byte, at which a database would end it. Trainers print anything.
  var withVisibleZeros: String {
    utf8.contains(0) ? String(String.UnicodeScalarView(unicodeScalars.map { $0 == "\0" ? "\u{2400}" : $0 })) : self
  }
}

extension HistoryRecord {
  /// The member that it is about; none: the run.
  package var member: Member.ID? {
    switch self {
    case .interval(let interval): interval.member
    case .decision(let decision): decision.member
    case .attempt(let attempt): attempt.member
    case .collection, .event: nil
    }
  }
}
