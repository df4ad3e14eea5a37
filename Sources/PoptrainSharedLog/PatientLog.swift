internal import Foundation
internal import PopulationBasedTraining
internal import PoptrainStore

/// Retries the calls of a log during an outage, so that training continues.
actor PatientLog {
  let log: any EntryLog
  private let clock: any Clock<Duration>
  private let now: @Sendable () -> Double
  private let executor: (any TaskExecutor)?
  private var patience = Duration.seconds(900)
  private let outages: AsyncStream<String?>.Continuation
  private var hasToldOutage = false

  /// The time between two attempts.
  private static let pause = Duration.seconds(1)

  /// How long an outage lasts that is told.
  private static let shortOutage = Duration.seconds(5)

  /// - Parameters:
  ///   - clock: times the pauses between attempts.
  ///   - now: seconds on a clock that never goes back.
  ///   - executor: runs the pauses; none: any thread does.
  ///   - outages: told why the log does not answer, and nothing once it answers again.
  init(
    _ log: any EntryLog, clock: any Clock<Duration> = ContinuousClock(),
    now: @escaping @Sendable () -> Double = SystemClock.monotonic, executor: (any TaskExecutor)? = nil,
    outages: AsyncStream<String?>.Continuation = AsyncStream.makeStream().continuation
  ) {
    self.log = log
    self.clock = clock
    self.now = now
    self.executor = executor
    self.outages = outages
  }

  /// From now on, an outage is waited for only briefly, also by those who are waiting.
  func hurry() { patience = .seconds(10) }

  /// Tells no more of outages.
  func endOutages() { outages.finish() }

  /// Checks that the place keeps what logs promise.
  func checkPromise() async throws(StoreError) {
    try await ask { () async throws(LogFailure) in try await log.checkPromise() }
  }

  /// Creates an entry, unless there is one of its number.
  ///
  /// - Parameter contents: the block that ends with it.
  /// - Returns: whether the entry of that number is this one.
  func create(_ entry: LogEntry, contents: Data, isDurable: Bool) async throws(StoreError) -> Bool {
    var isUnsure = false
    let isNew = try await ask { () async throws(LogFailure) in
      do throws(LogFailure) {
        return try await log.create(entry.number, contents, isDurable: isDurable)
      } catch {
        // An earlier attempt, of which nothing was heard, may have created it before this one was refused.
        if isUnsure { throw .noAnswer("\(error)") }
        if case .noAnswer = error { isUnsure = true }
        throw error
      }
    }
    if isNew { return true }
    // That earlier attempt may be why there is one already.
    return try await self.entry(entry.number)?.id == entry.id
  }

  /// Writes an entry that does not depend on those before it.
  func append(_ delta: Ledger.Delta, by process: String) async throws(StoreError) {
    var last = try await ask { () async throws(LogFailure) in try log.last() }
    while true {
      let number = last
      var position = try await ask { () async throws(LogFailure) in
        try LogPosition(after: LogBlock(storedUnder: number, try log.read(number)), in: log)
      }
      let entry = position.entry(delta, by: process)
      position.append(try entry.line(), entry)
      if try await create(entry, contents: position.block.contents, isDurable: true) { return }
      last = max(entry.number, try await ask { () async throws(LogFailure) in try log.lastKnown() })
    }
  }

  /// Reads an entry that is known to exist.
  func entry(_ number: Int) async throws(StoreError) -> LogEntry? {
    try await ask { () async throws(LogFailure) in
      try LogBlock(storedUnder: number, try log.read(number)).entries(from: number, in: log).last
    }
  }

  /// The lines of the entries from a number to the last that is known.
  ///
  /// - Parameter known: an entry that exists, and of which the log may not know yet.
  func lines(from first: Int, atLeast known: Int) async throws(StoreError) -> [Data] {
    let last = max(
      known, try await ask { () async throws(LogFailure) in first == 1 ? try log.last() : try log.lastKnown() })
    guard last >= first else { return [] }
    let blocks = try await ask { () async throws(LogFailure) in
      try log.blocks(backFrom: last) { $0.first <= first }
    }
    return blocks.flatMap { $0.lines.suffix($0.last - first + 1) }
  }

  /// What the entries up to one record after a sequence.
  func records(after sequence: Int, through last: Int) async throws(StoreError) -> [HistoryRecord] {
    let entries = try await ask { () async throws(LogFailure) in
      let blocks = try log.blocks(backFrom: last) { block throws(LogFailure) in
        // An entry may record nothing; then the block before tells.
        let first = try block.entries(from: 1, in: log).lazy.compactMap(\.delta.records.first?.sequence).first
        return first.map { $0 <= sequence + 1 } ?? false
      }
      return try blocks.map { block throws(LogFailure) in try block.entries(from: 1, in: log) }
    }
    return entries.joined().flatMap(\.delta.records).filter { $0.sequence > sequence }
  }

  /// Says that a process lives.
  func beat(_ process: String, _ count: Int) async throws(StoreError) {
    try await ask { () async throws(LogFailure) in try await log.beat(process, count) }
  }

  /// What a process has said last; none where it has said nothing yet, or has ended.
  func pulse(of process: String) async throws(StoreError) -> Int? {
    try await ask { () async throws(LogFailure) in try log.pulse(of: process) }
  }

  /// What each process has said last that has not ended.
  func pulses() async throws(StoreError) -> [Pulse] {
    try await ask { () async throws(LogFailure) in try log.pulses() }
  }

  /// Says that a process has ended.
  func leave(_ process: String) async throws(StoreError) {
    try await ask { () async throws(LogFailure) in try await log.leave(process) }
  }

  private func ask<Answer>(
    _ question: () async throws(LogFailure) -> Answer
  ) async throws(StoreError) -> Answer {
    var waited = Duration.zero
    while true {
      let asked = now()
      do throws(LogFailure) {
        let answer = try await question()
        tell(outage: nil)
        return answer
      } catch {
        guard case .noAnswer = error, waited < patience else { throw error.asStoreError }
        waited += .seconds(now() - asked) + PatientLog.pause
        // In a task of its own: where calls share an entry, cancelling one caller must not hurry the others.
        let clock = clock
        _ = await Task(executorPreference: executor) { try? await clock.sleep(for: PatientLog.pause) }.value
        if waited >= PatientLog.shortOutage { tell(outage: "\(error.asStoreError)") }
      }
    }
  }

  private func tell(outage: String?) {
    guard hasToldOutage != (outage != nil) else { return }
    hasToldOutage = outage != nil
    outages.yield(outage)
  }
}
