internal import GRDB
internal import PopulationBasedTraining
internal import PoptrainStore

/// The row of the table `run`.
struct RunRow: Sendable {
  static let columns =
    "sequence, best, completed_intervals, intervals_since_best, intervals_since_restart, first_scored_age"

  let sequence: Int
  let best: Int?
  let firstScoredAge: Int?
  let completedIntervals: Int
  let intervalsSinceBest: Int
  let intervalsSinceRestart: Int

  init(_ population: Population) {
    sequence = population.sequence
    best = population.best?.published.sequence
    firstScoredAge = population.firstScoredAge
    completedIntervals = population.completedIntervals
    intervalsSinceBest = population.intervalsSinceBest
    intervalsSinceRestart = population.intervalsSinceRestart
  }
}

extension Ledger.Changes {
  func write(to db: Database, space: Space, run: RunRow) throws {
    try db.append(records, space: space)
    try db.save(members, space: space, granted: granted, ended: Set(ended.map(\.token)), run: run)
  }
}

extension Database {
  /// Appends to history.
  func append(_ records: [HistoryRecord], space: Space) throws {
    for record in records { try record.insert(into: self, space: space) }
  }

  /// Saves what history has made: the members that have changed, and their leases.
  func save(_ members: [Member], space: Space, granted: [Lease], ended: Set<String>, run: RunRow) throws {
    for member in members { try member.save(into: self, space: space) }
    for token in ended { try execute("DELETE FROM leases WHERE token = ?", token) }
    for lease in granted where !ended.contains(lease.token) {
      try execute(
        "INSERT INTO leases (token, member, worker, checkpoint) VALUES (?,?,?,?)", lease.token, lease.member,
        lease.worker, lease.end.description)
    }
    try execute(
      "INSERT OR REPLACE INTO run (id, \(RunRow.columns)) VALUES (1,?,?,?,?,?,?)",
      run.sequence, run.best, run.completedIntervals, run.intervalsSinceBest, run.intervalsSinceRestart,
      run.firstScoredAge)
  }
}
