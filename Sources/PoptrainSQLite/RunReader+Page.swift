internal import GRDB
internal import GRDBSQLite
internal import PoptrainJSON
internal import PopulationBasedTraining
internal import PoptrainStore

extension RunReader {
  /// What follows a sequence, in short, up to so many intervals.
  func page(
    after sequence: Int, atMost count: Int, _ known: inout HistoryPage.Known
  ) throws(StoreError) -> HistoryPage {
    try reading { db in try page(db, after: sequence, atMost: count, &known) }
  }

  private func page(
    _ db: Database, after sequence: Int, atMost count: Int, _ known: inout HistoryPage.Known
  ) throws -> HistoryPage {
    let last = try Int.fetchOne(db, sql: "SELECT sequence FROM run") ?? 0
    var page = HistoryPage(end: last, isFull: false)
    page.points.reserveCapacity(min(count, max(0, last - sequence)))
    var latest: [Member.ID: Latest] = [:]
    let parent = try db.cachedStatement(
      sql: "SELECT sequence FROM intervals WHERE end_checkpoint = ? AND kind = 'train' AND sequence < ?")
    let statement = try db.cachedStatement(
      sql: """
        SELECT sequence, member, start_checkpoint, end_checkpoint, kind, outcome, start_steps, steps, start_age,
               end_age, score, selection, hyperparameters, worker, started_at, finished_at
        FROM intervals WHERE sequence > ? AND sequence <= ? ORDER BY sequence LIMIT ?
        """)
    let rows = try Row.fetchCursor(statement, arguments: [sequence, last, count])
    while let row = try rows.next() {
      let cells = Cells(row: row, statement: statement.sqliteStatement)
      let member = try cells.count(1)
      let sequence = try cells.count(0)
      var before = latest.removeValue(forKey: member) ?? Latest()
      var began: Int?
      if let start = try cells.text(2) {
        began =
          start.elementsEqual(before.checkpoint)
          ? before.sequence : try Int.fetchOne(parent, arguments: [String(decoding: start, as: UTF8.self), sequence])
      }
      let values = try cells.needed(12)
      if before.number < 0 || !values.elementsEqual(before.values) {
        let (number, isNew) = known.values(String(decoding: values, as: UTF8.self))
        if isNew { page.newValues.append(try row.hyperparameters(in: space)) }
        before.take(values: values, number: number)
      }
      let kind: Interval.Kind = try cells.decoded(4)
      if kind == .train, let end = try cells.text(3) { before.take(checkpoint: end, sequence: sequence) }
      page.points.append(
        HistoryPage.Point(
          sequence: sequence, member: member, parent: began, kind: kind, outcome: try cells.decoded(5),
          startSteps: try cells.count(6), steps: try cells.count(7), startAge: try cells.count(8),
          endAge: try cells.count(9), score: try cells.finite(10), selection: try cells.finite(11),
          values: before.number, worker: known.worker(String(decoding: try cells.needed(13), as: UTF8.self)),
          startedAt: try cells.time(14), finishedAt: try cells.time(15)))
      latest[member] = before
    }
    if page.points.count == count, let end = page.points.last?.sequence, end < last {
      page.end = end
      page.isFull = true
    }
    if let last = page.points.last {
      let row = try Row.fetchOne(
        db, sql: "SELECT sequence, metrics FROM intervals WHERE sequence = ?", arguments: [last.sequence])
      page.metrics = try row?.json("metrics").metrics.keys.sorted() ?? []
    }
    let range: StatementArguments = [sequence, page.end]
    page.failures = try Row.fetchAll(
      db, sql: "SELECT sequence, member, at FROM attempts WHERE sequence > ? AND sequence <= ? ORDER BY sequence",
      arguments: range
    ).map { .init(sequence: try $0.count("sequence"), member: try $0.count("member"), at: try $0.time("at")) }
    page.moments = try Row.fetchAll(
      db, sql: "SELECT sequence, kind, at FROM events WHERE sequence > ? AND sequence <= ? ORDER BY sequence",
      arguments: range
    ).map { .init(sequence: try $0.count("sequence"), kind: try $0.decoded("kind"), at: try $0.time("at")) }
    return page
  }
}

