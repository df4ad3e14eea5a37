package import PopulationBasedTraining
internal import Synchronization

/// A run that lives as long as the process.
package final class InMemoryDatabase: RunDatabase {
  private let records: Mutex<[HistoryRecord]>

  /// A place for a new run, or one that has these records.
  package init(_ records: [HistoryRecord] = []) {
    self.records = Mutex(records)
  }

  package func identity() -> RunIdentity? {
    records.withLock { RunIdentity($0) }
  }

  package func open(_ opening: RunOpening) -> any RunStore {
    InMemoryStore(opening, in: self)
  }

  package func history(space: Space) -> any RunHistory {
    InMemoryHistory(records: records.withLock { $0 })
  }

  fileprivate func append(_ new: [HistoryRecord]) {
    records.withLock { $0 += new }
  }

  fileprivate var all: [HistoryRecord] { records.withLock { $0 } }
}

/// The records of an ``InMemoryDatabase`` at one moment.
private struct InMemoryHistory: RunHistory {
  let records: [HistoryRecord]

  func records(after sequence: Int) -> [HistoryRecord] {
    records.filter { $0.sequence > sequence }
  }

  /// Records do not tell the rules of before, so these are taken for those of always.
  func population(rules: Rules) -> Population {
    Population(rules: rules, folding: records)
  }

  func contents(rules: Rules) -> RunContents {
    RunContents(records: records, population: population(rules: rules), leases: [], defects: [])
  }
}

/// A population that lives as long as the process.
package actor InMemoryStore: RunStore {
  private let database: InMemoryDatabase
  private var ledger: Ledger
  private var recorded: [String: Interval] = [:]
  private let changed = ChangeSignal()

  /// Starts a new population, of which nobody asks after the experiment.
  ///
  /// - Parameters:
  ///   - monotonicNow: seconds on a clock that never goes back; leases expire by it.
  ///   - wallNow: seconds since 1970.
  ///   - makeToken: makes tokens that are never the same.
  package init(
    rules: Rules, history: [HistoryRecord] = [],
    monotonicNow: @escaping @Sendable () -> Double = SystemClock.monotonic,
    wallNow: @escaping @Sendable () -> Double = SystemClock.wall,
    makeToken: @escaping @Sendable () -> String = randomToken
  ) {
    let surroundings = Ledger.Surroundings(monotonicNow: monotonicNow, wallNow: wallNow, makeToken: makeToken)
    self.init(
      RunOpening(rules: rules, experiment: "", folder: "", surroundings: surroundings), in: InMemoryDatabase(history))
  }

  fileprivate init(_ opening: RunOpening, in database: InMemoryDatabase) {
    self.database = database
    let history = database.all
    for case .interval(let interval) in history {
      if let token = interval.token { recorded[token] = interval }
    }
    let last = RunIdentity(history)
    ledger = Ledger(
      population: Population(rules: opening.rules, folding: history), surroundings: opening.surroundings)
    ledger.start(opening, after: last)
    database.append(ledger.takeChanges().records)
  }

  package func lease(_ request: LeaseRequest) -> Grant {
    defer { keepChanges() }
    return ledger.lease(request)
  }

  package func heartbeat(_ token: String) throws(StoreError) {
    try ledger.heartbeat(token)
  }

  package func complete(_ reports: [IntervalReport], then request: LeaseRequest?) -> [Completion?] {
    defer { keepChanges() }
    return zip(reports, ledger.complete(reports, then: request)).map { report, completion in
      completion ?? recorded[report.token].map { Completion(repeating: $0, in: ledger.population) }
    }
  }

  package func fail(_ report: FailureReport) throws(StoreError) -> Completion {
    defer { keepChanges() }
    return try ledger.fail(report)
  }

  package func release(_ token: String) throws(StoreError) {
    defer { keepChanges() }
    try ledger.release(token)
  }

  package func end(because reason: Population.Ending) {
    ledger.end(because: reason)
    keepChanges()
  }

  package func warn(_ message: String) {
    ledger.recordEvent(.warning, message)
    keepChanges()
  }

  package func waitForChange(after version: Int) async {
    await changed.wait(after: version)
  }

  package func population() -> Population { ledger.population }

  package func records(after sequence: Int) -> [HistoryRecord] {
    database.all.filter { $0.sequence > sequence }
  }

  package func identity() throws(StoreError) -> RunIdentity {
    guard let identity = database.identity() else { preconditionFailure("the run was started when it was opened") }
    return identity
  }

  package func secondsSpent() throws(StoreError) -> Double {
    try InMemoryHistory(records: database.all).secondsSpent()
  }

  package func presentCheckpoints() throws(StoreError) -> Set<CheckpointID> {
    try InMemoryHistory(records: database.all).presentCheckpoints()
  }

  package func close() {}

  private func keepChanges() {
    let changes = ledger.takeChanges()
    database.append(changes.records)
    for case .interval(let interval) in changes.records {
      if let token = interval.token { recorded[token] = interval }
    }
    changed.advance(to: ledger.version)
  }
}

extension Population {
  /// The population that these records have made, as if it had always lived under these rules.
  fileprivate init(rules: Rules, folding records: [HistoryRecord]) {
    self.init(rules: rules)
    for record in records {
      apply(record)
      if case .event(let event) = record, event.kind == .revised { revise(rules) }
    }
  }
}
