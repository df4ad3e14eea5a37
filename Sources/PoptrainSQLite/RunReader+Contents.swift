internal import GRDB
internal import PopulationBasedTraining
internal import PoptrainStore

extension RunReader {
  /// Reads everything, and has SQLite check its file.
  func contents(rules: Rules) throws(StoreError) -> RunContents {
    try reading { db in
      let defects = try String.fetchAll(db, sql: "PRAGMA integrity_check").filter { $0 != "ok" }
      return RunContents(
        records: try records(db, after: 0), population: try loadPopulation(db, rules: rules), leases: try leases(db),
        defects: defects)
    }
  }

  private func leases(_ db: Database) throws -> [HeldLease] {
    try Row.fetchAll(db, sql: "SELECT token, member, checkpoint FROM leases").map { row in
      guard let checkpoint = try row.checkpoint("checkpoint") else { throw row.damage("checkpoint") }
      return HeldLease(member: try row.count("member"), checkpoint: checkpoint, token: try row.value("token"))
    }
  }
}
