internal import GRDB
internal import PopulationBasedTraining
internal import PoptrainStore

// When things were recorded.
extension RunReader {
  /// The seconds that engines have spent on the run: from each start to the last record before the next one.
  func secondsSpent() throws(StoreError) -> Double {
    try reading { db in
      let moments = try Row.fetchCursor(
        db,
        sql: """
          SELECT sequence, at, kind FROM events
          UNION ALL SELECT sequence, finished_at, NULL FROM intervals
          UNION ALL SELECT sequence, at, NULL FROM attempts
          ORDER BY sequence
          """)
      var spent = EngineTime()
      while let moment = try moments.next() {
        let kind: String? = try moment.optional("kind")
        spent.pass(try moment.time("at"), kind.flatMap(Event.Kind.init))
      }
      return spent.seconds
    }
  }

  /// When something was last recorded, in seconds since 1970; none where nothing was.
  func lastRecordedAt() throws(StoreError) -> Double? {
    try reading { db in
      let last = try Row.fetchOne(
        db,
        sql: """
          SELECT max(at) AS at FROM (
            SELECT max(at) AS at FROM events UNION ALL SELECT max(finished_at) FROM intervals
            UNION ALL SELECT max(at) FROM attempts)
          HAVING at IS NOT NULL
          """)
      return try last?.time("at")
    }
  }
}
