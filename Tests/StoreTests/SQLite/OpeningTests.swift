@testable import PoptrainSQLite
import Foundation
import GRDB
import PopulationBasedTraining
import Testing

@testable import PoptrainStore
import PoptrainStoreTesting

@Suite("An SQLite store")
struct OpeningTests {
  @Test("commits as durably as it was asked to", arguments: [(true, 2), (false, 0)])
  func durability(isDurable: Bool, synchronous: Int) async throws {
    let folder = try TemporaryFolder()
    let store = try await SQLiteStore.open(in: folder, .small(), isDurable: isDurable)
    let read = try await store.database.writeWithoutTransaction { db in
      (try Int.fetchOne(db, sql: "PRAGMA synchronous"), try String.fetchOne(db, sql: "PRAGMA journal_mode"))
    }
    #expect(read.0 == synchronous)
    #expect(read.1 == "wal")
  }

  @Test("opened again has the same population and history, and no leases")
  func opensAgain() async throws {
    let bench = try await Bench(.sqlite, .small(steps: 200))
    let folder = bench.folder
    var walk = try await Walk(bench, seed: 5)
    for _ in 0..<150 { try await walk.step() }
    let before = await bench.store.population()
    let records = try await bench.store.records(after: 0)
    try await (bench.store as? SQLiteStore)?.close()

    let again = try await SQLiteStore.open(in: folder, bench.rules)
    let now = await again.population()
    var expected = before
    for member in before.members where member.state == .leased { expected.setLeased(member.id, false) }
    for record in try await again.records(after: records.count) { expected.apply(record) }
    #expect(now.members == expected.members && now.best == expected.best)
    #expect(now.completedIntervals == before.completedIntervals && now.sequence == records.count + 1)
    #expect(try await again.records(after: 0).prefix(records.count).map(text) == records.map(text))
    let kept = try RunReader(path: folder.database, space: bench.rules.space).population(rules: bench.rules)
    #expect(kept.members == now.members, "what is stored is what the engine has")
    await #expect(throws: StoreError.superseded(token: "t2")) { try await again.heartbeat("t2") }
  }

  @Test("opened again records the start, forgets failures, and records only an experiment that has changed")
  func recordsStarts() async throws {
    let bench = try await Bench(.sqlite, .small())
    let folder = bench.folder
    try await bench.fail(bench.leaseOne())
    try await (bench.store as? SQLiteStore)?.close()
    for experiment in ["name: test", "name: test # changed"] {
      let store = try await SQLiteStore.open(in: folder, bench.rules, experiment: experiment)
      #expect(await store.population().members[0].failures == 0)
      try await store.close()
    }
    let reader = try RunReader(path: folder.database, space: bench.rules.space)
    #expect(try reader.population(rules: bench.rules).members[0].failures == 0)
    let kinds = try reader.records().compactMap { if case .event(let event) = $0 { event.kind } else { nil } }
    #expect(kinds == [.created, .revised, .started, .started, .revised, .started])
    let identity = try #require(try RunReader.identity(path: folder.database))
    #expect(identity.id == "t1" && identity.experiment == "name: test # changed" && identity.folder == "/trainer")
  }

  @Test("of a newer version is refused, and not one byte of it is changed")
  func newerVersion() async throws {
    let folder = try TemporaryFolder()
    try await SQLiteStore.open(in: folder, .small()).close()
    let queue = try DatabaseQueue(path: folder.database)
    try await queue.writeWithoutTransaction { db in
      try db.execute(sql: "PRAGMA user_version = 99; PRAGMA wal_checkpoint(TRUNCATE)")
    }
    try queue.close()
    let before = try Data(contentsOf: URL(filePath: folder.database))
    let refusal = StoreError.newerVersion(found: 99, known: Schema.version, path: folder.database)
    await #expect(throws: refusal) { try await SQLiteStore.open(in: folder, .small()) }
    #expect(throws: refusal) { try RunReader(path: folder.database, space: .ofEveryKind) }
    #expect(refusal.description.contains("newer version") && refusal.description.contains(folder.database))
    #expect(try Data(contentsOf: URL(filePath: folder.database)) == before)
  }