// What pages of a dashboard ask of a member.
extension RunReader {
  /// The last intervals, decisions and failed attempts of a member, so many of each.
  func history(of member: Member.ID, last count: Int) throws(StoreError) -> MemberHistory {
    try reading { db in
      MemberHistory(
        intervals: try intervals(
          db, "WHERE member = ? AND number > (SELECT max(number) FROM intervals WHERE member = ?) - ?",
          [member, member, count]),
        decisions: try decisions(
          db, "WHERE member = ? AND ordinal > (SELECT max(ordinal) FROM decisions WHERE member = ?) - ?",
          [member, member, count]),
        attempts: try attempts(
          db, "WHERE sequence IN (SELECT sequence FROM attempts WHERE member = ? ORDER BY sequence DESC LIMIT ?)",
          [member, count]))
    }
  }

  /// The decisions after a sequence by which members left their own score behind, in order.
  func modelChanges(after sequence: Int) throws(StoreError) -> [ModelChange] {
    try reading { db in
      try Row.fetchAll(
        db,
        sql: """
          SELECT sequence, member FROM decisions
          WHERE sequence > ? AND (result IN ('fresh', 'fail', 'retire') OR inherits IN ('both', 'weights'))
          ORDER BY sequence
          """, arguments: [sequence]
      ).map { ModelChange(sequence: try $0.count("sequence"), member: try $0.count("member")) }
    }
  }
}

/// What a member trained last: mostly its next interval begins with that, and has the same values.
private struct Latest {
  private(set) var checkpoint: [UInt8] = []
  private(set) var sequence = 0
  private(set) var values: [UInt8] = []
  /// The number of these values; -1 where there are none yet.
  private(set) var number = -1

  mutating func take(checkpoint: UnsafeBufferPointer<UInt8>, sequence: Int) {
    self.checkpoint.removeAll(keepingCapacity: true)
    self.checkpoint.append(contentsOf: checkpoint)
    self.sequence = sequence
  }

  mutating func take(values: UnsafeBufferPointer<UInt8>, number: Int) {
    self.values.removeAll(keepingCapacity: true)
    self.values.append(contentsOf: values)
    self.number = number
  }
}

/// A row of a million, read from SQLite by positions: to look for names, and to make a string of each text, would take
/// most of the time.
private struct Cells {
  /// For what is said where something is wrong.
  let row: Row
  let statement: SQLiteStatement

  func count(_ position: CInt) throws -> Int {
    let number = sqlite3_column_int64(statement, position)
    guard sqlite3_column_type(statement, position) == SQLITE_INTEGER,
      (0...Int64(HistoryRecord.largestCount)).contains(number)
    else { throw damage(position) }
    return Int(number)
  }

  func finite(_ position: CInt) throws -> Double? {
    let kind = sqlite3_column_type(statement, position)
    guard kind != SQLITE_NULL else { return nil }
    let number = sqlite3_column_double(statement, position)
    guard kind == SQLITE_FLOAT || kind == SQLITE_INTEGER, number.isFinite else { throw damage(position) }
    return number
  }

  /// Seconds since 1970.
  func time(_ position: CInt) throws -> Double {
    guard let seconds = try finite(position), (-1e12...1e12).contains(seconds) else { throw damage(position) }
    return seconds
  }

  /// A text, which is there until the next row is read.
  func text(_ position: CInt) throws -> UnsafeBufferPointer<UInt8>? {
    switch sqlite3_column_type(statement, position) {
    case SQLITE_NULL: return nil
    case SQLITE_TEXT:
      let bytes = sqlite3_column_text(statement, position)
      return UnsafeBufferPointer(start: bytes, count: Int(sqlite3_column_bytes(statement, position)))
    default: throw damage(position)
    }
  }

  func needed(_ position: CInt) throws -> UnsafeBufferPointer<UInt8> {
    guard let text = try text(position) else { throw damage(position) }
    return text
  }

  func decoded<Name: RawRepresentable<String>>(_ position: CInt) throws -> Name {
    guard let name = Name(rawValue: String(decoding: try needed(position), as: UTF8.self)) else {
      throw damage(position)
    }
    return name
  }

  private func damage(_ position: CInt) -> StoredDamage { row.damage(Array(row.columnNames)[Int(position)]) }
}
