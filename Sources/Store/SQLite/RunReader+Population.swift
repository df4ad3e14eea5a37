internal import GRDB
public import PopulationBasedTraining

// The population as the tables hold it, with what the rules remember of its history.
extension RunReader {
  /// The population as it is now. Leases are those of the engine that runs, or ran, on it.
  public func population(rules: Rules) throws(StoreError) -> Population {
    try reading { db in try loadPopulation(db, rules: rules) }
  }

  func loadPopulation(_ db: Database, rules: Rules) throws -> Population {
    guard let run = try Row.fetchOne(db, sql: "SELECT * FROM run") else {
      return Population(rules: rules)
    }
    let published = try Dictionary(
      uniqueKeysWithValues: intervals(
        db, "WHERE sequence IN (SELECT published FROM members) OR sequence = (SELECT best FROM run)"
      ).map { ($0.sequence, $0) })
    let scores = try scores(db, rules: rules)
    let origins = try origins(db)
    let members = try Row.fetchAll(db, sql: "SELECT * FROM members ORDER BY id").map { row in
      try Member(
        row: row, published: (row["published"] as Int?).flatMap { published[$0] }.flatMap(rules.published(by:)),
        origin: origins[row["id"]], scores: scores[row["id"], default: []], space: space)
    }
    let best = (run["best"] as Int?).flatMap { published[$0] }.flatMap { interval in
      rules.published(by: interval).map { Population.Best(member: interval.member, published: $0) }
    }
    let restarts = try Int.fetchAll(db, sql: "SELECT sequence FROM events WHERE kind = 'restarted' ORDER BY sequence")
    func trained(after sequence: Int) throws -> Int {
      let sql = "SELECT count(*) FROM intervals WHERE kind = 'train' AND outcome <> 'partial' AND sequence > ?"
      return try Int.fetchOne(db, sql: sql, arguments: [sequence]) ?? 0
    }
    return Population(
      rules: rules, members: members, best: best, sequence: run["sequence"],
      completedIntervals: run["completed_intervals"],
      intervalsSinceBest: try trained(after: best?.published.sequence ?? 0), restarts: restarts.count,
      intervalsSinceRestart: try trained(after: restarts.last ?? 0), observations: try observations(db, rules: rules),
      earlyEnding: try RunReader.detail(db, ofLast: .ended, after: .revised).flatMap(Population.Ending.init))
  }

  /// The scores of each member since it last copied weights, as many as the rules look at.
  private func scores(_ db: Database, rules: Rules) throws -> [Member.ID: [Scored]] {
    guard rules.scoresRemembered > 0 else { return [:] }
    let recent = try intervals(
      db,
      """
      WHERE sequence IN (
        WITH models AS (
          SELECT member, max(sequence) AS since FROM decisions
          WHERE result IN ('fresh', 'retire') OR inherits IN ('both', 'weights') GROUP BY member
        )
        SELECT sequence FROM (
          SELECT i.sequence, row_number() OVER (PARTITION BY i.member ORDER BY i.sequence DESC) AS recency
          FROM intervals i LEFT JOIN models USING (member)
          WHERE i.selection IS NOT NULL AND i.sequence > coalesce(since, 0)
        ) WHERE recency <= ?
      )
      """, [rules.scoresRemembered])
    return Dictionary(grouping: recent, by: \.member).mapValues { $0.compactMap(rules.scored(by:)) }
  }

  /// The donor of each member's present weights, where they were copied.
  private func origins(_ db: Database) throws -> [Member.ID: Decision.Donor] {
    let last = try decisions(
      db,
      """
      WHERE sequence IN (
        SELECT max(sequence) FROM decisions
        WHERE result IN ('fresh', 'retire') OR inherits IN ('both', 'weights') GROUP BY member
      )
      """)
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
