@testable import PoptrainSQLite
import Foundation
import GRDB
import PopulationBasedTraining
import Testing

@testable import PoptrainStore
import PoptrainStoreTesting

/// Whatever is in the file, reading it gives an answer or an error, and opening it to write changes nothing that is wrong.
@Suite("A damaged database")
struct DamageTests {
  private static let isSlow = ProcessInfo.processInfo.environment["POPTRAIN_SLOW_TESTS"] != nil

  /// Wrong values of every kind, as SQL writes them.
  private static let wrongValues = [
    "NULL", "''", "'?'", "-1", "0", "1", "2", "9223372036854775807", "-9223372036854775808", "1.5", "9e999", "-9e999",
    "x'00ff'", "'../../etc'", "'.hidden'", "'a/b'", "'{'", "'{}'", "'[1]'", "'{\"x\": 1e300}'", "'{\"x\": \"NaN\"}'",
    "'0-1-nobody'", "zeroblob(300)", "char(0)", "'stay'", "'inherit'", "'train'", "'evaluate'", "'completed'",
    "'leased'",
    "'due'", "1e18", "1099511627776",
  ]

  @Test("with a wrong value in any column is read or refused, and never ends the program")
  func wrongValues() async throws {
    let (folder, rules) = try await Self.recorded()
    let columns = try await Self.columns(of: folder)
    var refused = 0
    var read = 0
    var random = SeededGenerator(seed: 3)
    for (table, column) in columns {
      let values = Self.isSlow ? Self.wrongValues : Array(Self.wrongValues.shuffled(using: &random).prefix(4))
      for value in values {
        let wreck = try Self.copy(of: folder)
        try Self.change(
          wreck, "UPDATE \(table) SET \(column) = \(value) WHERE rowid = (SELECT max(rowid) FROM \(table))",
          orElse: "UPDATE \(table) SET \(column) = \(value)")
        if await Self.use(wreck, rules) { read += 1 } else { refused += 1 }
      }
    }
    #expect(refused > columns.count && read > 0)
    print("damage: \(refused + read) wrong values, \(refused) refused")
  }

