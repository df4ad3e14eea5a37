@testable import PoptrainSQLite
import GRDB
import PopulationBasedTraining
import Testing

@testable import PoptrainStore
import PoptrainStoreTesting

/// A released schema never changes: databases of that version are out there, and people query them. What has to
/// change becomes the next version, with a migration.
@Suite("The schema")
struct SchemaTests {
  @Test(
    "of each version is as it was released",
    arguments: [schemaVersion1, schemaVersion2, schemaVersion3, schemaVersion4].enumerated().map { ($0 + 1, $1) })
  func released(number: Int, schema: String) async throws {
    let folder = try TemporaryFolder()
    let queue = try DatabaseQueue(path: folder.database)
    try Schema.migrator.migrate(queue, upTo: "\(number)")
    let (sql, version) = try await queue.read { db in
      (
        try String.fetchAll(
          db,
          sql: """
            SELECT sql FROM sqlite_schema WHERE sql IS NOT NULL AND name NOT LIKE 'grdb_%' ORDER BY type, name
            """),
        try Int.fetchOne(db, sql: "PRAGMA user_version")
      )
    }
    #expect(sql.joined(separator: ";\n\n") + ";" == schema)
    #expect(version == number)
  }

  @Test("that a new database has is the newest version")
  func newest() async throws {
    let folder = try TemporaryFolder()
    let store = try await SQLiteStore.open(in: folder, .small())
    let version = try await store.database.read { db in try Int.fetchOne(db, sql: "PRAGMA user_version") }
    #expect(version == Schema.version)
  }
}
