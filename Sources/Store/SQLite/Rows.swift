internal import GRDB
internal import JSON
internal import PopulationBasedTraining

// How records and members stand in the tables.

extension HistoryRecord {
  func insert(into db: Database, space: Space) throws {
    switch self {
    case .interval(let interval): try interval.insert(into: db, space: space)
    case .decision(let decision): try decision.insert(into: db, space: space)
    case .attempt(let attempt): try attempt.insert(into: db)
    case .collection(let sequence, let checkpoint):
      try db.execute("INSERT INTO collections VALUES (?, ?)", [sequence, checkpoint.description])
    case .event(let event):
      try db.execute(
        "INSERT INTO events VALUES (?, ?, ?, ?)", [event.sequence, event.kind.rawValue, event.detail, event.at])
    }
  }
}

extension Database {
  /// Runs a statement that is kept for the next time.
  func execute(_ sql: String, _ arguments: StatementArguments) throws {
    try cachedStatement(sql: sql).execute(arguments: arguments)
  }
}

extension Interval {
  func insert(into db: Database, space: Space) throws {
    try db.execute(
      "INSERT INTO intervals VALUES (?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?)",
      [
        sequence, member, number, kind.rawValue, outcome.rawValue, start?.description, end?.description, startSteps,
        steps, startAge, endAge, JSON(hyperparameters, in: space).description, score, selection, startSelection,
        Int64(tie),
        JSON(metrics: metrics).description, Int64(seed), token, worker, message, log?.file, log?.bytes.lowerBound,
        log?.bytes.upperBound, startedAt, finishedAt,
      ])
    for (position, evaluation) in evaluations.enumerated() {
      try db.execute(
        "INSERT INTO evaluations VALUES (?,?,?,?)",
        [sequence, position, evaluation.age, JSON(metrics: evaluation.metrics).description])
    }
  }

  init(row: Row, evaluations: [Evaluation], space: Space) throws {
    self.init(
      sequence: row["sequence"], member: row["member"], number: row["number"], kind: try row.decoded("kind"),
      outcome: try row.decoded("outcome"), start: try row.checkpoint("start_checkpoint"),
      end: try row.checkpoint("end_checkpoint"), startSteps: row["start_steps"], steps: row["steps"],
      startAge: row["start_age"], hyperparameters: try row.json("hyperparameters").hyperparameters(in: space),
      score: row["score"], selection: row["selection"], startSelection: row["start_selection"],
      tie: UInt64(clamping: row["tie"] as Int64), metrics: try row.json("metrics").metrics,
      evaluations: evaluations, seed: UInt64(clamping: row["seed"] as Int64), token: row["token"],
      worker: row["worker"],
      message: row["message"], log: row.logSegment, startedAt: row["started_at"], finishedAt: row["finished_at"])
  }
}

extension Decision {
  func insert(into db: Database, space: Space) throws {
    let donor = result.donor
    try db.execute(
      "INSERT INTO decisions VALUES (?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?)",
      [
        sequence, member, ordinal, saw, ordinal == 0 ? "joined" : result.name, reason, rule, stream, ownScore,
        threshold, donor?.member, donor?.sequence, donor?.checkpoint.description, donor?.age, donor?.score,
        JSON(hyperparameters, in: space).description, donor?.inherits.rawValue,
      ])
  }

  init(row: Row, space: Space) throws {
    let result: Result
    switch row["result"] as String {
    case "inherit":
      guard let checkpoint = try row.checkpoint("donor_checkpoint") else { throw row.damage("donor_checkpoint") }
      result = .inherit(
        Donor(
          member: row["donor"], sequence: row["donor_sequence"], checkpoint: checkpoint, age: row["donor_age"],
          score: row["donor_score"], inherits: try row.decoded("inherits")))
    case "fresh": result = .fresh
    case "fail": result = .fail
    case "retire": result = .retire
    case "stay", "joined": result = .stay
    default: throw row.damage("result")
    }
    self.init(
      sequence: row["sequence"], member: row["member"], ordinal: row["ordinal"], saw: row["saw"], result: result,
      reason: row["reason"], rule: row["rule"], ownScore: row["own_score"], threshold: row["threshold"],
      hyperparameters: try row.json("hyperparameters").hyperparameters(in: space))
  }
}

extension Attempt {
  func insert(into db: Database) throws {
    try db.execute(
      "INSERT INTO attempts VALUES (?,?,?,?,?,?,?,?,?,?,?,?)",
      [
        sequence, member, number, reason, message, logTail, token, worker, log?.file, log?.bytes.lowerBound,
        log?.bytes.upperBound, at,
      ])
  }

  init(row: Row) {
    self.init(
      sequence: row["sequence"], member: row["member"], number: row["number"], reason: row["reason"],
      message: row["message"], logTail: row["log_tail"], token: row["token"], worker: row["worker"],
      log: row.logSegment, at: row["at"])
  }
}

extension Event {
  init(row: Row) throws {
    self.init(sequence: row["sequence"], kind: try row.decoded("kind"), detail: row["detail"], at: row["at"])
  }
}

extension Member {
  func save(into db: Database, space: Space) throws {
    try db.execute(
      "INSERT OR REPLACE INTO members VALUES (?,?,?,?,?,?,?,?,?,?,?,?,?)",
      [
        id, state.rawValue, steps, age, checkpoint?.description, JSON(hyperparameters, in: space).description,
        published?.sequence, intervals, decisions, failures, next.rawValue, startSelection, restarts,
      ])
  }

  init(row: Row, published: Published?, origin: Decision.Donor?, scores: [Scored], space: Space) throws {
    self.init(
      id: row["id"], state: try row.decoded("state"), steps: row["steps"], age: row["age"],
      checkpoint: try row.checkpoint("checkpoint"),
      hyperparameters: try row.json("hyperparameters").hyperparameters(in: space), next: try row.decoded("next"),
      origin: origin, startSelection: row["start_selection"], published: published, intervals: row["intervals"],
      decisions: row["decisions"], scores: scores, restarts: row["restarts"], failures: row["failures"])
  }
}

extension Row {
  /// The name of a checkpoint, which becomes a part of paths.
  func checkpoint(_ column: String) throws -> CheckpointID? {
    guard let name = self[column] as String? else { return nil }
    guard !name.contains("/"), !name.hasPrefix(".") else { throw damage(column) }
    return CheckpointID(name)
  }

  var logSegment: LogSegment? {
    guard let file = self["log_file"] as String?, let from = self["log_from"] as Int?, let to = self["log_to"] as Int?,
      from <= to
    else { return nil }
    return LogSegment(file: file, bytes: from..<to)
  }

  func json(_ column: String) throws -> JSON {
    do { return try JSON.parse(self[column] as String) } catch { throw damage(column) }
  }

  func decoded<Name: RawRepresentable<String>>(_ column: String) throws -> Name {
    guard let name = Name(rawValue: self[column]) else { throw damage(column) }
    return name
  }

  func damage(_ column: String) -> DatabaseError {
    DatabaseError(resultCode: .SQLITE_CORRUPT, message: "unexpected content in column \(column)")
  }
}
