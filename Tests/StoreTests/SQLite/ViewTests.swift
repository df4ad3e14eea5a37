import GRDB
import PopulationBasedTraining
import PoptrainStore
import PoptrainStoreTesting
import Testing

@Suite("The views of a run's database")
struct ViewTests {
  /// A run with everything in it, and its database.
  private func walkedRun() async throws -> (Bench, [HistoryRecord], DatabaseQueue) {
    let bench = try await Bench(.sqlite, .small(size: 5, steps: 150, maxFailures: 2))
    var walk = try await Walk(bench, seed: 21)
    for _ in 0..<500 { try await walk.step() }
    return (bench, walk.witness.records, try DatabaseQueue(path: bench.folder.database))
  }

  private func rows(_ database: DatabaseQueue, _ sql: String) async throws -> [String] {
    try await database.read { db in
      try Row.fetchAll(db, sql: sql).map { row in
        row.databaseValues.map { value in
          switch value.storage {
          case .null: "-"
          case .int64(let integer): "\(integer)"
          case .double(let number): "\(number)"
          case .string(let text): text
          case .blob: "blob"
          }
        }.joined(separator: "|")
      }
    }
  }

  private func row(_ values: Any?...) -> String { values.map { $0.map { "\($0)" } ?? "-" }.joined(separator: "|") }

  @Test("population has each member with its latest published score, the best first")
  func population() async throws {
    let (bench, _, database) = try await walkedRun()
    let population = await bench.store.population()
    let ranked = population.ranking(ofSubpopulation: 0).entries.map { population.members[$0.member] }
    let expected = ranked.map { row($0.id, $0.state, $0.steps, $0.age, $0.published?.score, $0.checkpoint) }
    let found = try await rows(database, "SELECT member, state, steps, age, score, checkpoint FROM population")
    #expect(found.count == 5 && Array(found.prefix(expected.count)) == expected)
    #expect(Set(found.dropFirst(expected.count).map { $0.split(separator: "|")[4] }).subtracting(["-"]).isEmpty)
  }

  @Test("copies has who copied whom")
  func copies() async throws {
    let (bench, _, database) = try await walkedRun()
    let expected = try await bench.decisions().compactMap { decision in
      decision.result.donor.map {
        row(
          decision.sequence, decision.member, decision.ordinal, $0.member, decision.ownScore, $0.score, $0.checkpoint,
          $0.age)
      }
    }
    #expect(!expected.isEmpty)
    let columns = "sequence, member, ordinal, donor, own_score, donor_score, donor_checkpoint, donor_age"
    #expect(try await rows(database, "SELECT \(columns) FROM copies") == expected)
  }

  @Test("lineage has each interval with the one whose checkpoint it started from")
  func lineage() async throws {
    let (bench, _, database) = try await walkedRun()
    let intervals = try await bench.intervals()
    let expected = intervals.map { interval in
      let parent = interval.start.flatMap { start in intervals.first { $0.end == start && $0.kind == .train } }
      return row(
        interval.sequence, interval.member, interval.number, interval.kind, interval.startAge, interval.endAge,
        interval.score,
        parent?.sequence, parent?.member, parent?.number)
    }
    #expect(try await rows(database, "SELECT * FROM lineage ORDER BY sequence") == expected)
  }

  @Test("hyperparameters has a row for each value of each interval")
  func hyperparameters() async throws {
    let (bench, _, database) = try await walkedRun()
    let expected = try await bench.intervals().flatMap { interval in
      bench.rules.space.hyperparameters.map { hyperparameter in
        var value = interval.hyperparameters[hyperparameter.name]
        if value == .boolean(true) { value = .integer(1) }
        return row(interval.sequence, interval.member, interval.number, hyperparameter.name, value)
      }
    }
    let found = try await rows(database, "SELECT sequence, member, number, name, value FROM hyperparameters")
    #expect(found.sorted() == expected.sorted() && found.count > 100)
  }

  @Test("best_schedule has the hyperparameters of the best model by age, without a gap")
  func bestSchedule() async throws {
    let (bench, _, database) = try await walkedRun()
    let intervals = try await bench.intervals()
    let best = try #require(await bench.store.population().best)
    var line = [try #require(intervals.first { $0.sequence == best.published.sequence })]
    while let start = line[0].start { line.insert(try #require(intervals.first { $0.end == start }), at: 0) }
    #expect(line.count > 2 && line[0].startAge == 0)
    for (one, next) in zip(line, line.dropFirst()) { #expect(one.endAge == next.startAge) }
    let expected = line.map { row($0.startAge, $0.endAge, $0.member, $0.score, $0.hyperparameters["learning_rate"]) }
    let rate = "json_extract(hyperparameters, '$.learning_rate')"
    let found = try await rows(database, "SELECT start_age, end_age, member, score, \(rate) FROM best_schedule")
    #expect(found == expected)
  }

  @Test("failures has the attempts that failed and the intervals that did not end well")
  func failures() async throws {
    let (_, records, database) = try await walkedRun()
    let expected = records.compactMap { record -> String? in
      switch record {
      case .attempt(let attempt):
        row(attempt.sequence, attempt.member, attempt.number, attempt.reason, attempt.message)
      case .interval(let interval) where ![.completed, .partial].contains(interval.outcome):
        row(interval.sequence, interval.member, interval.number, interval.outcome, interval.message)
      default: nil
      }
    }
    #expect(["exited", "diverged", "invalid"].allSatisfy { word in expected.contains { $0.contains(word) } })
    #expect(try await rows(database, "SELECT * FROM failures") == expected)
  }

  @Test("present_checkpoints has the checkpoints whose files exist")
  func presentCheckpoints() async throws {
    let (bench, records, database) = try await walkedRun()
    let collected = records.compactMap { if case .collection(_, let checkpoint) = $0 { checkpoint } else { nil } }
    let expected = try await bench.intervals().compactMap { interval in
      interval.end.flatMap {
        collected.contains($0) ? nil : row($0, interval.member, interval.number, interval.endAge, interval.score)
      }
    }
    #expect(!expected.isEmpty && !collected.isEmpty)
    let found = try await rows(database, "SELECT * FROM present_checkpoints")
    #expect(found.sorted() == expected.sorted())
  }

  @Test("The table of leases has who trains what now")
  func leases() async throws {
    let bench = try await Bench(.sqlite, .small())
    let leases = try await bench.lease(3, worker: "node 7")
    try await bench.store.release(leases[1].token)
    let database = try DatabaseQueue(path: bench.folder.database)
    let expected = [leases[0], leases[2]].map { row($0.token, $0.member, $0.worker, $0.end) }
    #expect(try await rows(database, "SELECT * FROM leases ORDER BY member") == expected)
  }
}
