@testable import PoptrainSQLite
import GRDB
import PopulationBasedTraining
import Testing

@testable import PoptrainStore
import PoptrainStoreTesting

@Suite("A commit")
struct CommitTests {
  @Test("is shared by calls that come together, and history is as if they had come one by one", arguments: 1...3)
  func together(seed: UInt64) async throws {
    let bench = try await Bench(.sqlite, .small(size: 50, steps: 50, seed: seed))
    while case .leases(let leases) = try await bench.grant(.max) {
      try await withThrowingTaskGroup { group in
        for lease in leases {
          group.addTask {
            let report = IntervalReport.trained(lease, metric: Double(lease.seed % 100), at: bench.clock.now)
            let answer = try await bench.store.complete(report, then: nil)
            // What was answered is in the database.
            let records = try await bench.store.records(after: (answer.interval?.sequence ?? 0) - 1)
            #expect(records.first.map(text) == answer.interval.map(text))
          }
        }
        try await group.waitForAll()
      }
    }
    var witness = Witness(rules: bench.rules)
    try await witness.look(at: bench.store, live: [])
    #expect(try await bench.intervals().count == 250)
  }

  @Test("answers two calls with the same token with the same interval, whenever they come")
  func sameTokenTogether() async throws {
    let bench = try await Bench(.sqlite, .small(size: 20))
    let leases = try await bench.lease(.max)
    try await withThrowingTaskGroup { group in
      for lease in leases + leases + leases {
        group.addTask { try await bench.complete(lease, metric: 1).interval?.token }
      }
      var answered: [String] = []
      for try await token in group { answered.append(try #require(token)) }
      #expect(answered.sorted() == (leases + leases + leases).map(\.token).sorted())
    }
    #expect(try await bench.intervals().count == 20)
  }

  @Test("that fails makes its call throw and changes nothing, and the same call succeeds later")
  func fails() async throws {
    let bench = try await Bench(.sqlite, .small(order: .synchronous))
    let leases = try await bench.lease(3)
    try await bench.complete(leases[0], metric: 1)
    let before = try await bench.everything()

    try await bench.breakTable("intervals")
    await #expect(throws: StoreError.self) { try await bench.complete(leases[1], metric: 2) }
    #expect(try await bench.everything() == before)
    try await bench.expectStored()
    // Other calls are as they were.
    try await bench.store.heartbeat(leases[1].token)
    let fourth = try await bench.leaseOne()
    #expect(fourth.member == 3)
    await #expect(throws: StoreError.self) {
      try await bench.complete(fourth, metric: 4, then: LeaseRequest(worker: "w", capacity: 1))
    }
    #expect(await bench.store.population().count(.leased) == 3)

    try await bench.repairTable("intervals")
    #expect(try await bench.complete(leases[1], metric: 2).interval?.token == leases[1].token)
    #expect(try await bench.complete(leases[2], metric: 3).decisions.isEmpty)
    #expect(try await bench.complete(fourth, metric: 4).decisions.count == 4)
    try await bench.expectStored()
    var witness = Witness(rules: bench.rules)
    try await witness.look(at: bench.store, live: [])
  }

  @Test(
    "that fails undoes a lease, a failure, a release and a warning too",
    arguments: ["lease", "fail", "release", "warn"])
  func failsInOtherCalls(call: String) async throws {
    let bench = try await Bench(.sqlite, .small())
    try await bench.complete(bench.leaseOne(), metric: 1)
    let lease = try await bench.leaseOne()
    let before = try await bench.everything()
    try await bench.breakTable("run")
    await #expect(throws: StoreError.self) {
      switch call {
      case "lease": _ = try await bench.lease()
      case "fail": try await bench.fail(lease)
      case "release": try await bench.store.release(lease.token)
      default: try await bench.store.warn("hm")
      }
    }
    #expect(try await bench.everything() == before)
    try await bench.repairTable("run")
    try await bench.complete(lease, metric: 2)
    #expect(try await bench.lease(.max).count == 4)
    try await bench.expectStored()
  }

