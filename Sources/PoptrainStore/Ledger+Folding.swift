package import PopulationBasedTraining

// How ledgers in several processes hold the same population.
extension Ledger {
  /// Everything that has changed from one state of a ledger to a later one. Another ledger in the first state that
  /// ``fold(_:from:rules:)``s it is in the second.
  package struct Delta: Sendable, Codable {
    /// The new records of history.
    package var records: [HistoryRecord]
    /// The tokens of the leases that have ended.
    package var ended: [String]
    /// The new leases.
    package var granted: [Lease]
    /// The members that are left alone from now on, and for how many seconds; 0: no longer.
    var rests: [Member.ID: Double]?
    var cause: SharedCause?
    var hasWarnedOfNoScore: Bool?
    /// The decisions that are being computed from now on.
    var begun: [Begun]?
    /// The numbers of those that no longer are.
    var settled: [Int]?
    /// Whether all processes are asked to stop that train the population now.
    var stops: Bool?

    /// Asks them to stop, and changes nothing.
    package static let stop: Delta = {
      var delta = Delta(records: [], ended: [], granted: [])
      delta.stops = true
      return delta
    }()

    /// Decisions that a process computes.
    struct Begun: Codable {
      let number: Int
      let process: String
      let members: [Member.ID]
      /// What their population has seen.
      let saw: Int
    }

    /// Whether nothing has changed.
    package var isEmpty: Bool {
      records.isEmpty && ended.isEmpty && granted.isEmpty && rests == nil && cause == nil
        && hasWarnedOfNoScore == nil && begun == nil && settled == nil && stops == nil
    }
  }

  /// What has changed since an earlier state, which is then no longer among the ``Changes``.
  package mutating func takeDelta(since before: Ledger) -> Delta {
    let now = surroundings.monotonicNow()
    let changes = takeChanges()
    let dead = Set(changes.ended.map(\.token))
    var delta = Delta(
      records: changes.records, ended: changes.ended.map(\.token).filter { before.leases[$0] != nil },
      granted: changes.granted.filter { !dead.contains($0.token) })
    let rests = Dictionary(
      Set(resting.keys).union(before.resting.keys).compactMap { member -> (Member.ID, Double)? in
        // That the time of a rest is over, all find out by themselves.
        guard resting[member] != before.resting[member], resting[member] ?? before.resting[member, default: 0] > now
        else { return nil }
        return (member, resting[member].map { $0 - now } ?? 0)
      }
    ) { $1 }
    if !rests.isEmpty { delta.rests = rests }
    if cause != before.cause { delta.cause = cause }
    if hasWarnedOfNoScore != before.hasWarnedOfNoScore { delta.hasWarnedOfNoScore = hasWarnedOfNoScore }
    let begun = outstanding.values.filter { before.outstanding[$0.number] == nil }
      .map { Delta.Begun(number: $0.number, process: $0.process, members: $0.members, saw: $0.population.sequence) }
    if !begun.isEmpty { delta.begun = begun.sorted { $0.number < $1.number } }
    let settled = before.outstanding.keys.filter { outstanding[$0] == nil }
    if !settled.isEmpty { delta.settled = settled.sorted() }
    return delta
  }

  /// Takes over what another ledger of the same population has changed.
  ///
  /// - Parameters:
  ///   - place: where it was read from. What is there may be damaged, or changed by hand.
  ///   - rules: parses the rules of an experiment, for when the run continues under another one.
  package mutating func fold(
    _ delta: Delta, from place: String, rules: (_ experiment: String) throws(StoreError) -> Rules
  ) throws(StoreError) {
    func member(_ id: Member.ID) throws(StoreError) -> Member.ID {
      guard population.members.indices.contains(id) else {
        throw .damaged(path: place, what: "there is no member \(id)")
      }
      return id
    }
    for token in delta.ended { if let lease = leases[token] { end(lease) } }
    // Before the records: what they held may be collected there.
    for number in delta.settled ?? [] { if let decisions = outstanding[number] { forget(decisions) } }
    var begun = delta.begun ?? []
    for record in delta.records {
      if let why = population.objection(to: record) {
        throw .damaged(path: place, what: "record \(record.sequence): \(why)")
      }
      append(record)
      if case .collection(_, let checkpoint) = record { references.forget(checkpoint) }
      if let experiment = record.experiment { adopt(try rules(experiment)) }
      while let next = begun.first, next.saw <= population.sequence {
        begun.removeFirst()
        _ = begin(
          OutstandingDecisions(
            number: next.number, process: next.process, population: population,
            members: try next.members.map { id throws(StoreError) in try member(id) }))
      }
    }
    for lease in delta.granted {
      leases[lease.token] = lease
      references.add([lease.start])
      population.setLeased(try member(lease.member), true)
    }
    for (member, seconds) in delta.rests ?? [:] {
      resting[member] = seconds > 0 ? surroundings.monotonicNow() + seconds : nil
    }
    if let cause = delta.cause { self.cause = cause }
    if let hasWarned = delta.hasWarnedOfNoScore { hasWarnedOfNoScore = hasWarned }
    if delta.stops == true { stopRequests += 1 }
    _ = takeChanges()
  }

  /// Lets those who were left alone when this ledger began to follow be tried at once.
  package mutating func endRests() { resting = [:] }

  /// The processes that hold leases, or compute decisions.
  package var processesAtWork: Set<String> {
    Set(leases.values.map(\.process)).union(outstanding.values.map(\.process))
  }

  /// Gives back all that processes hold, which have ended or are presumed dead.
  package mutating func releaseAll(of processes: Set<String>) {
    for lease in leases.values.sorted(by: { $0.member < $1.member }) where processes.contains(lease.process) {
      end(lease)
    }
    for decisions in outstanding.values where processes.contains(decisions.process) { forget(decisions) }
  }
}
