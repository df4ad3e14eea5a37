internal import GRDB
package import PopulationBasedTraining
package import PoptrainStore

extension RunReader {
  /// Everything that a database holds, read at one moment.
  package struct Contents: Sendable {
    /// History in order.
    package let records: [HistoryRecord]
    /// The population as the tables of now have it.
    package let population: Population
    /// The leases of the engine that trains the run, or was killed.
    package let leases: [HeldLease]
    /// What SQLite finds wrong with its own file; empty where that is sound.
    package let defects: [String]
  }

  /// The right to a member that a worker holds, or held.
  package struct HeldLease: Hashable, Sendable {
    /// The member.
    package let member: Member.ID
    /// The name reserved for what it saves.
    package let checkpoint: CheckpointID
    /// Proves the right.
    package let token: String
  }

  /// Reads everything, and has SQLite check its file.
  package func contents(rules: Rules) throws(StoreError) -> Contents {
    try reading { db in
      let defects = try String.fetchAll(db, sql: "PRAGMA integrity_check").filter { $0 != "ok" }
      return Contents(
        records: try records(db, after: 0), population: try loadPopulation(db, rules: rules), leases: try leases(db),
        defects: defects)
    }
  }

  private func leases(_ db: Database) throws -> [HeldLease] {
    try Row.fetchAll(db, sql: "SELECT * FROM leases").map { row in
      guard let checkpoint = try row.checkpoint("checkpoint") else { throw row.damage("checkpoint") }
      return HeldLease(member: try row.count("member"), checkpoint: checkpoint, token: try row.value("token"))
    }
  }
}
