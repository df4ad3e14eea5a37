@testable import PoptrainSQLite
import Foundation
import GRDB
import PopulationBasedTraining
import PoptrainStore
import PoptrainStoreTesting
import Synchronization
import Testing

import Glibc

@Suite("A reader of a run's database")
struct ReaderTests {
  @Test("sees whole transactions while an engine writes")
  func readsWhileWriting() async throws {
    let bench = try await Bench(.sqlite, .small(size: 8, steps: 400))
    let path = bench.folder.database
    let (reads, read) = AsyncStream.makeStream(of: Void.self)
    let reading = Task.detached {
      defer { read.finish() }
      let reader = try RunReader(path: path, space: bench.rules.space)
      while !Task.isCancelled {
        let records = try reader.records()
        #expect(records.map(\.sequence) == Array(1...records.count), "no gaps")
        let population = try reader.population(rules: bench.rules)
        #expect(population.sequence >= records.count)
        var folded = Population(rules: bench.rules)
        for record in try reader.records().prefix(population.sequence) { folded.apply(record) }
        #expect(folded.members.map(\.steps) == population.members.map(\.steps))
        read.yield()
        // The one that writes may need this thread.
        await Task.yield()
      }
    }
    var finished = reads.makeAsyncIterator()
    while case .leases(let leases) = try await bench.grant(.max) {
      for lease in leases { try await bench.complete(lease, metric: Double(lease.seed % 100)) }
      await finished.next()
    }
    reading.cancel()
    try await reading.value
  }

  @Test("answers what the store has recorded")
  func answers() async throws {
    let bench = try await Bench(.sqlite, .small(size: 5, steps: 100))
    var walk = try await Walk(bench, seed: 11)
    for _ in 0..<300 { try await walk.step() }
    let reader = try RunReader(path: bench.folder.database, space: bench.rules.space)
    let intervals = try await bench.intervals()
    #expect(try reader.records().map(text) == walk.witness.records.map(text))
    #expect(try reader.records(after: 40).map(text) == walk.witness.records.dropFirst(40).map(text))
    #expect(try reader.intervals().map(text) == intervals.map(text))
    #expect(try reader.intervals(of: 2).map(text) == intervals.filter { $0.member == 2 }.map(text))
    #expect(try reader.decisions().map(text) == (try await bench.decisions()).map(text))
    let attempts = walk.witness.records.compactMap { if case .attempt(let attempt) = $0 { attempt } else { nil } }
    #expect(try reader.attempts() == attempts)
    #expect(try reader.attempts(of: 1) == attempts.filter { $0.member == 1 })
    let third = try #require(intervals.first { $0.member == 1 && $0.number == 3 })
    #expect(try reader.interval(of: 1, number: 3).map(text) == text(third))
    #expect(try reader.interval(of: 1, number: 999) == nil)
    let saved = try #require(intervals.last { $0.end != nil })
    #expect(try reader.interval(endingWith: try #require(saved.end)).map(text) == text(saved))
    #expect(try reader.presentCheckpoints() == walk.witness.present)
    #expect(try await (bench.store as? SQLiteStore)?.presentCheckpoints() == walk.witness.present)
  }

