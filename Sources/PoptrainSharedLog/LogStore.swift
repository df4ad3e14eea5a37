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
  private let log: any EntryLog
  private let clock: any Clock<Duration>
  private let isDurable: Bool
  private let surroundings: Ledger.Surroundings
  private let rules: @Sendable (_ experiment: String) throws(StoreError) -> Rules
  private let changed = ChangeSignal()
  private var ledger: Ledger
  private var position = LogPosition()
  private var summary = LogSummary()
  private var watch = ProcessWatch()
  private var isWriting = false
  private var calls: [any Call] = []
  private var waiters = 0
  private var beats = 0
  private var nextBeat = -Double.infinity
  private var patience = LogStore.patience
  /// Decisions that could not be recorded, to be given up by the next entry.
  private var abandoned: [OutstandingDecisions] = []
  private var upkeep: Task<Void, Never>?

  /// The time between two looks for what others have written, while somebody waits for it.
  static let poll = Duration.milliseconds(500)
  /// How long a log that does not answer is asked again, and the time between.
  static let patience = Duration.seconds(900)
  static let pause = Duration.seconds(1)

  /// Joins a run, or begins it.
  ///
  /// - Parameters:
  ///   - opening: what the run is to be; its process has a name that no other has.
  ///   - clock: times the looks at the log.
  ///   - rules: reads the rules of a recorded experiment.
  package init(
    _ opening: RunOpening, in log: any EntryLog, clock: any Clock<Duration> = ContinuousClock(),
    rules: @escaping @Sendable (_ experiment: String) throws(StoreError) -> Rules
  ) async throws(StoreError) {
    self.log = log
    self.clock = clock
    isDurable = opening.isDurable
    self.rules = rules
    surroundings = opening.surroundings
    ledger = Ledger(population: Population(rules: opening.rules), trained: [], surroundings: opening.surroundings)
    // From before the first lease, or it might be taken over at once.
    try await beat()
    try await start(opening)
    upkeep = Task { [weak self, clock] in
      while (try? await clock.sleep(for: LogStore.poll)) != nil { await self?.lookAround() }
    }
  }

  /// Joins the run that is there, or begins one. Where nobody else is at work, it goes on as a run of one process that is
  /// started: under another experiment, if that has changed, and as if nothing had ever failed.
  private func start(_ opening: RunOpening) async throws(StoreError) {
    try await perform { _ in }
    if let last = summary.identity, last.experiment != opening.experiment || ledger.isAborted {
      try await releaseTheDead()
    }
    let process = surroundings.process
    try await perform { [self] ledger throws(StoreError) in
      let last = summary.identity
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

  /// Gives back what the dead hold, unless somebody lives. It takes a minute to be sure that a process is dead.
  private func releaseTheDead() async throws(StoreError) {
    let end = surroundings.monotonicNow() + ProcessWatch.patience + 2 * ProcessWatch.beat
    while surroundings.monotonicNow() < end {
      let others = watch.next(among: ledger.processesAtWork, besides: surroundings.process)
      guard !others.isEmpty, !watch.isAnyAlive else { return }
      try await look(at: others)
      try? await clock.sleep(for: .seconds(ProcessWatch.beat))
    }
  }

  /// Gives back what this process holds, and ends its part in the run.
  package func close() async throws(StoreError) {
    upkeep?.cancel()
    patience = .seconds(10)
    let process = surroundings.process
    try await perform { ledger in ledger.releaseAll(of: [process]) }
    try await answered { () async throws(LogFailure) in try await log.leave(process) }
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
      completions[position] = Completion(repeating: interval, in: ledger.population)
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

  package func population() -> Population { ledger.population }

  package func records(after sequence: Int) async throws(StoreError) -> [HistoryRecord] {
    try await perform { _ in }
    if let first = position.records.first, first.sequence <= sequence + 1 {
      return position.records.filter { $0.sequence > sequence }
    }
    let (log, last) = (log, position.block.last)
    let entries = try await answered { () async throws(LogFailure) in
      let blocks = try log.blocks(backFrom: last) { block throws(LogFailure) in
        // An entry may record nothing; then the block before tells.
        let first = try block.entries(from: 1, in: log).lazy.compactMap(\.delta.records.first?.sequence).first
        return first.map { $0 <= sequence + 1 } ?? false
      }
      return try blocks.map { block throws(LogFailure) in try block.entries(from: 1, in: log) }
    }
    return entries.joined().flatMap(\.delta.records).filter { $0.sequence > sequence }
  }

  package func identity() async throws(StoreError) -> RunIdentity {
    try await perform { _ in }
    guard let identity = summary.identity else { throw .notAStore("the log contains no run") }
    return identity
  }

  package func secondsSpent() -> Double { summary.time.seconds }

  package func presentCheckpoints() async throws(StoreError) -> Set<CheckpointID> {
    try await perform { _ in }
    return summary.present
  }

  package func neededCheckpoints() async throws(StoreError) -> Set<CheckpointID> {
    // Only who has written an entry knows that it has read all others.
    try await perform(writing: true) { [self] ledger in summary.present.union(ledger.leases.values.map(\.end)) }
  }

  private func recorded(_ token: String) async throws(StoreError) -> Interval? {
    guard let number = summary.entries[token] else { return nil }
    for case .interval(let interval) in try await entry(number)?.delta.records ?? [] where interval.token == token {
      return interval
    }
    return nil
  }

  // MARK: The log

  /// Computes a call on the ledger as the log has it, and returns when the log has what it changed. It may be computed more
  /// than once. Calls that come while an entry is being written go into the next one together.
  ///
  /// - Parameter mustWrite: whether an entry is written though nothing has changed.
  private func perform<Answer>(
    writing mustWrite: Bool = false, _ body: @escaping (inout Ledger) throws(StoreError) -> Answer
  ) async throws(StoreError) -> Answer {
    let call = ComputedCall(mustWrite, body)
    calls.append(call)
    if isWriting {
      await withCheckedContinuation { call.continuation = $0 }
      if let outcome = call.outcome { return try outcome.get() }
    }
    isWriting = true
    let together = calls
    calls = []
    do throws(StoreError) {
      try await write(together)
    } catch {
      for call in together { call.fail(error) }
    }
    for other in together where other !== call { other.continuation?.resume() }
    changed.advance(to: ledger.version)
    isWriting = false
    if let next = calls.first {
      // It finds that nothing has come of its call yet, and writes for all that wait.
      isWriting = true
      next.continuation?.resume()
    }
    guard let outcome = call.outcome else { preconditionFailure("it was among those that were computed") }
    return try outcome.get()
  }

  private func write(_ calls: [any Call]) async throws(StoreError) {
    try await catchUp()
    while true {
      var trial = ledger
      let givenUp = abandoned.count
      for decisions in abandoned { trial.forget(decisions) }
      for call in calls { call.compute(on: &trial) }
      let delta = trial.takeDelta(since: ledger)
      if delta.isEmpty, !calls.contains(where: \.mustWrite) {
        ledger = trial
        return
      }
      let entry = position.entry(delta, by: surroundings.process)
      var next = position
      next.append(try entry.line(), entry)
      if try await create(next, entry) {
        ledger = trial
        position = next
        // Others may have been added meanwhile.
        abandoned.removeFirst(givenUp)
        summary.add(entry, in: ledger.population)
        return
      }
      try await catchUp(atLeast: entry.number)
    }
  }

  /// Writes an entry, until it is known what has come of it.
  ///
  /// - Returns: whether it is in the log, and not that of another process.
  private func create(_ next: LogPosition, _ entry: LogEntry) async throws(StoreError) -> Bool {
    let (contents, isDurable) = (next.block.contents, isDurable)
    var isUnsure = false
    let isNew = try await answered { () async throws(LogFailure) in
      do throws(LogFailure) {
        return try await log.create(entry.number, contents, isDurable: isDurable)
      } catch {
        // What is refused now may have happened before, when nothing was heard of it.
        if isUnsure { throw .noAnswer("\(error)") }
        if case .noAnswer = error { isUnsure = true }
        throw error
      }
    }
    if isNew { return true }
    // An attempt before may have created it, though nothing was heard of it.
    return try await self.entry(entry.number)?.id == entry.id
  }

  /// Folds what others have written.
  private func catchUp(atLeast known: Int = 0) async throws(StoreError) {
    let last = max(known, try await answered { () async throws(LogFailure) in try log.lastKnown() })
    guard last > position.block.last else { return }
    let first = position.block.last + 1
    let blocks = try await answered { () async throws(LogFailure) in
      try log.blocks(backFrom: last) { $0.first <= first }
    }
    for line in blocks.flatMap({ $0.lines.suffix($0.last - first + 1) }) { try fold(line) }
    // When they began to be left alone, before this process came, nobody knows.
    if first == 1 { ledger.endRests() }
    changed.advance(to: ledger.version)
  }

  private func fold(_ line: Data) throws(StoreError) {
    let entry: LogEntry
    do throws(LogFailure) { entry = try LogEntry(line: line, in: log) } catch { throw error.asStoreError }
    guard position.isFollowed(by: entry) else {
      throw damage("entry \(entry.number) does not follow the one before it")
    }
    if entry.number == 1 {
      guard let experiment = entry.delta.records.lazy.compactMap(\.experiment).first else {
        throw damage("entry 1 names no experiment")
      }
      ledger = Ledger(population: Population(rules: try rules(experiment)), trained: [], surroundings: surroundings)
    }
    var next = ledger
    try next.fold(entry.delta, rules: rules)
    ledger = next
    watch.lives(entry.process)
    position.append(line, entry)
    summary.add(entry, in: ledger.population)
  }

  private func damage(_ what: String) -> StoreError { .damaged(path: "\(log)", what: what) }

  private func entry(_ number: Int) async throws(StoreError) -> LogEntry? {
    try await answered { () async throws(LogFailure) in
      try LogBlock(storedUnder: number, try log.read(number)).entries(from: number, in: log).last
    }
  }

  /// Asks the log until it answers. Training goes on meanwhile.
  private func answered<Answer>(
    _ ask: () async throws(LogFailure) -> Answer
  ) async throws(StoreError) -> Answer {
    var waited = Duration.zero
    while true {
      do throws(LogFailure) {
        return try await ask()
      } catch {
        guard case .noAnswer = error, waited < patience else { throw error.asStoreError }
        // Others may wait for this call too, so that its own caller cannot cancel it.
        let clock = clock
        _ = await Task { try? await clock.sleep(for: LogStore.pause) }.value
        waited += LogStore.pause
      }
    }
  }

  // MARK: Other processes

  /// Says that this process lives, looks whether another does, and at what others have written while somebody waits.
  package func lookAround() async {
    if waiters > 0 { try? await perform { _ in } }
    let now = surroundings.monotonicNow()
    guard now >= nextBeat else { return }
    nextBeat = now + ProcessWatch.beat
    try? await beat()
    try? await look(at: watch.next(among: ledger.processesAtWork, besides: surroundings.process))
  }

  /// Looks whether processes live, and gives back what those hold that are presumed dead.
  private func look(at processes: [String]) async throws(StoreError) {
    var dead: Set<String> = []
    for process in processes {
      let count = try await answered { () async throws(LogFailure) in try log.pulse(of: process) }
      if watch.saw(process, count, at: surroundings.monotonicNow()) { dead.insert(process) }
    }
    guard !dead.isEmpty else { return }
    let released = dead
    try await perform { ledger in ledger.releaseAll(of: released) }
    for process in dead { try await answered { () async throws(LogFailure) in try await log.leave(process) } }
  }

  private func beat() async throws(StoreError) {
    beats += 1
    let (process, count) = (surroundings.process, beats)
    try await answered { () async throws(LogFailure) in try await log.beat(process, count) }
  }
}

/// A call of a store that is computed on a ledger.
private protocol Call: AnyObject {
  var mustWrite: Bool { get }
  var continuation: CheckedContinuation<Void, Never>? { get }
  func compute(on ledger: inout Ledger)
  func fail(_ error: StoreError)
}

private final class ComputedCall<Answer>: Call {
  let mustWrite: Bool
  let body: (inout Ledger) throws(StoreError) -> Answer
  var outcome: Result<Answer, StoreError>?
  var continuation: CheckedContinuation<Void, Never>?

  init(_ mustWrite: Bool, _ body: @escaping (inout Ledger) throws(StoreError) -> Answer) {
    self.mustWrite = mustWrite
    self.body = body
  }

  func compute(on ledger: inout Ledger) {
    do throws(StoreError) { outcome = .success(try body(&ledger)) } catch { outcome = .failure(error) }
  }

  func fail(_ error: StoreError) { outcome = .failure(error) }
}
