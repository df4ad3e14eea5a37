@testable import PoptrainSQLite
import Foundation
import GRDB
import PopulationBasedTraining
import Testing

@testable import PoptrainStore
import PoptrainStoreTesting

/// The database of a run that was started before this version, stopped half-way.
@Suite("A database of version 1")
struct VersionOneTests {
  private let folder: TemporaryFolder
  private let rules = Rules(
    version: 1, seed: 5, populationSize: 4, steps: 60, interval: 10, metric: "value", mode: .max, order: .synchronous,
    space: Space([
      Hyperparameter("rate", .logUniform(1e-4, 0.9)),
      Hyperparameter("batch", .ordered([.integer(8), .integer(16), .integer(32)])),
      Hyperparameter("shard", .perMember([.text("a"), .text("b"), .text("c"), .text("d")])),
    ]), exploit: .truncation(0.25), maxFailures: 3)

  init() throws {
    folder = try TemporaryFolder()
    let fixtures = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
      .deletingLastPathComponent().appending(path: "Fixtures/run-of-version-1/run")
    try FileManager.default.copyItem(atPath: fixtures.path + "/population.sqlite", toPath: folder.database)
  }

  private func reader() throws -> RunReader { try RunReader(path: folder.database, space: rules.space) }

  @Test("is read as if it were of this version, and not one byte of it is changed")
  func reading() async throws {
    let before = try Data(contentsOf: URL(filePath: folder.database))
    let reader = try reader()
    let population = try reader.population(rules: rules)
    let records = try reader.records()
    #expect(records.map(\.sequence) == Array(1...35) && population.sequence == 35)
    #expect(population.members.map(\.state) == [.due, .due, .due, .ready])
    #expect(population.best?.member == 2 && population.best?.published.age == 30)
    #expect(try reader.attempts(of: 1).count == 1)
    #expect(try reader.decisions().compactMap(\.result.donor?.inherits) == [.both, .both])
    #expect(try reader.presentCheckpoints() == Set(population.members.flatMap(\.references)))
    #expect(try reader.secondsSpent() > 0.1)
    let identity = try #require(try RunReader.identity(path: folder.database))
    #expect(identity.sequence == 35 && identity.file == identity.experiment)
    #expect(try Data(contentsOf: URL(filePath: folder.database)) == before)
  }

  @Test("opened by an engine is brought up to date, and its population is what its history has made of it")
  func migrating() async throws {
    let before = try reader()
    let store = try await SQLiteStore.open(in: folder, rules)
    #expect(try await store.database.read { db in try Int.fetchOne(db, sql: "PRAGMA user_version") } == Schema.version)
    let members = try before.population(rules: rules).members
    #expect(await store.population().members == members)
    let records = try before.records()
    #expect(try await store.records(after: 0).prefix(records.count).map(text) == records.map(text))

    var folded = Population(rules: rules)
    for record in records {
      if case .decision(let decision) = record, decision.ordinal > 0 {
        var seen = Population(rules: rules)
        for record in records.prefix(decision.saw) { seen.apply(record) }
        var again = decide(decision.member, in: seen)
        again.sequence = decision.sequence
        #expect(again == decision)
      }
      folded.apply(record)
    }
    #expect(members == folded.members)
  }

  @Test("goes on to the end")
  func goesOn() async throws {
    let store = try await SQLiteStore.open(in: folder, rules)
    while case .leases(let leases) = try await store.lease(LeaseRequest(worker: "w", capacity: 2)) {
      for lease in leases {
        _ = try await store.complete(.trained(lease, metric: Double(lease.seed % 100)), then: nil)
      }
    }
    #expect(await store.population().members.allSatisfy { $0.state == .done && $0.steps == 60 })
    try await store.close()
    let stored = try reader().population(rules: rules)
    #expect(stored.ending == .budget && stored.completedIntervals == 24)
  }
}
