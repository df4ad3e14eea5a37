internal import GRDB
package import PopulationBasedTraining
package import PoptrainStore

internal import Glibc

/// A copy of a run in an SQLite file of this machine, made of the entries of a log, for reading.
///
/// It only ever catches up. Several processes may do so at once.
package struct RunCopy: Sendable {
  /// What an entry of the log adds.
  package struct Step: Sendable {
    let position: Position
    let records: [HistoryRecord]
    let granted: [Lease]
    let ended: [String]

    /// Describes an entry.
    ///
    /// - Parameter ended: the tokens of the leases that have ended.
    package init(_ position: Position, records: [HistoryRecord], granted: [Lease], ended: [String]) {
      self.position = position
      self.records = records
      self.granted = granted
      self.ended = ended
    }
  }

  /// How far a copy is: the number and the id of its last entry.
  package struct Position: Sendable {
    package let number: Int
    package let id: String

    /// Names an entry.
    package init(number: Int, id: String) {
      self.number = number
      self.id = id
    }
  }

  private let path: String

  /// Names the file, which need not exist.
  package init(path: String) {
    self.path = path
  }

  /// Adds what the log has and the copy has not.
  ///
  /// - Parameters:
  ///   - isAnew: whether all of it is replaced, at one moment for those who read it.
  ///   - rules: reads the rules of a recorded experiment.
  ///   - following: the entries after a position, in order.
  package func catchUp(
    anew isAnew: Bool = false, rules: (_ experiment: String) throws(StoreError) -> Rules,
    with following: (Position) throws(StoreError) -> [Step]
  ) throws(StoreError) {
    try storing(in: path) {
      var configuration = Configuration()
      configuration.busyMode = .timeout(60)
      // Others read meanwhile.
      configuration.journalMode = .wal
      try makeIfAbsent()
      let database = try DatabaseQueue(path: path, configuration: configuration)
      try Schema.migrator.migrate(database)
      try database.write { db in
        try db.execute(sql: "CREATE TABLE IF NOT EXISTS copied (one INTEGER PRIMARY KEY CHECK (one = 1), number, id)")
        if isAnew { try RunCopy.empty(db) }
        let row = try Row.fetchOne(db, sql: "SELECT number, id FROM copied")
        let position = Position(number: try row?.count("number") ?? 0, id: try row?.value("id") ?? "")
        let steps = try following(position)
        guard let last = steps.last else { return }
        try add(steps, to: db, of: database, rules: rules)
        try db.execute(
          "INSERT OR REPLACE INTO copied (one, number, id) VALUES (1,?,?)", last.position.number, last.position.id)
      }
    }
  }

  private static func empty(_ db: Database) throws {
    try db.execute(sql: "PRAGMA defer_foreign_keys = ON")
    let tables = try String.fetchAll(
      db,
      sql: "SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite%' AND name NOT LIKE 'grdb%'")
    for table in tables { try db.execute(sql: "DELETE FROM \(table.quotedDatabaseIdentifier)") }
  }

  /// Makes the file under another name first: others may be making it at this moment.
  private func makeIfAbsent() throws {
    guard access(path, F_OK) != 0 else { return }
    let new = "\(path).\(randomToken())"
    defer { for suffix in ["", "-wal", "-shm"] { unlink(new + suffix) } }
    try Schema.migrator.migrate(DatabaseQueue(path: new))
    // Where another was first, its file stays.
    link(new, path)
  }

  /// Removes the file.
  package func remove() {
    for suffix in ["", "-wal", "-shm"] { unlink(path + suffix) }
  }

  private func add(
    _ steps: [Step], to db: Database, of database: DatabaseQueue,
    rules: (_ experiment: String) throws(StoreError) -> Rules
  ) throws {
    let first = steps.lazy.flatMap(\.records).compactMap(\.experiment).first
    guard let experiment = try RunReader.detail(db, ofLast: .revised) ?? first else {
      throw StoredDamage("the first entry names no experiment")
    }
    var current = try rules(experiment)
    var population = try RunReader(database, path: path, space: current.space).loadPopulation(db, rules: current)
    let rows = try Row.fetchAll(db, sql: "SELECT token, member FROM leases")
    var leases = try [String: Int](
      rows.map { (try $0.value("token") as String, try $0.count("member")) }, uniquingKeysWith: { $1 })
    var changed: Set<Member.ID> = []
    for step in steps {
      for token in step.ended {
        guard let member = leases.removeValue(forKey: token) else { continue }
        population.setLeased(member, false)
        changed.insert(member)
      }
      for record in step.records {
        if let why = population.objection(to: record) { throw StoredDamage("record \(record.sequence): \(why)") }
        population.apply(record)
        if let member = record.member { changed.insert(member) }
        if let experiment = record.experiment {
          current = try rules(experiment)
          population.revise(current)
        }
        // Such a change may be of any member.
        if case .event = record { changed.formUnion(population.members.map(\.id)) }
      }
      for lease in step.granted {
        guard population.members.indices.contains(lease.member) else {
          throw StoredDamage("a lease is of member \(lease.member), and there is none")
        }
        population.setLeased(lease.member, true)
        leases[lease.token] = lease.member
        changed.insert(lease.member)
      }
      try db.append(step.records, space: current.space)
    }
    try db.save(
      changed.sorted().map { population.members[$0] }, space: current.space, granted: steps.flatMap(\.granted),
      ended: Set(steps.flatMap(\.ended)), run: RunRow(population))
  }
}