  @Test("asks as often for a long page of history as for a short one")
  func boundedQueries() async throws {
    let bench = try await Bench(.sqlite, .small(size: 8, steps: 400))
    var walk = try await Walk(bench, seed: 3)
    for _ in 0..<300 { try await walk.step() }
    let records = walk.witness.records
    #expect(records.count { if case .interval = $0 { true } else { false } } > 20)
    let statements = Mutex<[String]>([])
    var configuration = Configuration()
    configuration.prepareDatabase { db in
      db.trace { event in
        let sql = "\(event)"
        if sql.hasPrefix("SELECT") { statements.withLock { $0.append(sql) } }
      }
    }
    let database = try DatabaseQueue(path: bench.folder.database, configuration: configuration)
    let reader = RunReader(database, path: "population.sqlite", space: bench.rules.space)
    func page(after sequence: Int) throws -> (records: [HistoryRecord], queries: Int) {
      statements.withLock { $0 = [] }
      let page = try reader.records(after: sequence)
      return (page, statements.withLock(\.count))
    }
    let all = try page(after: 0)
    #expect(all.records.map(text) == records.map(text))
    #expect(all.queries == 6, "intervals, evaluations, decisions, attempts, events, collections")
    for count in [2, 0] {
      let rest = try page(after: records.count - count)
      #expect(rest.records.map(text) == records.suffix(count).map(text) && rest.queries == all.queries)
    }
    // What is old is not even looked at.
    try await database.read { db in
      for table in ["intervals", "decisions", "attempts", "events", "collections"] {
        let plan = try Row.fetchAll(db, sql: "EXPLAIN QUERY PLAN SELECT * FROM \(table) WHERE sequence > 1")
        #expect(plan.allSatisfy { ($0["detail"] as String).hasPrefix("SEARCH") }, "\(table): \(plan)")
      }
    }
  }

  @Test("does not keep the store waiting, however long it reads")
  func neverBlocks() async throws {
    let bench = try await Bench(.sqlite, .small())
    // Holds a transaction open in which it reads.
    let reading = try DatabasePool(path: bench.folder.database).makeSnapshot()
    let count = { @Sendable (db: Database) in try Int.fetchOne(db, sql: "SELECT count(*) FROM intervals") }
    #expect(try await reading.read(count) == 0)
    _ = try await bench.completeGeneration { Double($0.member) }
    #expect(try await reading.read(count) == 0)
    #expect(try await bench.intervals().count == bench.rules.populationSize)
  }

  @Test("reads in a folder where nothing may be written")
  func readOnlyFolder() async throws {
    let bench = try await Bench(.sqlite, .small())
    let folder = bench.folder
    _ = try await bench.completeGeneration { Double($0.member) }
    let members = await bench.store.population().members
    try await (bench.store as? SQLiteStore)?.close()
    chmod(folder.path, 0o555)
    chmod(folder.database, 0o444)
    defer { chmod(folder.path, 0o755) }
    #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path) == ["population.sqlite"])
    try asOrdinaryUser {
      let reader = try RunReader(path: folder.database, space: bench.rules.space)
      #expect(try reader.population(rules: bench.rules).members == members)
      #expect(try RunReader.identity(path: folder.database)?.experiment == "name: test")
    }
    #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path) == ["population.sqlite"])
  }

  @Test("says so where the last changes of a read-only folder cannot be read")
  func unmergedChanges() async throws {
    let bench = try await Bench(.sqlite, .small())
    let folder = bench.folder
    // As after a crash, without the file that SQLite makes again at the next opening.
    let copy = try TemporaryFolder()
    for name in ["population.sqlite", "population.sqlite-wal"] {
      try FileManager.default.copyItem(atPath: "\(folder.path)/\(name)", toPath: "\(copy.path)/\(name)")
    }
    chmod(copy.path, 0o555)
    defer { chmod(copy.path, 0o755) }
    asOrdinaryUser {
      let error = #expect(throws: StoreError.self) { try RunReader(path: copy.database, space: bench.rules.space) }
      #expect(error?.description.contains("copy the whole folder") == true)
    }
  }

