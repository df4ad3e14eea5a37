internal import GRDB
internal import PoptrainJSON
internal import PopulationBasedTraining
internal import PoptrainStore

/// Reads a run's SQLite database, also while an engine writes it.
struct RunReader: RunHistory {
  private let database: any DatabaseReader
  private let path: String
  private let refresh: (@Sendable () throws(StoreError) -> Void)?
  let space: Space

  /// Opens the database read-only. One of an older version is read as it is now, brought up to date in memory.
  ///
  /// - Parameters:
  ///   - space: the experiment's, for the kinds of the values.
  ///   - refresh: brings the database up to date before each question; none: an engine does.
  init(
    path: String, space: Space, refresh: (@Sendable () throws(StoreError) -> Void)? = nil
  ) throws(StoreError) {
    let database = try RunReader.open(path)
    self.init(try storing(in: path) { try RunReader.upToDate(database) }, path: path, space: space, refresh: refresh)
  }

  init(
    _ database: any DatabaseReader, path: String, space: Space,
    refresh: (@Sendable () throws(StoreError) -> Void)? = nil
  ) {
    self.database = database
    self.path = path
    self.space = space
    self.refresh = refresh
  }

  /// What run is in a database; none where it is still empty.
  static func identity(path: String) throws(StoreError) -> RunIdentity? {
    let database = try open(path)
    return try storing(in: path) { try database.read { db in try identity(db) } }
  }

  static func identity(_ db: Database) throws -> RunIdentity? {
    guard try db.tableExists("events"), try Row.fetchOne(db, sql: "SELECT 1 FROM events LIMIT 1") != nil else {
      return nil
    }
    guard let id = try String.fetchOne(db, sql: "SELECT detail FROM events WHERE kind = 'created'"),
      let experiment = try detail(db, ofLast: .revised), let folder = try detail(db, ofLast: .started),
      let sequence = try Row.fetchOne(db, sql: "SELECT sequence FROM run")?.count("sequence")
    else { throw StoredDamage("its first events, or the row of the table run, are missing") }
    let file = try detail(db, ofLast: .overridden, after: .revised) ?? experiment
    let program = try Row.fetchOne(
      db, sql: "SELECT \(Event.columns) FROM events WHERE kind = ? ORDER BY sequence DESC LIMIT 1",
      arguments: [Event.Kind.program.rawValue]
    ).map(Event.init(row:))
    return RunIdentity(
      id: id, experiment: experiment, file: file, folder: folder, program: program, sequence: sequence)
  }

  /// The detail of the last event of a kind, if there is one after the last of another kind.
  static func detail(_ db: Database, ofLast kind: Event.Kind, after other: Event.Kind? = nil) throws -> String? {
    let sql = """
      SELECT detail FROM events
      WHERE kind = ? AND sequence > (SELECT coalesce(max(sequence), 0) FROM events WHERE kind = ?)
      ORDER BY sequence DESC LIMIT 1
      """
    return try String.fetchOne(db, sql: sql, arguments: [kind.rawValue, other?.rawValue])
  }

  /// The records of history after a sequence, in order.
  func records(after sequence: Int) throws(StoreError) -> [HistoryRecord] {
    try reading { db in try records(db, after: sequence) }
  }

  /// The records of history after a sequence and up to another, in order.
  func records(after sequence: Int, upTo last: Int) throws(StoreError) -> [HistoryRecord] {
    try reading { db in try records(db, after: sequence, upTo: last) }
  }

  func records(_ db: Database, after sequence: Int, upTo last: Int = .max) throws -> [HistoryRecord] {
    let condition = "WHERE sequence > ? AND sequence <= ?"
    let range: StatementArguments = [sequence, last]
    var records: [HistoryRecord] = []
    records += try intervals(db, condition, range).map(HistoryRecord.interval)
    records += try decisions(db, condition, range).map(HistoryRecord.decision)
    records += try attempts(db, condition, range).map(HistoryRecord.attempt)
    records += try rows(db, "SELECT \(Event.columns) FROM events \(condition)", range) { row in
      .event(try Event(row: row))
    }
    records += try rows(db, "SELECT sequence, checkpoint FROM collections \(condition)", range) { row in
      guard let checkpoint = try row.checkpoint("checkpoint") else { throw row.damage("checkpoint") }
      return .collection(sequence: try row.count("sequence"), checkpoint: checkpoint)
    }
    return records.sorted { $0.sequence < $1.sequence }
  }

  /// The intervals in order, or those of one member.
  func intervals(of member: Member.ID?) throws(StoreError) -> [Interval] {
    try reading { db in
      guard let member else { return try intervals(db, "") }
      return try intervals(db, "WHERE member = ?", [member])
    }
  }

  /// The interval of this number of a member.
  func interval(of member: Member.ID, number: Int) throws(StoreError) -> Interval? {
    try reading { db in try intervals(db, "WHERE member = ? AND number = ?", [member, number]).first }
  }

