internal import GRDB
internal import PoptrainStore

internal import Glibc

extension RunReader {
  /// Opens a database read-only, and checks that it is one of a run, of a version that can be read.
  static func open(_ path: String) throws(StoreError) -> any DatabaseReader {
    var configuration = Configuration()
    configuration.readonly = true
    configuration.busyMode = .timeout(5)
    return try storing(in: path) {
      let database: DatabaseQueue
      do {
        database = try DatabaseQueue(path: path, configuration: configuration)
        try database.read { db in _ = try Int.fetchOne(db, sql: "SELECT count(*) FROM sqlite_schema") }
      } catch let error as DatabaseError where [.SQLITE_CANTOPEN, .SQLITE_READONLY].contains(error.resultCode) {
        // A folder where nothing may be created: without the files beside it, the database cannot change either.
        guard !holdsData(path + "-wal") else {
          throw StoreError.unavailable(
            """
            \(path) was not closed, and reading it needs the right to write into its folder: copy the whole folder to \
            where you may write, and read the copy
            """)
        }
        let immutable = immutableURI(path)
        return try DatabaseQueue(path: immutable, configuration: configuration)
      }
      try database.read { db in try checkVersion(db, path: path) }
      return database
    }
  }

  /// The database, or a copy of an older one in memory that is as it would be now.
  static func upToDate(_ database: any DatabaseReader) throws -> any DatabaseReader {
    let version = try database.read { db in try Int.fetchOne(db, sql: "PRAGMA user_version") }
    guard let version, 0 < version, version < Schema.version else { return database }
    let copy = try DatabaseQueue()
    try database.backup(to: copy)
    try Schema.migrator.migrate(copy)
    return copy
  }

  /// Refuses a database of a newer version, or one that is not ours.
  static func checkVersion(_ db: Database, path: String) throws {
    let tables = try String.fetchSet(db, sql: "SELECT name FROM sqlite_schema WHERE type = 'table'")
    let version = try Int.fetchOne(db, sql: "PRAGMA user_version") ?? 0
    let isOurs = tables.contains("grdb_migrations")
    guard !isOurs || version <= Schema.version else {
      throw StoreError.newerVersion(found: version, known: Schema.version, path: path)
    }
    let isNew = version == 0 && tables.subtracting(["grdb_migrations"]).isEmpty
    guard isNew || (isOurs && tables.isSuperset(of: ["events", "intervals", "members", "run"])) else {
      throw StoreError.notAStore("\(path) is not the database of a run")
    }
  }
}

private func holdsData(_ path: String) -> Bool {
  var status = stat()
  return stat(path, &status) == 0 && status.st_size > 0
}

/// The URI that opens a database as immutable, without locks or files beside it.
private func immutableURI(_ path: String) -> String {
  let allowed = path.utf8.map { byte -> String in
    let isPlain =
      (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte | 0x20)
      || (UInt8(ascii: "-")...UInt8(ascii: "9")).contains(byte) || byte == UInt8(ascii: "_")
    return isPlain ? String(UnicodeScalar(byte)) : "%" + (byte < 16 ? "0" : "") + String(byte, radix: 16)
  }
  return "file:\(allowed.joined())?immutable=1"
}