  @Test("that is no database is refused with its path, and not changed")
  func noDatabase() async throws {
    let folder = try TemporaryFolder()
    let contents = Data(String(repeating: "this is a text\n", count: 300).utf8)
    try contents.write(to: URL(filePath: folder.database))
    let refusal = StoreError.notAStore("\(folder.database) is not the database of a run")
    await #expect(throws: refusal) { try await SQLiteStore.open(in: folder, .small()) }
    #expect(throws: refusal) { try RunReader(path: folder.database, space: .ofEveryKind) }
    #expect(throws: refusal) { try RunReader.identity(path: folder.database) }
    #expect(try Data(contentsOf: URL(filePath: folder.database)) == contents)
  }

  @Test(
    "of another program is refused with its path, and not changed",
    arguments: [
      "CREATE TABLE notes (a)", "CREATE TABLE members (a)", "CREATE TABLE notes (a); PRAGMA user_version = 1",
      "CREATE TABLE grdb_migrations (identifier TEXT); CREATE TABLE notes (a)",
      "CREATE TABLE grdb_migrations (identifier TEXT); CREATE TABLE notes (a); PRAGMA user_version = 1",
      "CREATE TABLE notes (a); PRAGMA user_version = 7",
    ])
  func anotherProgram(schema: String) async throws {
    let folder = try TemporaryFolder()
    let queue = try DatabaseQueue(path: folder.database)
    try await queue.writeWithoutTransaction { db in try db.execute(sql: schema) }
    try queue.close()
    let before = try Data(contentsOf: URL(filePath: folder.database))
    let refusal = StoreError.notAStore("\(folder.database) is not the database of a run")
    await #expect(throws: refusal) { try await SQLiteStore.open(in: folder, .small()) }
    #expect(throws: refusal) { try RunReader(path: folder.database, space: .ofEveryKind) }
    #expect(try Data(contentsOf: URL(filePath: folder.database)) == before)
  }

  @Test("that is still empty has no identity, and can be filled")
  func empty() async throws {
    let folder = try TemporaryFolder()
    try Data().write(to: URL(filePath: folder.database))
    #expect(try RunReader.identity(path: folder.database) == nil)
    let store = try await SQLiteStore.open(in: folder, .small())
    #expect(await store.population().members.count == 4)
  }

  @Test("that does not exist is no store to read")
  func missing() throws {
    let folder = try TemporaryFolder()
    #expect(throws: StoreError.self) { try RunReader.identity(path: folder.database) }
  }

  @Test("holds a thousand hyperparameters")
  func manyHyperparameters() async throws {
    let space = Space((0..<1000).map { Hyperparameter("h\($0)", $0 % 2 == 0 ? .uniform(0, 1) : .integer(0, 9)) })
    let bench = try await Bench(.sqlite, .small(space: space, exploit: .truncation(0.5)))
    let answers = try await bench.completeGeneration { Double($0.member == 3 ? 0 : 1) }
    #expect(answers.last?.decisions.first?.result.donor != nil)
    let folder = bench.folder
    let stored = try RunReader(path: folder.database, space: space).population(rules: bench.rules)
    let members = await bench.store.population().members
    #expect(stored.members == members && members[3].hyperparameters.count == 1000)
  }

  @Test("holds a population of two thousand")
  func largePopulation() async throws {
    var rules = Rules.small(size: 2000, steps: 20)
    rules.space = Space([Hyperparameter("x", .uniform(0, 1))])
    let bench = try await Bench(.sqlite, rules)
    _ = try await bench.completeGeneration { Double($0.seed % 1000) }
    _ = try await bench.completeGeneration { Double($0.seed % 1000) }
    #expect(try await bench.grant() == .finished)
    let population = await bench.store.population()
    let stored = try RunReader(path: bench.folder.database, space: rules.space).population(rules: rules)
    #expect(stored.members == population.members && stored.best == population.best)
    #expect(population.count(.done) == 2000 && population.completedIntervals == 4000)
  }
}
