internal import GRDB
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
    // What each member trained last: mostly its next interval begins with that.
    var latest: [Member.ID: (checkpoint: String, sequence: Int)] = [:]
    let parent = try db.cachedStatement(
      sql: "SELECT sequence FROM intervals WHERE end_checkpoint = ? AND kind = 'train' AND sequence < ?")
    let rows = try Row.fetchCursor(
      db,
      sql: """
        SELECT sequence, member, start_checkpoint, end_checkpoint, kind, outcome, start_steps, steps, start_age,
               end_age, score, selection, hyperparameters, worker, started_at, finished_at
        FROM intervals WHERE sequence > ? AND sequence <= ? ORDER BY sequence LIMIT ?
        """, arguments: [sequence, last, count])
    while let row = try rows.next() {
      let cells = Cells(row)
      let member = try cells.count(1)
      let sequence = try cells.count(0)
      var began: Int?
      if let start = try cells.text(2) {
        let known = latest[member]
        began =
          known?.checkpoint == start
          ? known?.sequence : try Int.fetchOne(parent, arguments: [start, sequence])
      }
      let kind: Interval.Kind = try cells.decoded(4)
      if kind == .train, let end = try cells.text(3) { latest[member] = (end, sequence) }
      let values = known.values(try cells.needed(12))
      if values.isNew { page.newValues.append(try row.hyperparameters(in: space)) }
      page.points.append(
        HistoryPage.Point(
          sequence: sequence, member: member, parent: began, kind: kind, outcome: try cells.decoded(5),
          startSteps: try cells.count(6), steps: try cells.count(7), startAge: try cells.count(8),
          endAge: try cells.count(9), score: try cells.finite(10), selection: try cells.finite(11),
          values: values.number, worker: known.worker(try cells.needed(13)), startedAt: try cells.time(14),
          finishedAt: try cells.time(15)))
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

/// A row of a million, read by positions: to look for names would take most of the time.
private struct Cells {
  private let row: Row

  init(_ row: Row) { self.row = row }

  func count(_ position: Int) throws -> Int {
    guard case .int64(let number) = value(position), (0...Int64(Row.largestCount)).contains(number) else {
      throw damage(position)
    }
    return Int(number)
  }

  func finite(_ position: Int) throws -> Double? {
    switch value(position) {
    case .null: return nil
    case .double(let number) where number.isFinite: return number
    case .int64(let number): return Double(number)
    default: throw damage(position)
    }
  }

  /// Seconds since 1970.
  func time(_ position: Int) throws -> Double {
    guard let seconds = try finite(position), (-1e12...1e12).contains(seconds) else { throw damage(position) }
    return seconds
  }

  func text(_ position: Int) throws -> String? {
    switch value(position) {
    case .null: return nil
    case .string(let text): return text
    default: throw damage(position)
    }
  }

  func needed(_ position: Int) throws -> String {
    guard let text = try text(position) else { throw damage(position) }
    return text
  }

  func decoded<Name: RawRepresentable<String>>(_ position: Int) throws -> Name {
    guard let name = Name(rawValue: try needed(position)) else { throw damage(position) }
    return name
  }

  private func value(_ position: Int) -> DatabaseValue.Storage { (row[position] as DatabaseValue).storage }

  private func damage(_ position: Int) -> StoredDamage {
    row.damage(Array(row.columnNames)[position])
  }
}
