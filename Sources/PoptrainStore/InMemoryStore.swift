package import PopulationBasedTraining
internal import Synchronization

/// A run that lives as long as the process.
package final class InMemoryDatabase: RunDatabase {
  fileprivate struct State {
    var records: [HistoryRecord]
    /// What the records have made; none before the first engine says under which rules.
    var population: Population?
  }

  private let state: Mutex<State>

  /// A place for a new run, or one that has these records, all of them made under the rules of the next opening.
  package init(_ records: [HistoryRecord] = []) {
    state = Mutex(State(records: records))
  }

  package func identity() -> RunIdentity? {
    RunIdentity(current.records)
  }

  package func open(_ opening: RunOpening) -> any RunStore {
    InMemoryStore(opening, in: self)
  }

  package func history(space: Space) -> any RunHistory {
    InMemoryHistory(state: current)
  }

  fileprivate func append(_ records: [HistoryRecord], making population: Population) {
    state.withLock { state in
      state.records += records
      state.population = population
    }
  }

  fileprivate var current: State { state.withLock { $0 } }
}

/// What an ``InMemoryDatabase`` holds at one moment.
private struct InMemoryHistory: RunHistory {
  let state: InMemoryDatabase.State

  func records(after sequence: Int) -> [HistoryRecord] {
    state.records.filter { $0.sequence > sequence }
  }

  func population(rules: Rules) -> Population {
    state.population ?? Population(rules: rules, folding: state.records)
  }

  func contents(rules: Rules) -> RunContents {
    RunContents(records: state.records, population: population(rules: rules), leases: [], defects: [])
  }
}

/// A population that lives as long as the process.
package actor InMemoryStore: RunStore {
  private let database: InMemoryDatabase
  private var ledger: Ledger
  private var recorded: [String: Interval] = [:]
  private let changed = ChangeSignal()

  /// Starts a population for callers that never ask for the experiment's text.
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
    let history = InMemoryHistory(state: database.current)
    for case .interval(let interval) in history.state.records {
      if let token = interval.token { recorded[token] = interval }
    }
    var population = history.population(rules: opening.rules)
    // Leases end with the engine that granted them.
    for member in population.members where member.state == .leased { population.setLeased(member.id, false) }
    ledger = Ledger(
      population: population, trained: history.state.records.trained, surroundings: opening.surroundings)
    ledger.start(opening, after: RunIdentity(history.state.records))
    database.append(ledger.takeChanges().records, making: ledger.population)
  }

  package func lease(_ request: LeaseRequest) -> Grant {
    defer { keepChanges() }
    return ledger.lease(request)
  }

  package func heartbeat(_ token: String) throws(StoreError) {
    try ledger.heartbeat(token)
  }

  package func complete(_ reports: [IntervalReport], then request: LeaseRequest?) async -> [Completion?] {
    let completions = await conclude(ledger.record(reports), then: request)
    return zip(reports, completions).map { report, completion in
      completion ?? recorded[report.token].map { Completion(repeating: $0, in: ledger.population) }
    }
  }

  package func fail(_ report: FailureReport) async throws(StoreError) -> Completion {
    guard let completion = await conclude(try ledger.record(report), then: nil)[0] else {
      throw .superseded(token: report.token)
    }
    return completion
  }

  private func conclude(_ recording: Ledger.Recording, then request: LeaseRequest?) async -> [Completion?] {
    var computed: [Decision] = []
    if let outstanding = recording.outstanding {
      keepChanges()
      computed = await ledger.surroundings.compute(outstanding.compute)
    }
    defer { keepChanges() }
    return ledger.conclude(recording, computed, then: request)
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
    ledger.warn(message)
    keepChanges()
  }

  package func waitForChange(after version: Int) async {
    await changed.wait(after: version)
  }

  package func population() -> Population { ledger.population }

  package func records(after sequence: Int) -> [HistoryRecord] {
    InMemoryHistory(state: database.current).records(after: sequence)
  }

  package func identity() throws(StoreError) -> RunIdentity {
    guard let identity = database.identity() else { preconditionFailure("the run was started when it was opened") }
    return identity
  }

  package func secondsSpent() throws(StoreError) -> Double {
    try InMemoryHistory(state: database.current).secondsSpent()
  }

  package func presentCheckpoints() throws(StoreError) -> Set<CheckpointID> {
    try InMemoryHistory(state: database.current).presentCheckpoints()
  }

  package func neededCheckpoints() throws(StoreError) -> Set<CheckpointID> {
    try presentCheckpoints().union(ledger.leases.values.map(\.end))
  }

  package func close() {}

  private func keepChanges() {
    let changes = ledger.takeChanges()
    database.append(changes.records, making: ledger.population)
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
