package import PopulationBasedTraining

/// A population that lives as long as the process.
package actor InMemoryStore: PopulationStore {
  private var ledger: Ledger
  private var history: [HistoryRecord] = []
  private var recorded: [String: Interval] = [:]
  private let changed = ChangeSignal()

  /// Starts a new population.
  ///
  /// - Parameters:
  ///   - monotonicNow: seconds on a clock that never goes back; leases expire by it.
  ///   - wallNow: seconds since 1970.
  ///   - makeToken: makes tokens that are never the same.
  package init(
    rules: Rules, monotonicNow: @escaping @Sendable () -> Double = SystemClock.monotonic,
    wallNow: @escaping @Sendable () -> Double = SystemClock.wall,
    makeToken: @escaping @Sendable () -> String = randomToken
  ) {
    ledger = Ledger(
      population: Population(rules: rules),
      surroundings: Ledger.Surroundings(monotonicNow: monotonicNow, wallNow: wallNow, makeToken: makeToken))
    ledger.revise(rules, experiment: "")
    history = ledger.takeChanges().records
  }

  /// Goes on with a population of which only the history is left, as when an engine is started again: live leases are
  /// gone, and failures are counted from zero.
  ///
  /// - Parameters:
  ///   - rules: those under which it has always lived.
  ///   - history: all of its records.
  package init(
    rules: Rules, history: [HistoryRecord], monotonicNow: @escaping @Sendable () -> Double = SystemClock.monotonic,
    wallNow: @escaping @Sendable () -> Double = SystemClock.wall,
    makeToken: @escaping @Sendable () -> String = randomToken
  ) {
    var population = Population(rules: rules)
    for record in history {
      population.apply(record)
      if case .event(let event) = record, event.kind == .revised { population.revise(rules) }
      if case .interval(let interval) = record, let token = interval.token { recorded[token] = interval }
    }
    ledger = Ledger(
      population: population,
      surroundings: Ledger.Surroundings(monotonicNow: monotonicNow, wallNow: wallNow, makeToken: makeToken))
    ledger.recordEvent(.started, "")
    self.history = history + ledger.takeChanges().records
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

  /// Goes on under other rules, more steps or another number of members, as when an engine is started with them: live
  /// leases end, and failures are counted from zero.
  package func revise(_ rules: Rules) {
    ledger.revise(rules, experiment: "")
    ledger.recordEvent(.started, "")
    keepChanges()
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
    history.filter { $0.sequence > sequence }
  }

  private func keepChanges() {
    let changes = ledger.takeChanges()
    history += changes.records
    for case .interval(let interval) in changes.records {
      if let token = interval.token { recorded[token] = interval }
    }
    changed.advance(to: ledger.version)
  }
}