  @Test("that fails fails every call that shares it, and each can be made again")
  func failsTogether() async throws {
    let bench = try await Bench(.sqlite, .small(size: 30))
    let leases = try await bench.lease(.max)
    try await bench.breakTable("intervals", "NEW.member = 17")
    var pending = leases
    for round in 0..<2 {
      let failed = await withTaskGroup(of: Lease?.self) { group in
        for lease in pending {
          group.addTask { (try? await bench.complete(lease, metric: 1)) == nil ? lease : nil }
        }
        return await group.reduce(into: [Lease]()) { failed, lease in failed += [lease].compactMap { $0 } }
      }
      try await bench.expectStored()
      if round == 0 {
        #expect(failed.contains { $0.member == 17 })
        try await bench.repairTable("intervals")
      } else {
        #expect(failed.isEmpty)
      }
      pending = failed
    }
    #expect(try await bench.intervals().count == 30)
    var witness = Witness(rules: bench.rules)
    try await witness.look(at: bench.store, live: [])
  }

  @Test("that fails since the database is full says so")
  func full() async throws {
    let bench = try await Bench(.sqlite, .small())
    let store = try #require(bench.store as? SQLiteStore)
    let lease = try await bench.leaseOne()
    let pages = try await store.database.writeWithoutTransaction { db in
      let pages = try Int.fetchOne(db, sql: "PRAGMA page_count") ?? 0
      try db.execute(sql: "PRAGMA max_page_count = \(pages)")
      return pages
    }
    let long = String(repeating: "long ", count: 100_000)
    let path = bench.folder.database
    await #expect(throws: StoreError.diskFull(path: path)) {
      try await bench.fail(lease, long)
    }
    try await bench.expectStored()
    try await store.database.writeWithoutTransaction { db in
      try db.execute(sql: "PRAGMA max_page_count = \(pages + 10_000)")
    }
    #expect(try await bench.fail(lease, long).sequence == (await store.population().sequence))
    try await bench.expectStored()
  }

  @Test("that fails while the database cannot be read either is taken back as soon as it can")
  func failsForAWhile() async throws {
    let bench = try await Bench(.sqlite, .small())
    let store = try #require(bench.store as? SQLiteStore)
    let lease = try await bench.leaseOne()
    let before = try await bench.everything()
    try await store.database.write { db in try db.execute(sql: "ALTER TABLE run RENAME TO hidden") }
    await #expect(throws: StoreError.self) { try await bench.complete(lease, metric: 1) }
    await #expect(throws: StoreError.self) { try await bench.lease() }
    await #expect(throws: StoreError.self) { try await bench.store.heartbeat(lease.token) }
    try await store.database.write { db in try db.execute(sql: "ALTER TABLE hidden RENAME TO run") }
    try await bench.store.heartbeat(lease.token)
    #expect(try await bench.everything() == before)
    #expect(try await bench.complete(lease, metric: 1).interval?.member == 0)
    try await bench.expectStored()
  }
}

extension Bench {
  /// Makes writing into a table fail.
  fileprivate func breakTable(_ table: String, _ condition: String = "true") async throws {
    try await execute(
      """
      CREATE TRIGGER break_\(table) BEFORE INSERT ON \(table) WHEN \(condition)
      BEGIN SELECT RAISE(ABORT, 'broken'); END
      """)
  }

  fileprivate func repairTable(_ table: String) async throws {
    try await execute("DROP TRIGGER break_\(table)")
  }

  private func execute(_ sql: String) async throws {
    let queue = try DatabaseQueue(path: folder.database)
    try await queue.write { db in try db.execute(sql: sql) }
    try queue.close()
  }

  /// Expects that what the store says is what the database holds.
  fileprivate func expectStored() async throws {
    let stored = try RunReader(path: folder.database, space: rules.space).population(rules: rules)
    let now = await store.population()
    #expect(stored.members == now.members && stored.sequence == now.sequence && stored.best == now.best)
    #expect(stored.completedIntervals == now.completedIntervals)
  }
}
