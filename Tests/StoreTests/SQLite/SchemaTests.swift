@testable import PoptrainSQLite
import Foundation
import GRDB
import PopulationBasedTraining
import Testing

@testable import PoptrainStore
import PoptrainStoreTesting

/// A released schema never changes: databases of that version are out there, and people query them. What has to
/// change becomes the next version, with a migration.
@Suite("The schema")
struct SchemaTests {
  private static let versions = [schemaVersion1, schemaVersion2, schemaVersion3]

  @Test("of every earlier version is kept in a file of this folder")
  func kept() {
    #expect(Self.versions.count == Schema.version - 1, "keep the docs/schema.sql of the version before")
  }

  @Test("of each version is as it was released", arguments: Self.versions.enumerated().map { ($0 + 1, $1) })
  func released(number: Int, schema: String) async throws {
    let made = try await made(upTo: number)
    #expect(made.sql == schema)
    #expect(made.version == number)
  }

  @Test("of the newest version is as docs/schema.sql shows it")
  func documented() async throws {
    let sources = URL(fileURLWithPath: #filePath).deletingLastPathComponent().appendingPathComponent("../../..")
    let page = try String(contentsOf: sources.appendingPathComponent("docs/schema.sql"), encoding: .utf8)
    let made = try await made(upTo: Schema.version)
    let comment = try #require(page.split(separator: "\n").first)
    // Line by line, so that a failure shows those that differ.
    let lines = "\(comment)\n\n\(made.sql)\n".components(separatedBy: "\n")
    #expect(page.components(separatedBy: "\n") == lines, "docs/schema.sql is not what the migrations make")
  }

  private func made(upTo version: Int) async throws -> (sql: String, version: Int?) {
    let folder = try TemporaryFolder()
    let queue = try DatabaseQueue(path: folder.database)
    try Schema.migrator.migrate(queue, upTo: "\(version)")
    return try await queue.read { db in
      let sql = try String.fetchAll(
        db,
        sql: """
          SELECT sql FROM sqlite_schema WHERE sql IS NOT NULL AND name NOT LIKE 'grdb_%'
          ORDER BY type = 'index', type, name
          """)
      return (sql.joined(separator: ";\n\n") + ";", try Int.fetchOne(db, sql: "PRAGMA user_version"))
    }
  }

  @Test("that a new database has is the newest version")
  func newest() async throws {
    let folder = try TemporaryFolder()
    let store = try await SQLiteStore.open(in: folder, .small())
    let version = try await store.database.read { db in try Int.fetchOne(db, sql: "PRAGMA user_version") }
    #expect(version == Schema.version)
  }
}
