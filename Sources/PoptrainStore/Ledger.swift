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
    /// Computes costly decisions on a thread of their own, while the store takes other calls.
    package var compute: @Sendable (_ decisions: @escaping @Sendable () -> [Decision]) async -> [Decision]

    package init(
      monotonicNow: @escaping @Sendable () -> Double = SystemClock.monotonic,
      wallNow: @escaping @Sendable () -> Double = SystemClock.wall,
      makeToken: @escaping @Sendable () -> String = randomToken,
      compute: @escaping @Sendable (_ decisions: @escaping @Sendable () -> [Decision]) async -> [Decision] =
        computeOnOwnThread
    ) {
      self.monotonicNow = monotonicNow
      self.wallNow = wallNow
      self.makeToken = makeToken
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
  package private(set) var population: Population
  package private(set) var leases: [String: Lease] = [:]
  /// Counts the changes after which whoever was told to wait may get another answer.
  package private(set) var version = 0
  private var cause: SharedCause
  private var hasWarnedOfNoScore = false
  /// Until when members are left alone, on the monotonic clock.
  private var resting: [Member.ID: Double] = [:]
  private var references: References
  /// The decisions that are being computed, by number.
  private var outstanding: [Int: OutstandingDecisions] = [:]
  private var lastOutstanding = 0
  /// Whether members may be due for whom nobody decides: the process that did has died, or could not commit.
  private var mayHaveForgotten = true
  private var changes = Changes()
  private var changedMembers: Set<Member.ID> = []

  /// The seconds for which a lease lasts without a heartbeat.
  static let leaseDuration = 60.0

  private var rules: Rules { population.rules }

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
    for decisions in outstanding.values { references.add(decisions.references) }
  }

  package mutating func takeChanges() -> Changes {
    defer {
      changes = Changes()
      changedMembers = []
    }
    changes.members = changedMembers.sorted().map { population.members[$0] }
    // Not by every change, or a thousand workers that wait for the last interval would all ask after each but the last.
    let mayAnswerOtherwise = population.count(.ready) > 0 || population.isFinished || cause.hopeless != nil
    if !changes.isEmpty, mayAnswerOtherwise { version += 1 }
    return changes
  }

  // MARK: Starting

  /// Goes on under these rules, of which the experiment file tells: members join or leave until there are as many as it
  /// says, and those that a larger budget lets go on decide. Live leases end, as when an engine is started.
  package mutating func revise(_ rules: Rules, experiment: String) {
    for lease in leases.values.sorted(by: { $0.member < $1.member }) { end(lease) }
    recordEvent(.revised(experiment: experiment))
    population.revise(rules)
    references.retain(rules.keep)
    (cause, resting) = (SharedCause(population), [:])
    changedMembers.formUnion(population.members.map(\.id))
    while population.size < rules.populationSize {
      append(.decision(initialDecision(population.members.count, in: population)))
    }
    while let retirement = retirement(in: population) { append(.decision(retirement)) }
    decideDue()
    endWhereRulesSaySo()
    collect()
  }

  /// Ends the run, though members have steps left: nobody is leased any more until it is revised.
  package mutating func end(because reason: Population.Ending) {
    guard population.ending == nil else { return }
    recordEvent(.ended(reason))
  }

  private mutating func endWhereRulesSaySo() {
    if let reason = population.reasonToEnd { end(because: reason) }
  }

  package mutating func warn(_ message: String) { recordEvent(.warning(message.withVisibleZeros)) }

  package mutating func recordEvent(_ what: Event.What) {
    append(.event(Event(sequence: nextSequence, what, at: surroundings.wallNow())))
  }

  // MARK: Leases

  package mutating func lease(_ request: LeaseRequest) -> Grant {
    let now = surroundings.monotonicNow()
    if let hopeless = cause.hopeless {
      // Whoever still trains may show that there is hope. The dead will not.
      return leases.values.contains { $0.expiresAt > now } ? .wait(version: version) : .hopeless(hopeless)
    }
    if mayHaveForgotten {
      mayHaveForgotten = false
      decideDue()
    }
    if population.isFinished { return .finished }
    resting = resting.filter { $0.value > now }
    let ready = population.leastAdvancedReady(
      request.capacity, preferring: population.members(goingOnFrom: request.held), leavingOut: Set(resting.keys))
    guard ready.isEmpty else { return .leases(ready.map { grant($0, to: request.worker) }) }

    let expired = leases.values.filter { $0.expiresAt <= now }.sorted { $0.member < $1.member }
    guard !expired.isEmpty else {
      return .wait(version: version, seconds: resting.values.min().map { $0 - now })
    }
    return .leases(
      expired.prefix(request.capacity).map { lease in
        end(lease)
        return grant(lease.member, to: request.worker)
      })
  }

  package mutating func heartbeat(_ token: String) throws(StoreError) {
    _ = try liveLease(token)
    leases[token]?.expiresAt = surroundings.monotonicNow() + Ledger.leaseDuration
  }

  package mutating func release(_ token: String) throws(StoreError) {
    end(try liveLease(token))
  }

  private func liveLease(_ token: String) throws(StoreError) -> Lease {
    guard let lease = leases[token] else { throw .superseded(token: token) }
    return lease
  }

  private mutating func grant(_ id: Member.ID, to worker: String) -> Lease {
    let member = population.members[id]
    let token = surroundings.makeToken()
    let lease = Lease(
      token: token, worker: worker, member: id, number: member.intervals + 1, kind: member.next,
      start: member.checkpoint,
      donor: member.checkpoint == member.origin?.checkpoint ? member.origin?.member : nil,
      end: CheckpointID(member: id, number: member.intervals + 1, token: token),
      startSteps: member.steps, steps: rules.stepsOfNextInterval(of: member), startAge: member.age,
      totalSteps: rules.totalSteps(at: member.age),
      hyperparameters: rules.space.inForce(member.hyperparameters, at: member.age),
      seed: rules.trainerSeed(member: id, steps: member.steps, kind: member.next),
      expiresAt: surroundings.monotonicNow() + Ledger.leaseDuration)
    leases[token] = lease
    references.add([lease.start])
    population.setLeased(id, true)
    changes.granted.append(lease)
    changedMembers.insert(id)
    return lease
  }

  /// Ends a lease and makes its member ready again.
  private mutating func end(_ lease: Lease) {
    leases[lease.token] = nil
    references.remove([lease.start])
    population.setLeased(lease.member, false)
    changes.ended.append(lease)
    changedMembers.insert(lease.member)
  }

  // MARK: Reports

  /// Reports that were recorded, before anybody has decided on them.
  package struct Recording: Sendable {
    /// What a report was recorded as.
    fileprivate enum Outcome {
      /// Its lease is not live.
      case superseded
      /// An attempt that failed, and will be repeated.
      case attempt
      case interval(Interval)
    }

    fileprivate var outcomes: [Outcome]
    fileprivate var redrawn: [Decision] = []
    fileprivate var warning: String?
    /// The decisions that follow, where they are so costly that others should not wait for them.
    package fileprivate(set) var outstanding: OutstandingDecisions?
  }

  /// Records intervals that ended at one moment. ``conclude(_:_:then:)`` decides, so that none of them is judged by what another
  /// was before.
  package mutating func record(_ reports: [IntervalReport]) -> Recording {
    let outcomes = reports.map { report in
      leases[report.token].map { Recording.Outcome.interval(record(report, under: $0)) } ?? .superseded
    }
    return recording(outcomes)
  }

  /// Decides on what was recorded, and may lease again.
  ///
  /// - Parameter computed: what came of the outstanding decisions.
  /// - Returns: for each report what came of it, nothing where its lease is not live. Decisions, what was collected, and
  ///   the grant are told with the last one.
  package mutating func conclude(
    _ recording: Recording, _ computed: [Decision] = [], then request: LeaseRequest?
  ) -> [Completion?] {
    let last = recording.outcomes.lastIndex { if case .superseded = $0 { false } else { true } }
    return recording.outcomes.enumerated().map { position, outcome in
      switch outcome {
      case .superseded: nil
      case .attempt: completion(nil, [], collect(), grant: nil)
      case .interval(let interval) where position == last:
        conclude(interval, recording, computed, then: request)
      case .interval(let interval): completion(interval, [], [], grant: nil)
      }
    }
  }

  /// Records intervals and decides at once, where nobody else waits.
  package mutating func complete(_ reports: [IntervalReport], then request: LeaseRequest?) -> [Completion?] {
    let recording = record(reports)
    return conclude(recording, recording.outstanding?.compute() ?? [], then: request)
  }

  private mutating func record(_ report: IntervalReport, under lease: Lease) -> Interval {
    var interval = interval(of: lease, outcome: .invalid, log: report.log, startedAt: report.startedAt)
    interval.token = lease.token
    interval.metrics = report.metrics
    interval.evaluations = report.evaluations
    switch report.result {
    case .trained(let steps, let metric):
      cause.trained(lease)
      interval.end = lease.kind == .evaluate ? lease.start : lease.end
      interval.steps = lease.kind == .evaluate ? 0 : steps
      interval.score = metric.flatMap(rules.score(ofMetric:))
      let isPartial = interval.steps < lease.steps
      if let metric {
        interval.outcome = interval.score == nil ? .diverged : isPartial ? .partial : .completed
        interval.selection = population.selection(of: interval)
        if interval.score == nil { interval.message = "the metric is \(metric)" }
      } else {
        interval.outcome = isPartial ? .partial : .unscored
      }
    case .invalid(let message):
      let message = message.withVisibleZeros
      interval.message = message
      // Values that cannot be trained cost nothing of the budget, unless there seem to be no others.
      if cause.refused(lease, because: message, in: population) { interval.steps = 0 }
    }
    end(lease)
    return record(interval)
  }

  /// Records a failed attempt, and whether its interval is given up. ``conclude(_:_:then:)`` decides.
  package mutating func record(_ report: FailureReport) throws(StoreError) -> Recording {
    let lease = try liveLease(report.token)
    end(lease)
    append(
      .attempt(
        Attempt(
          sequence: nextSequence, member: lease.member, number: lease.number, reason: report.reason,
          message: report.message.withVisibleZeros, logTail: report.logTail.withVisibleZeros, token: lease.token,
          worker: lease.worker, log: report.log, at: surroundings.wallNow())))
    let failures = population.members[lease.member].failures
    if let backoff = report.backoff, population.completedIntervals > 0 {
      resting[lease.member] = surroundings.monotonicNow() + backoff.seconds(after: failures)
    }
    guard failures >= rules.maxFailures || report.isFinal, cause.hopeless == nil,
      !cause.isShared(by: lease, report, failures: failures, in: population)
    else { return Recording(outcomes: [.attempt]) }
    resting[lease.member] = nil
    var interval = interval(of: lease, outcome: .forfeited, log: report.log, startedAt: report.startedAt)
    interval.message = """
      given up after \(failures) failed attempt\(failures == 1 ? "" : "s"); the last: \(report.message.withVisibleZeros)
      """
    return recording([.interval(record(interval))])
  }

  /// The interval of a lease as it is recorded when nothing came of it.
  private func interval(
    of lease: Lease, outcome: Interval.Outcome, log: LogSegment?, startedAt: Double
  ) -> Interval {
    Interval(
      sequence: 0, member: lease.member, number: lease.number, kind: lease.kind, outcome: outcome, start: lease.start,
      end: nil, startSteps: lease.startSteps, steps: lease.steps, startAge: lease.startAge,
      totalSteps: lease.totalSteps, hyperparameters: lease.hyperparameters, score: nil,
      startSelection: population.members[lease.member].startSelection,
      tie: rules.tie(member: lease.member, steps: lease.startSteps, kind: lease.kind), metrics: [:], evaluations: [],
      seed: lease.seed,
      token: nil, worker: lease.worker, message: nil, log: log, startedAt: startedAt,
      finishedAt: surroundings.wallNow())
  }

  private mutating func record(_ interval: Interval) -> Interval {
    var interval = interval
    interval.sequence = nextSequence
    append(.interval(interval))
    return interval
  }

  /// Records what follows from intervals at once, and finds what is to be decided.
  private mutating func recording(_ outcomes: [Recording.Outcome]) -> Recording {
    var recording = Recording(outcomes: outcomes)
    guard case .interval(let last) = outcomes.last(where: { if case .interval = $0 { true } else { false } }) else {
      return recording
    }
    // First, since they go on to train: until then nobody knows whether others are waited for.
    recording.redrawn = drawAgain()
    if !population.waitsForOthers, population.isToRestart { recordEvent(.restarted(population.restarts + 1)) }
    if let warning = warningOfNoScore(after: last) {
      hasWarnedOfNoScore = true
      recordEvent(.warning(warning))
      recording.warning = warning
    }
    guard rules.areDecisionsCostly else { return recording }
    let deciding = deciding
    guard !deciding.isEmpty else { return recording }
    lastOutstanding += 1
    let decisions = OutstandingDecisions(number: lastOutstanding, population: population, members: deciding)
    outstanding[lastOutstanding] = decisions
    references.add(decisions.references)
    recording.outstanding = decisions
    return recording
  }

  private mutating func conclude(
    _ interval: Interval, _ recording: Recording, _ computed: [Decision], then request: LeaseRequest?
  ) -> Completion {
    let decided = recording.outstanding.map { accept(computed, for: $0) } ?? decideDue()
    if case .asynchronous = rules.order { endWhereRulesSaySo() } else if !decided.isEmpty { endWhereRulesSaySo() }
    let decisions = recording.redrawn + decided
    var completion = completion(interval, decisions, collect(), grant: request.map { self.lease($0) })
    completion.warning = recording.warning
    return completion
  }

  /// What to say when the first round is over and nobody has a score.
  private func warningOfNoScore(after last: Interval) -> String? {
    guard population.best == nil, !hasWarnedOfNoScore, rules.version > 1,
      last.outcome == .unscored || last.outcome == .diverged,
      population.members.allSatisfy({ $0.intervals > 0 || $0.state == .retired })
    else { return nil }
    return """
      no member has a score after its first interval: \(rules.metric) was not a number, or not measured. Models are kept and \
      trained on; if it cannot be measured later either, stop the run and see how the trainer computes it
      """
  }

  private func completion(
    _ interval: Interval?, _ decisions: [Decision], _ collected: [CheckpointID], grant: Grant?
  ) -> Completion {
    Completion(
      sequence: population.sequence, interval: interval, decisions: decisions, collected: collected,
      best: population.best?.published.checkpoint, grant: grant)
  }

  // MARK: Decisions

  /// Decides for those who only draw other values, which depends on nobody: they need not wait for others.
  private mutating func drawAgain() -> [Decision] {
    let drawing = population.due.filter { population.members[$0].isToDrawAgain(under: rules) }
    return drawing.map { append(decide($0, in: population)) }
  }

  /// The members whose decision may be made now, and is not being computed.
  private var deciding: [Member.ID] {
    guard !population.waitsForOthers else { return [] }
    // In synchronous order those who decide together are one barrier; the next one waits for them.
    if case .synchronous = rules.order, !outstanding.isEmpty { return [] }
    let computed = Set(outstanding.values.flatMap(\.members))
    return population.due.filter { !computed.contains($0) && !population.isToWaitForADonor($0) }
  }

  /// Decides for all of them, on one frozen population.
  @discardableResult
  private mutating func decideDue() -> [Decision] {
    let decisions = decideAll(deciding, in: population)
    return decisions.map { append($0) }
  }

  /// Records decisions that were computed meanwhile. Nothing that they rest on has gone: the checkpoints of their population
  /// were held, and only their members' own state counts.
  private mutating func accept(_ decisions: [Decision], for computed: OutstandingDecisions) -> [Decision] {
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

  private mutating func append(_ decision: Decision) -> Decision {
    var decision = decision
    decision.sequence = nextSequence
    append(.decision(decision))
    return decision
  }

  // MARK: History and references

  private var nextSequence: Int { population.sequence + 1 }

  private mutating func append(_ record: HistoryRecord) {
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
  private mutating func collect() -> [CheckpointID] {
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
  /// The member that it is about.
  fileprivate var member: Member.ID? {
    switch self {
    case .interval(let interval): interval.member
    case .decision(let decision): decision.member
    case .attempt(let attempt): attempt.member
    case .collection, .event: nil
    }
  }
}

extension Population {
  /// The members that go on from a checkpoint of their own that is among these, by id.
  fileprivate func members(goingOnFrom checkpoints: Set<CheckpointID>) -> [Member.ID] {
    checkpoints.compactMap { checkpoint in
      checkpoint.member.flatMap { members.indices.contains($0) && members[$0].checkpoint == checkpoint ? $0 : nil }
    }.sorted()
  }
}