  @Test(
    "with rows missing, too many or pointing nowhere is refused with its path, and not changed",
    arguments: [
      "DELETE FROM run", "DELETE FROM members WHERE id = 0", "DELETE FROM members",
      "UPDATE members SET id = id + 7", "UPDATE members SET published = 1", "UPDATE run SET best = 2",
      "UPDATE members SET checkpoint = '0-1-nobody'", "UPDATE members SET checkpoint = '../../../etc'",
      "DELETE FROM intervals", "UPDATE run SET sequence = sequence - 1", "UPDATE run SET sequence = 1 << 60",
      "UPDATE members SET hyperparameters = '{}'", "UPDATE members SET steps = 1 << 62", "UPDATE members SET age = -1",
      "INSERT INTO collections SELECT sequence + 900, checkpoint FROM run, members WHERE checkpoint NOT NULL LIMIT 1",
      "DROP TABLE decisions", "DROP VIEW present_checkpoints", "ALTER TABLE members RENAME COLUMN age TO years",
    ])
  func brokenReferences(sql: String) async throws {
    let (folder, rules) = try await Self.recorded()
    try Self.change(folder, sql)
    let before = try await Self.dump(folder)
    let error = #expect(throws: StoreError.self) {
      let reader = try RunReader(path: folder.database, space: rules.space)
      _ = try (reader.contents(rules: rules), reader.presentCheckpoints())
    }
    #expect(error?.description.contains("\(folder.database) is damaged") == true, "\(String(describing: error))")
    #expect(error?.description.contains("backup") == true)
    if !sql.contains("decisions"), !sql.contains("VIEW") {
      await #expect(throws: StoreError.self) { try await SQLiteStore.open(in: folder, rules) }
      #expect(try await Self.dump(folder) == before)
    }
  }

  @Test("with bytes changed, or cut off, is read or refused, and never ends the program")
  func bytes() async throws {
    let (folder, rules) = try await Self.recorded()
    let bytes = try Data(contentsOf: URL(filePath: folder.database))
    var refused = 0
    let count = Self.isSlow ? 5000 : 120
    for seed in 0..<count {
      var random = SeededGenerator(seed: UInt64(seed))
      var damaged = bytes
      switch seed % 4 {
      case 0: damaged = damaged.prefix(Int.random(in: 0..<bytes.count, using: &random))
      case 1:
        let start = Int.random(in: 0..<bytes.count - 512, using: &random)
        damaged.replaceSubrange(start..<start + 512, with: Data(count: 512))
      default:
        for _ in 0..<Int.random(in: 1...40, using: &random) {
          damaged[Int.random(in: 0..<bytes.count, using: &random)] ^= UInt8.random(in: 1...255, using: &random)
        }
      }
      let wreck = try TemporaryFolder()
      try damaged.write(to: URL(filePath: wreck.database))
      if await !Self.use(wreck, rules) { refused += 1 }
    }
    #expect(refused > count / 4)
    print("damage: \(count) files with bytes changed or cut off, \(refused) refused")
  }

  // MARK: Helpers

  /// A run with history of every kind, closed.
  private static func recorded() async throws -> (TemporaryFolder, Rules) {
    let bench = try await Bench(.sqlite, .small(size: 4, steps: 60))
    var walk = try await Walk(bench, seed: 3)
    for _ in 0..<120 { try await walk.step() }
    try await (walk.bench.store as? SQLiteStore)?.close()
    let copy = try copy(of: bench.folder)
    return (copy, bench.rules)
  }

  private static func copy(of folder: TemporaryFolder) throws -> TemporaryFolder {
    let copy = try TemporaryFolder()
    try FileManager.default.copyItem(atPath: folder.database, toPath: copy.database)
    return copy
  }

  private static func columns(of folder: TemporaryFolder) async throws -> [(String, String)] {
    let queue = try DatabaseQueue(path: folder.database)
    return try await queue.read { db in
      let tables = try String.fetchAll(
        db, sql: "SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'grdb%' ORDER BY name")
      return try tables.flatMap { table in try db.columns(in: table).map { (table, $0.name) } }
    }
  }

  private static func change(_ folder: TemporaryFolder, _ sql: String, orElse other: String? = nil) throws {
    // What the schema forbids is written all the same: a damaged file obeys no schema.
    try DatabaseQueue(path: folder.database).writeWithoutTransaction { db in
      try db.execute(
        sql: """
          PRAGMA writable_schema = ON;
          UPDATE sqlite_schema SET sql = replace(sql, ' NOT NULL', '') WHERE type = 'table' AND name NOT LIKE 'grdb%';
          PRAGMA wal_checkpoint(TRUNCATE);
          """)
    }
    let queue = try DatabaseQueue(path: folder.database)
    try queue.writeWithoutTransaction { db in
      try db.execute(sql: "PRAGMA ignore_check_constraints = ON; PRAGMA foreign_keys = OFF")
      do { try db.execute(sql: sql) } catch {
        // One without row numbers, or one whose values are unique.
        guard let other else { throw error }
        try? db.execute(sql: other)
      }
      try db.execute(sql: "PRAGMA wal_checkpoint(TRUNCATE)")
    }
    try queue.close()
  }

  /// Reads everything, and opens it to write. False: it was refused.
  private static func use(_ folder: TemporaryFolder, _ rules: Rules) async -> Bool {
    do {
      _ = try RunReader.identity(path: folder.database)
      let reader = try RunReader(path: folder.database, space: rules.space)
      let contents = try reader.contents(rules: rules)
      _ = try (reader.secondsSpent(), reader.lastRecordedAt(), reader.presentCheckpoints())
      _ = try (reader.attempts(), reader.decisions())
      var folded = Population(rules: rules)
      for record in contents.records {
        guard folded.objection(to: record) == nil else { return false }
        folded.apply(record)
      }
      if let best = contents.population.best {
        _ = try Lineage(of: best.published.checkpoint) { end throws(StoreError) in
          try reader.interval(endingWith: end)
        }.schedule
      }
      let store = try await SQLiteStore.open(in: folder, rules)
      _ = try await store.lease(LeaseRequest(worker: "worker", capacity: 2))
      try await store.close()
      return true
    } catch {
      #expect(error is StoreError, "\(error)")
      return false
    }
  }

  private static func dump(_ folder: TemporaryFolder) async throws -> [String] {
    let queue = try DatabaseQueue(path: folder.database)
    return try await queue.read { db in
      let tables = try String.fetchAll(db, sql: "SELECT name FROM sqlite_schema WHERE type = 'table' ORDER BY name")
      return try tables.map { table in "\(try Row.fetchAll(db, sql: "SELECT * FROM \(table)"))" }
    }
  }
}
