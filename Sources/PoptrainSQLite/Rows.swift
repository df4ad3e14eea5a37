internal import GRDB
internal import PoptrainJSON
internal import PopulationBasedTraining
internal import PoptrainStore

// How records and members stand in the tables.

extension HistoryRecord {
  func insert(into db: Database, space: Space) throws {
    switch self {
    case .interval(let interval): try interval.insert(into: db, space: space)
    case .decision(let decision): try decision.insert(into: db, space: space)
    case .attempt(let attempt): try attempt.insert(into: db)
    case .collection(let sequence, let checkpoint):
      try db.execute("INSERT INTO collections (sequence, checkpoint) VALUES (?,?)", sequence, checkpoint.description)
    case .event(let event):
      try db.execute(
        "INSERT INTO events (\(Event.columns)) VALUES (?,?,?,?)", event.sequence, event.kind.rawValue,
        event.what.detail, event.at)
    }
  }
}

extension Database {
  /// Runs a statement that is kept for the next time, with a value for each of its question marks.
  func execute<each Value: StatementBinding>(_ sql: String, _ values: repeat each Value) throws {
    let statement = try cachedStatement(sql: sql)
    // One by one: `StatementArguments` would be a seventh of what a commit costs.
    statement.setUncheckedArguments([])
    var position: CInt = 0
    for value in repeat each values {
      position += 1
      let code = value.bind(to: statement.sqliteStatement, at: position)
      guard code == 0 else { throw DatabaseError(resultCode: ResultCode(rawValue: code), sql: sql) }
    }
    assert(position == sql.utf8.count { $0 == UInt8(ascii: "?") }, "what is missing would be NULL")
    try statement.execute()
  }
}

extension Interval {
  static let columns = """
    sequence, member, number, kind, outcome, start_checkpoint, end_checkpoint, start_steps, steps, start_age, end_age,
    hyperparameters, score, selection, start_selection, tie, metrics, seed, token, worker, message, log_file, log_from,
    log_to, started_at, finished_at, total_steps
    """

  func insert(into db: Database, space: Space) throws {
    try db.execute(
      """
      INSERT INTO intervals (\(Interval.columns)) VALUES (?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?)
      """,
      sequence, member, number, kind.rawValue, outcome.rawValue, start?.description, end?.description, startSteps,
      steps, startAge, endAge, JSON(hyperparameters, in: space).description, score, selection, startSelection,
      Int64(tie), JSON(metrics: metrics).description, Int64(seed), token, worker, message, log?.file,
      log?.bytes.lowerBound, log?.bytes.upperBound, startedAt, finishedAt, totalSteps)
    for (position, evaluation) in evaluations.enumerated() {
      try db.execute(
        "INSERT INTO evaluations (interval, position, age, metrics) VALUES (?,?,?,?)",
        sequence, position, evaluation.age, JSON(metrics: evaluation.metrics).description)
    }
  }

  init(row: Row, evaluations: [Evaluation], space: Space) throws {
    self.init(
      sequence: try row.count("sequence"), member: try row.count("member"), number: try row.count("number"),
      kind: try row.decoded("kind"), outcome: try row.decoded("outcome"), start: try row.checkpoint("start_checkpoint"),
      end: try row.checkpoint("end_checkpoint"), startSteps: try row.count("start_steps"),
      steps: try row.count("steps"), startAge: try row.count("start_age"),
      totalSteps: try row.optionalCount("total_steps"),
      hyperparameters: try row.hyperparameters(in: space), score: try row.finite("score"),
      selection: try row.finite("selection"), startSelection: try row.finite("start_selection"),
      tie: UInt64(clamping: try row.value("tie") as Int64), metrics: try row.json("metrics").metrics,
      evaluations: evaluations, seed: UInt64(clamping: try row.value("seed") as Int64),
      token: try row.optional("token"), worker: try row.value("worker"), message: try row.optional("message"),
      log: try row.logSegment, startedAt: try row.time("started_at"), finishedAt: try row.time("finished_at"))
    guard try row.count("end_age") == endAge else { throw row.damage("end_age") }
  }
}

extension Decision {
  static let columns = """
    sequence, member, ordinal, saw, result, reason, rule, stream, own_score, threshold, donor, donor_sequence,
    donor_checkpoint, donor_age, donor_score, hyperparameters, inherits
    """