  @Test("answers every question as the records do")
  func answersAsTheRecords() async throws {
    let bench = try await Bench(.sqlite, .small(size: 5, steps: 100))
    var walk = try await Walk(bench, seed: 23)
    for _ in 0..<200 where !walk.isOver { try await walk.step() }
    let reader = try RunReader(path: bench.folder.database, space: bench.rules.space)
    let records = Records(all: walk.witness.records)
    #expect(try reader.intervals(of: nil).map(text) == records.intervals().map(text))
    #expect(try reader.attempts(of: nil) == records.attempts() && reader.decisions() == records.decisions())
    #expect(try reader.forfeitedSteps() == records.forfeitedSteps())
    #expect(try reader.presentCheckpoints() == records.presentCheckpoints())
    #expect(try reader.secondsSpent() == records.secondsSpent())
    for sequence in 0...records.all.count {
      #expect(try reader.unfollowedDecisions(at: sequence) == records.unfollowedDecisions(at: sequence))
    }
    #expect(try reader.lastRecordedAt() == records.lastRecordedAt())
    #expect(try reader.lastRecordedAt() != nil)
    for member in 0..<5 {
      #expect(try reader.intervals(of: member).map(text) == records.intervals(of: member).map(text))
      #expect(try reader.attempts(of: member) == records.attempts(of: member))
      #expect(try reader.interval(of: member, number: 2).map(text) == records.interval(of: member, number: 2).map(text))
    }
    for count in [1, 7, 1000] { #expect(try pages(of: reader, count) == pages(of: records, count)) }
    #expect(try pages(of: reader, 7).flatMap(\.points).map(\.sequence) == records.intervals().map(\.sequence))
    for sequence in [0, 40] {
      #expect(try reader.modelChanges(after: sequence) == records.modelChanges(after: sequence))
    }
    for (member, count) in [(0, 2), (3, 1000)] {
      let (read, told) = (try reader.history(of: member, last: count), try records.history(of: member, last: count))
      #expect(read.intervals.map(text) == told.intervals.map(text) && read.attempts == told.attempts)
      #expect(read.decisions.map(text) == told.decisions.map(text))
    }
    for interval in try records.intervals() {
      guard let end = interval.end else { continue }
      #expect(try reader.interval(endingWith: end).map(text) == records.interval(endingWith: end).map(text))
    }
  }

  /// All of history, page by page.
  private func pages(of history: some RunHistory, _ count: Int) throws -> [HistoryPage] {
    var known = HistoryPage.Known()
    var pages: [HistoryPage] = []
    repeat {
      pages.append(try history.page(after: pages.last?.end ?? 0, atMost: count, &known))
    } while pages.last?.isFull == true
    return pages
  }

  /// The questions of a history, answered from its records alone.
  private struct Records: RunHistory {
    let all: [HistoryRecord]

    func records(after sequence: Int) -> [HistoryRecord] { all.filter { $0.sequence > sequence } }

    func population(rules: Rules) -> Population { Population(rules: rules) }

    func contents(rules: Rules) -> RunContents {
      RunContents(records: all, population: population(rules: rules), leases: [], defects: [])
    }
  }

  @Test("finds a database whatever its path is called")
  func unusualPath() async throws {
    let folder = try TemporaryFolder()
    let unusual = folder.path + "/50% of? #1 & naïve runs"
    try FileManager.default.createDirectory(atPath: unusual, withIntermediateDirectories: true)
    let path = unusual + "/population.sqlite"
    let opening = RunOpening(rules: .small(), experiment: "e", folder: "f", isDurable: false)
    try await SQLiteDatabase(path: path).open(opening).close()
    #expect(try RunReader.identity(path: path)?.experiment == "e")
    chmod(unusual, 0o555)
    defer { chmod(unusual, 0o755) }
    try asOrdinaryUser {
      let identity = try RunReader.identity(path: path)
      #expect(identity?.experiment == "e")
    }
  }
}

#if os(Linux)
  // The C library hides it from Swift. It changes the rights of the calling thread alone.
  @_silgen_name("setfsuid") private func setfsuid(_ user: uid_t) -> CInt

  /// Runs the body with the rights of an ordinary user, where this process has those of root.
  private func asOrdinaryUser(_ body: () throws -> Void) rethrows {
    guard geteuid() == 0 else { return try body() }
    _ = setfsuid(65534)
    defer { _ = setfsuid(0) }
    try body()
  }
#else
  private func asOrdinaryUser(_ body: () throws -> Void) rethrows { try body() }
#endif
