internal import GRDB
internal import PopulationBasedTraining
internal import PoptrainStore

/// A population in an SQLite database that this process alone writes.
///
/// The caller holds the run's lock, so leases found at opening belong to the dead and are dropped. Calls that arrive
/// while a commit is under way are committed together by the next one.
actor SQLiteStore: RunStore {
  /// Tests read its settings.
  let database: DatabasePool
  private let reader: RunReader
  private let surroundings: Ledger.Surroundings
  private let changed = ChangeSignal()
  private var ledger: Ledger
  private var isCommitting = false
  private var waiting: [CheckedContinuation<Turn, Never>] = []
  /// While the ledger is ahead of the database, since a commit has failed: the leases that are live again.
  private var revived: [Lease]?

  /// What a call that waited for a commit finds.
  private enum Turn {
    case committed
    case failed(StoreError)
    case lead
  }

  init(_ opening: RunOpening, path: String) async throws(StoreError) {
    let rules = opening.rules
    let surroundings = opening.surroundings
    var configuration = Configuration()
    configuration.prepareDatabase { db in try RunReader.checkVersion(db, path: path) }
    let database = try storing(in: path) { try DatabasePool(path: path, configuration: configuration) }
    let reader = RunReader(database, path: path, space: rules.space)
    self.surroundings = surroundings
    self.database = database
    self.reader = reader
    ledger = try storing(in: path) {
      // GRDB sets NORMAL itself after `prepareDatabase`, so this has to come later.
      try database.writeWithoutTransaction { db in
        try db.execute(sql: "PRAGMA synchronous = \(opening.isDurable ? "FULL" : "OFF")")
      }
      try Schema.migrator.migrate(database)
      return try database.write { db in
        try db.execute(sql: "DELETE FROM leases")
        try db.execute(sql: "UPDATE members SET state = 'ready' WHERE state = 'leased'")
        var ledger = Ledger(
          population: try reader.loadPopulation(db, rules: rules), trained: try RunReader.trained(db),
          surroundings: surroundings)
        ledger.start(opening, after: try RunReader.identity(db))
        try ledger.takeChanges().write(to: db, space: rules.space, run: RunRow(ledger.population))
        return ledger
      }
    }
  }

  /// Brings everything into the one file of the database, and closes it.
  func close() throws(StoreError) {
    try storing {
      try database.writeWithoutTransaction { db in _ = try db.checkpoint(.truncate) }
      try database.close()
    }
  }

  func lease(_ request: LeaseRequest) async throws(StoreError) -> Grant {
    try reload()
    let grant = ledger.lease(request)
    try await commit()
    return grant
  }

  func heartbeat(_ token: String) throws(StoreError) {
    try reload()
    try ledger.heartbeat(token)
  }

  func complete(
    _ reports: [IntervalReport], then request: LeaseRequest?
  ) async throws(StoreError) -> [Completion?] {
    try reload()
    // It commits in any case: a call before with the same token may still be on its way into the database.
    var completions = try await conclude(ledger.record(reports), then: request)
    for (position, report) in reports.enumerated() where completions[position] == nil {
      guard let interval = try recorded(report.token) else { continue }
      completions[position] = Completion(repeating: interval, in: ledger.population)
    }
    return completions
  }

  func fail(_ report: FailureReport) async throws(StoreError) -> Completion {
    try reload()
    guard let completion = try await conclude(ledger.record(report), then: nil)[0] else {
      throw .superseded(token: report.token)
    }
    return completion
  }

  /// Decides on what was recorded, in the same transaction, or in a second one where the decisions are costly.
  private func conclude(
    _ recording: Ledger.Recording, then request: LeaseRequest?
  ) async throws(StoreError) -> [Completion?] {
    let computed = try await compute(recording.outstanding)
    let completions = ledger.conclude(recording, computed, then: request)
    try await commit()
    return completions
  }

  private func compute(_ outstanding: OutstandingDecisions?) async throws(StoreError) -> [Decision] {
    guard let outstanding else { return [] }
    do throws(StoreError) {
      try await commit()
      let decisions = await surroundings.compute(outstanding.compute)
      try reload()
      return decisions
    } catch {
      ledger.forget(outstanding)
      throw error
    }
  }

  func release(_ token: String) async throws(StoreError) {
    try reload()
    try ledger.release(token)
    try await commit()
  }

  func warn(_ message: String) async throws(StoreError) {
    try reload()
    ledger.warn(message)
    try await commit()
  }

  func end(because reason: Population.Ending) async throws(StoreError) {
    try reload()
    ledger.end(because: reason)
    try await commit()
  }

  func waitForChange(after version: Int) async {
    await changed.wait(after: version)
  }

  func population() -> Population { ledger.population }

  func records(after sequence: Int) throws(StoreError) -> [HistoryRecord] {
    try reader.records(after: sequence)
  }

  func identity() throws(StoreError) -> RunIdentity {
    let identity = try storing { try database.read { db in try RunReader.identity(db) } }
    guard let identity else { throw .notAStore("\(database.path) contains no run") }
    return identity
  }

  func secondsSpent() throws(StoreError) -> Double {
    try reader.secondsSpent()
  }

  func presentCheckpoints() throws(StoreError) -> Set<CheckpointID> {
    try reader.presentCheckpoints()
  }

  func neededCheckpoints() throws(StoreError) -> Set<CheckpointID> {
    try presentCheckpoints().union(ledger.leases.values.map(\.end))
  }

  private func recorded(_ token: String) throws(StoreError) -> Interval? {
    try storing { try database.read { db in try reader.interval(db, token: token) } }
  }

  // MARK: Group commit

  /// Returns when everything that the ledger has changed so far is in the database.
  private func commit() async throws(StoreError) {
    if isCommitting {
      switch await withCheckedContinuation({ waiting.append($0) }) {
      case .committed: return
      case .failed(let error): throw error
      case .lead: break
      }
    }
    isCommitting = true
    let followers = waiting
    waiting = []
    let changes = ledger.takeChanges()
    let failure =
      changes.isEmpty ? nil : await write(changes, ledger.population.rules.space, RunRow(ledger.population))
    isCommitting = false

    if let failure {
      // What later calls have changed rests on what was lost, so they fail too.
      for call in followers + waiting { call.resume(returning: .failed(failure)) }
      waiting = []
      revived = changes.ended + ledger.takeChanges().ended
      try? reload()
      throw failure
    }
    for call in followers { call.resume(returning: .committed) }
    changed.advance(to: ledger.version)
    if !waiting.isEmpty {
      isCommitting = true
      waiting.removeFirst().resume(returning: .lead)
    }
  }

  /// Writes on the thread of the call that leads, while the store takes other calls.
  @concurrent private nonisolated func write(
    _ changes: Ledger.Changes, _ space: Space, _ run: RunRow
  ) async -> StoreError? {
    do throws(StoreError) {
      try storing(in: database.path) { try database.write { db in try changes.write(to: db, space: space, run: run) } }
      return nil
    } catch {
      return error
    }
  }

  /// Takes the ledger back to what the database holds, where a failed commit has left it ahead.
  private func reload() throws(StoreError) {
    guard let revived else { return }
    let rules = ledger.population.rules
    let (population, trained, tokens) = try storing {
      try database.read { db in
        (
          try reader.loadPopulation(db, rules: rules), try RunReader.trained(db),
          try String.fetchSet(db, sql: "SELECT token FROM leases")
        )
      }
    }
    let leases = (revived + ledger.leases.values).filter { tokens.contains($0.token) }
    ledger.goBack(
      to: population, trained: trained, leases: Dictionary(leases.map { ($0.token, $0) }) { $1 })
    self.revived = nil
    changed.advance(to: ledger.version)
  }
}