  func insert(into db: Database, space: Space) throws {
    let donor = result.donor
    try db.execute(
      "INSERT INTO decisions (\(Decision.columns)) VALUES (?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?)",
      sequence, member, ordinal, saw, ordinal == 0 ? "joined" : result.name, reason, rule, stream, ownScore,
      threshold, donor?.member, donor?.sequence, donor?.checkpoint.description, donor?.age, donor?.score,
      JSON(hyperparameters, in: space).description, donor?.inherits.rawValue)
  }

  init(row: Row, space: Space) throws {
    let result: Result
    switch try row.value("result") as String {
    case "inherit":
      guard let checkpoint = try row.checkpoint("donor_checkpoint") else { throw row.damage("donor_checkpoint") }
      guard let score = try row.finite("donor_score") else { throw row.damage("donor_score") }
      result = .inherit(
        Donor(
          member: try row.count("donor"), sequence: try row.count("donor_sequence"), checkpoint: checkpoint,
          age: try row.count("donor_age"), score: score, inherits: try row.decoded("inherits")))
    case "fresh": result = .fresh
    case "fail": result = .fail
    case "retire": result = .retire
    case "stay", "joined": result = .stay
    default: throw row.damage("result")
    }
    self.init(
      sequence: try row.count("sequence"), member: try row.count("member"), ordinal: try row.count("ordinal"),
      saw: try row.count("saw"), result: result, reason: try row.value("reason"), rule: try row.value("rule"),
      ownScore: try row.finite("own_score"), threshold: try row.optional("threshold"),
      hyperparameters: try row.hyperparameters(in: space))
  }
}

extension Attempt {
  static let columns =
    "sequence, member, number, reason, message, log_tail, token, worker, log_file, log_from, log_to, at"

  func insert(into db: Database) throws {
    try db.execute(
      "INSERT INTO attempts (\(Attempt.columns)) VALUES (?,?,?,?,?,?,?,?,?,?,?,?)",
      sequence, member, number, reason.rawValue, message, logTail, token, worker, log?.file, log?.bytes.lowerBound,
      log?.bytes.upperBound, at)
  }

  init(row: Row) throws {
    self.init(
      sequence: try row.count("sequence"), member: try row.count("member"), number: try row.count("number"),
      reason: FailureReason(rawValue: try row.value("reason")), message: try row.value("message"),
      logTail: try row.value("log_tail"),
      token: try row.value("token"), worker: try row.value("worker"), log: try row.logSegment, at: try row.time("at"))
  }
}

extension Event {
  static let columns = "sequence, kind, detail, at"

  init(row: Row) throws {
    guard let what = What(try row.decoded("kind"), detail: try row.value("detail")) else { throw row.damage("detail") }
    self.init(
      sequence: try row.count("sequence"), what, at: try row.time("at"))
  }
}

extension Member {
  static let columns = """
    id, state, steps, age, checkpoint, hyperparameters, published, intervals, decisions, failures, next, start_selection,
    restarts, beginning, last_outcome
    """

  func save(into db: Database, space: Space) throws {
    try db.execute(
      "INSERT OR REPLACE INTO members (\(Member.columns)) VALUES (?,?,?,?,?,?,?,?,?,?,?,?,?,?,?)",
      id, state.rawValue, steps, age, checkpoint?.description, JSON(hyperparameters, in: space).description,
      published?.sequence, intervals, decisions, failures, next.rawValue, startSelection, restarts, beginning,
      lastOutcome?.rawValue)
  }

  init(
    row: Row, published: Published?, origin: Decision.Donor?, scoredAge: Int?, scores: [Scored], space: Space
  ) throws {
    self.init(
      id: try row.count("id"), state: try row.decoded("state"), steps: try row.count("steps"),
      age: try row.count("age"), checkpoint: try row.checkpoint("checkpoint"),
      hyperparameters: try row.hyperparameters(in: space), next: try row.decoded("next"),
      beginning: try row.count("beginning"), origin: origin, startSelection: try row.finite("start_selection"),
      scoredAge: published?.age ?? scoredAge ?? origin?.age, published: published,
      intervals: try row.count("intervals"), lastOutcome: try row.optionalDecoded("last_outcome"),
      decisions: try row.count("decisions"),
      scores: scores, restarts: try row.count("restarts"), failures: try row.count("failures"))
  }
}
