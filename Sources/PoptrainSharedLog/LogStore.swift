internal import Foundation
package import PopulationBasedTraining
package import PoptrainStore

/// A population that several processes train, each with a store of its own: the ledger that all of them fold from one log.
///
/// A call is computed on a copy of the ledger, after the copy has caught up with the log, and what it changed is written
/// as the next entry. Where another process was first, the copy is thrown away, its entry is folded, and the call is
/// computed again. So history is the same as with one process, and nothing coordinates the processes but the log's promise
/// to create each entry once.
package actor LogStore: RunStore {
  let log: PatientLog
  let isDurable: Bool
  let surroundings: Ledger.Surroundings
  let clock: any Clock<Duration>
  let changed = ChangeSignal()
  var folded: FoldedLog

  /// The calls that wait for the next entry, and whether one is being written.
  var calls: [any Call] = []
  var isWriting = false
  /// Decisions that could not be recorded, to be given up by the next entry.
  var abandoned: [OutstandingDecisions] = []

  var watch = ProcessWatch()
  var beats = 0
  var nextBeat = -Double.infinity
  /// How many wait for what others do.
  private(set) var waiters = 0
  private var upkeep: Task<Void, Never>?

  package nonisolated let stopRequests: AsyncStream<Void>
  let stopping: AsyncStream<Void>.Continuation
  package nonisolated let outages: AsyncStream<String?>

  /// Joins a run, or begins it.
  ///
  /// - Parameters:
  ///   - opening: what the run is to be; its process has a name that no other has.
  ///   - clock: times the looks at the log.
  ///   - executor: runs the background tasks of the store; none: any thread does.
  ///   - rules: reads the rules of a recorded experiment.
  package init(
    _ opening: RunOpening, in log: any EntryLog, clock: any Clock<Duration> = ContinuousClock(),
    executor: (any TaskExecutor)? = nil, rules: @escaping @Sendable (_ experiment: String) throws(StoreError) -> Rules
  ) async throws(StoreError) {
    let (outages, outage) = AsyncStream.makeStream(of: String?.self)
    self.outages = outages
    self.log = PatientLog(
      log, clock: clock, now: opening.surroundings.monotonicNow, executor: executor, outages: outage)
    self.clock = clock
    isDurable = opening.isDurable
    surroundings = opening.surroundings
    folded = FoldedLog(opening, rules: rules)
    (stopRequests, stopping) = AsyncStream.makeStream()
    try await self.log.checkPromise()
    // From before the first lease, or it might be taken over at once.
    try await beat()
    do {
      try await start(opening)
    } catch {
      try? await self.log.leave(surroundings.process)
      throw error
    }
    upkeep = Task(executorPreference: executor) { [weak self, clock] in
      while (try? await clock.sleep(for: log.pause)) != nil {
        guard let self else { return }
        await lookAround()
      }
    }
  }

  /// Joins the run, or begins it. Where no other process is at work, the run is started as one of a single process is: under
  /// another experiment, if that has changed, and as if nothing had ever failed.
  private func start(_ opening: RunOpening) async throws(StoreError) {
    try await perform { _ in }
    if let last = folded.summary.identity, last.experiment != opening.experiment || folded.ledger.isAborted {
      try await releaseTheDead()
    }
    let process = surroundings.process
    try await perform { [self] ledger throws(StoreError) in
      let last = folded.summary.identity
      let others = ledger.processesAtWork.subtracting([process])
      if let last, last.experiment != opening.experiment {
        guard others.isEmpty else {
          throw .unavailable(
            "the run is being trained under another experiment; stop all processes that train it first, or begin another run"
          )
        }
        guard last.experiment == opening.basis else {
          throw .unavailable("another process has begun or changed the run at this moment; run the same command again")
        }
      }
      if last == nil || others.isEmpty { ledger.start(opening, after: last) }
    }
  }

  package func hurry() async { await log.hurry() }

  /// Gives back what this process holds, and ends its part in the run.
  package func close() async throws(StoreError) {
    upkeep?.cancel()
    stopping.finish()
    await log.hurry()
    let process = surroundings.process
    try await perform { ledger in ledger.releaseAll(of: [process]) }
    try await forgetTheDead()
    try await log.leave(process)
    await log.endOutages()
  }

  // MARK: Calls

  package func lease(_ request: LeaseRequest) async throws(StoreError) -> Grant {
    try await perform { ledger in ledger.lease(request) }
  }

  package func heartbeat(_ token: String) async throws(StoreError) {
    try await perform { ledger throws(StoreError) in try ledger.heartbeat(token) }
  }

  package func complete(
    _ reports: [IntervalReport], then request: LeaseRequest?
  ) async throws(StoreError) -> [Completion?] {
    var completions = try await conclude({ $0.record(reports) }, then: request)
    for (position, report) in reports.enumerated() where completions[position] == nil {
      guard let interval = try await recorded(report.token) else { continue }
      completions[position] = Completion(repeating: interval, in: folded.ledger.population)
    }
    return completions
  }

  package func fail(_ report: FailureReport) async throws(StoreError) -> Completion {
    let completions = try await conclude(
      { ledger throws(StoreError) in try ledger.record(report) }, then: nil)
    guard let completion = completions[0] else { throw .superseded(token: report.token) }
    return completion
  }

  /// Records and decides in one entry, or in two where the decisions are costly.
  private func conclude(
    _ record: @escaping (inout Ledger) throws(StoreError) -> Ledger.Recording, then request: LeaseRequest?
  ) async throws(StoreError) -> [Completion?] {
    let (recording, completions) = try await perform { ledger throws(StoreError) in
      let recording = try record(&ledger)
      let isDecided = recording.outstanding == nil
      return (recording, isDecided ? ledger.conclude(recording, then: request) : nil)
    }
    guard completions == nil, let outstanding = recording.outstanding else { return completions ?? [] }
    let decisions = await surroundings.compute(outstanding.compute)
    do throws(StoreError) {
      return try await perform { ledger in ledger.conclude(recording, decisions, then: request) }
    } catch {
      abandoned.append(outstanding)
      throw error
    }
  }

  package func release(_ token: String) async throws(StoreError) {
    try await perform { ledger throws(StoreError) in try ledger.release(token) }
  }

  package func end(because reason: Population.Ending) async throws(StoreError) {
    try await perform { ledger in ledger.end(because: reason) }
  }

  package func warn(_ message: String) async throws(StoreError) {
    try await perform { ledger in ledger.warn(message) }
  }

  package func waitForChange(after version: Int) async {
    waiters += 1
    await changed.wait(after: version)
    waiters -= 1
  }

  // MARK: What there is

  package func population() -> Population { folded.ledger.population }

  package func records(after sequence: Int) async throws(StoreError) -> [HistoryRecord] {
    try await perform { _ in }
    let position = folded.position
    if let first = position.records.first, first.sequence <= sequence + 1 {
      return position.records.filter { $0.sequence > sequence }
    }
    return try await log.records(after: sequence, through: position.block.last)
  }

  package func identity() async throws(StoreError) -> RunIdentity {
    try await perform { _ in }
    guard let identity = folded.summary.identity else { throw .notAStore("the log contains no run") }
    return identity
  }

  package func secondsSpent() -> Double { folded.summary.time.seconds }

  package func presentCheckpoints() async throws(StoreError) -> Set<CheckpointID> {
    try await perform { _ in }
    return folded.summary.present
  }

  package func neededCheckpoints() async throws(StoreError) -> Set<CheckpointID> {
    // Only who has written an entry knows that it has read all others.
    try await perform(writing: true) { [self] ledger in folded.summary.present.union(ledger.leases.values.map(\.end)) }
  }

  private func recorded(_ token: String) async throws(StoreError) -> Interval? {
    guard let number = folded.summary.entry(recording: token) else { return nil }
    for case .interval(let interval) in try await log.entry(number)?.delta.records ?? [] where interval.token == token {
      return interval
    }
    return nil
  }
}