  /// How many intervals were scored.
  func scoreCount() throws(StoreError) -> Int {
    try reading { db in
      try Int.fetchOne(db, sql: "SELECT count(*) FROM intervals WHERE selection IS NOT NULL") ?? 0
    }
  }

  /// The steps of each member that were credited to it without training, since every attempt at them failed, or one draw
  /// after the other was refused.
  func forfeitedSteps() throws(StoreError) -> [Member.ID: Int] {
    try reading { db in
      let sql = """
        SELECT member, sum(steps) AS steps FROM intervals WHERE outcome IN ('forfeited', 'invalid') AND steps > 0
        GROUP BY member
        """
      return Dictionary(
        try Row.fetchAll(db, sql: sql).map { (try $0.count("member"), try $0.count("steps")) }, uniquingKeysWith: +)
    }
  }

  /// How many draws were refused at no cost.
  func refusedDraws() throws(StoreError) -> Int {
    try reading { db in
      let sql = "SELECT count(*) FROM intervals WHERE outcome = 'invalid' AND steps = 0"
      return try Int.fetchOne(db, sql: sql) ?? 0
    }
  }

  /// The interval in which a checkpoint was trained.
  func interval(endingWith checkpoint: CheckpointID) throws(StoreError) -> Interval? {
    try reading { db in try intervals(db, "WHERE end_checkpoint = ? AND kind = 'train'", [checkpoint.description]).first
    }
  }

  /// The failed attempts in order, or those of one member.
  func attempts(of member: Member.ID?) throws(StoreError) -> [Attempt] {
    try reading { db in
      guard let member else { return try attempts(db, "") }
      return try attempts(db, "WHERE member = ?", [member])
    }
  }

  /// The decisions in order.
  func decisions() throws(StoreError) -> [Decision] {
    try reading { db in try decisions(db, "") }
  }

  /// Of the decisions up to a sequence, those that no interval of their member had followed yet.
  func unfollowedDecisions(at sequence: Int) throws(StoreError) -> [Decision] {
    try reading { db in
      // Grouped first: asking for the last interval of each decision would read all intervals of its member.
      let condition = """
        LEFT JOIN (SELECT member AS trained, max(sequence) AS last FROM intervals WHERE sequence <= ? GROUP BY member)
          ON trained = member
        WHERE sequence <= ? AND sequence > coalesce(last, 0)
        """
      return try decisions(db, condition, [sequence, sequence])
    }
  }

  /// The checkpoints whose files exist.
  func presentCheckpoints() throws(StoreError) -> Set<CheckpointID> {
    try reading { db in
      let rows = try Row.fetchAll(db, sql: "SELECT checkpoint FROM present_checkpoints")
      return Set(try rows.compactMap { try $0.checkpoint("checkpoint") })
    }
  }

  func interval(_ db: Database, token: String) throws -> Interval? {
    try intervals(db, "WHERE token = ?", [token]).first
  }

  func intervals(
    _ db: Database, _ condition: String, _ arguments: StatementArguments = []
  ) throws -> [Interval] {
    // One query for the evaluations of all intervals: their number does not grow with history.
    let sql = """
      SELECT interval, age, metrics FROM evaluations
      WHERE interval IN (SELECT sequence FROM intervals \(condition)) ORDER BY interval, position
      """
    var evaluations: [Int: [Evaluation]] = [:]
    let cursor = try Row.fetchCursor(db, sql: sql, arguments: arguments)
    while let row = try cursor.next() {
      evaluations[try row.count("interval"), default: []]
        .append(Evaluation(age: try row.count("age"), metrics: try row.json("metrics").metrics))
    }
    return try rows(db, "SELECT \(Interval.columns) FROM intervals \(condition) ORDER BY sequence", arguments) { row in
      try Interval(row: row, evaluations: evaluations[try row.count("sequence")] ?? [], space: space)
    }
  }

  func decisions(
    _ db: Database, _ condition: String, _ arguments: StatementArguments = []
  ) throws -> [Decision] {
    try rows(db, "SELECT \(Decision.columns) FROM decisions \(condition) ORDER BY sequence", arguments) { row in
      try Decision(row: row, space: space)
    }
  }

  func attempts(
    _ db: Database, _ condition: String, _ arguments: StatementArguments = []
  ) throws -> [Attempt] {
    try rows(
      db, "SELECT \(Attempt.columns) FROM attempts \(condition) ORDER BY sequence", arguments, Attempt.init(row:))
  }

  /// What each row is decoded to, one row at a time: a million at once take gigabytes.
  private func rows<Record>(
    _ db: Database, _ sql: String, _ arguments: StatementArguments, _ decode: (Row) throws -> Record
  ) throws -> [Record] {
    let cursor = try Row.fetchCursor(db, sql: sql, arguments: arguments)
    var records: [Record] = []
    while let row = try cursor.next() { records.append(try decode(row)) }
    return records
  }

  func reading<Answer>(_ body: (Database) throws -> Answer) throws(StoreError) -> Answer {
    try refresh?()
    return try storing(in: path) { try database.read(body) }
  }
}
