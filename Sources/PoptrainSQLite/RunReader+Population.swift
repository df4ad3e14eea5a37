internal import GRDB
internal import PopulationBasedTraining
internal import PoptrainStore

// The population as the tables hold it, with what the rules remember of its history.
extension RunReader {
  /// The population as it is now. Leases are those of the engine that runs, or ran, on it.
  func population(rules: Rules) throws(StoreError) -> Population {
    try reading { db in try loadPopulation(db, rules: rules) }
  }

  func loadPopulation(_ db: Database, rules: Rules) throws -> Population {
    guard let run = try Row.fetchOne(db, sql: "SELECT \(RunRow.columns) FROM run") else {
      guard try Row.fetchOne(db, sql: "SELECT 1 FROM events LIMIT 1") == nil else {
        throw StoredDamage("the table run is empty")
      }
      return Population(rules: rules)
    }
    try checkReferences(db)
    let published = Dictionary(
      try intervals(
        db, "WHERE sequence IN (SELECT published FROM members) OR sequence = (SELECT best FROM run)"
      ).map { ($0.sequence, $0) }
    ) { $1 }
    func publication(_ row: Row, _ column: String, of id: Member.ID? = nil) throws -> Population.Best? {
      guard let sequence = try row.optionalCount(column) else { return nil }
      guard let interval = published[sequence], id == nil || interval.member == id,
        let published = rules.published(by: interval)
      else { throw row.damage(column) }
      return Population.Best(member: interval.member, published: published)
    }
    let (origins, scoredAges) = (try origins(db), try scoredAges(db))
    var members: [Member] = []
    for row in try Row.fetchAll(db, sql: "SELECT \(Member.columns) FROM members ORDER BY id") {
      let id = try row.count("id")
      guard id == members.count else { throw StoredDamage("members: there is no member \(members.count)") }
      members.append(
        try Member(
          row: row, published: try publication(row, "published", of: id)?.published, origin: origins[id],
          scoredAge: scoredAges[id], scores: try scores(db, of: id, rules: rules), space: space))
    }
    let best = try publication(run, "best")
    guard best.map({ members.indices.contains($0.member) }) ?? true else { throw run.damage("best") }
    let restarts = try Int.fetchOne(db, sql: "SELECT count(*) FROM events WHERE kind = 'restarted'")
    return Population(
      rules: rules, members: members, best: best, firstScoredAge: try run.optionalCount("first_scored_age"),
      sequence: try run.count("sequence"),
      completedIntervals: try run.count("completed_intervals"),
      intervalsSinceBest: try run.count("intervals_since_best"), restarts: restarts ?? 0,
      intervalsSinceRestart: try run.count("intervals_since_restart"),
      observations: try observations(db, rules: rules),
      earlyEnding: try RunReader.detail(db, ofLast: .ended, after: .revised).flatMap(Population.Ending.init))
  }

  /// Checks that history ends where the population is, and that every member starts from a checkpoint that is present:
  /// what the engine takes for granted when it appends, and when it removes files.
  private func checkReferences(_ db: Database) throws {
    let last = try Int.fetchOne(
      db,
      sql: """
        SELECT max(last) FROM (
          SELECT max(sequence) AS last FROM events UNION ALL SELECT max(sequence) FROM intervals
          UNION ALL SELECT max(sequence) FROM attempts UNION ALL SELECT max(sequence) FROM decisions
          UNION ALL SELECT max(sequence) FROM collections)
        """)
    let sequence = try Int.fetchOne(db, sql: "SELECT sequence FROM run")
    guard sequence == last ?? 0 else {
      throw StoredDamage("history ends with \(last ?? 0), but the table run says \(sequence ?? 0)")
    }
    let dangling = try Row.fetchOne(
      db,
      sql: """
        SELECT id, checkpoint FROM members m WHERE checkpoint IS NOT NULL AND (
          NOT EXISTS (SELECT 1 FROM intervals WHERE end_checkpoint = m.checkpoint AND kind = 'train')
          OR EXISTS (SELECT 1 FROM collections c WHERE c.checkpoint = m.checkpoint))
        """)
    if let dangling { throw dangling.damage("checkpoint") }
  }

  /// The checkpoints that exist, in the order in which they were trained.
  static func trained(_ db: Database) throws -> [TrainedCheckpoint] {
    let rows = try Row.fetchAll(
      db,
      sql: """
        SELECT member, end_checkpoint FROM intervals
        WHERE kind = 'train' AND end_checkpoint NOT IN (SELECT checkpoint FROM collections) ORDER BY sequence
        """)
    return try rows.compactMap { row in
      let member = try row.count("member")
      return try row.checkpoint("end_checkpoint").map { TrainedCheckpoint($0, of: member) }
    }
  }

  /// The scores of a member since it last copied weights, as many as the rules look at.
  private func scores(_ db: Database, of member: Member.ID, rules: Rules) throws -> [Scored] {
    guard rules.scoresRemembered > 0 else { return [] }
    return try intervals(
      db,
      """
      WHERE sequence IN (
        SELECT i.sequence FROM members m JOIN intervals i ON i.member = m.id
        WHERE m.id = ? AND i.selection IS NOT NULL AND i.sequence > m.beginning
        ORDER BY i.number DESC LIMIT ?
      )
      """, [member, rules.scoresRemembered]
    ).compactMap(rules.scored(by:))
  }

  /// The age of the last score of the present model of each member that has published nothing since.
  private func scoredAges(_ db: Database) throws -> [Member.ID: Int] {
    let rows = try Row.fetchAll(
      db,
      sql: """
        SELECT m.id, max(i.start_age + i.steps) AS age FROM members m JOIN intervals i ON i.member = m.id
        WHERE m.published IS NULL AND i.sequence > m.beginning AND i.outcome = 'completed' GROUP BY m.id
        """)
    return Dictionary(try rows.map { (try $0.count("id"), try $0.count("age")) }) { $1 }
  }

  /// The donor of each member's present weights, where they were copied.
  private func origins(_ db: Database) throws -> [Member.ID: Decision.Donor] {
    let last = try decisions(db, "WHERE sequence IN (SELECT beginning FROM members)")
    return Dictionary(last.compactMap { decision in decision.result.donor.map { (decision.member, $0) } }) { $1 }
  }

  /// What the last intervals have taught, as many as the explore rules learn from.
  private func observations(_ db: Database, rules: Rules) throws -> [Observation] {
    guard rules.observationsRemembered > 0 else { return [] }
    return try intervals(
      db,
      """
      WHERE sequence IN (
        SELECT sequence FROM intervals WHERE kind = 'train' AND selection IS NOT NULL ORDER BY sequence DESC LIMIT ?
      )
      """, [rules.observationsRemembered]
    ).compactMap(Observation.init)
  }
}
