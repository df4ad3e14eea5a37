package import Foundation
package import PoptrainPostgres
internal import PoptrainStore

/// A log in a PostgreSQL database: a row for each entry. The tables are made when something is first written.
///
/// Each entry is durable, also where that was not asked for: a server that is killed forgets others, and unlike after a
/// power cut, the processes that know of them live on.
package final class PostgresLog: EntryLog, CustomStringConvertible {
  private let database: PostgresDatabase
  private let run: PostgresValue
  private let ownCheckpoints: String

  /// Takes the place of a run.
  ///
  /// - Parameter checkpoints: where they are to be, if this process begins the run.
  package init(_ place: PostgresPlace, checkpoints: String?) {
    database = PostgresDatabase(place)
    run = .text(place.run)
    ownCheckpoints = checkpoints ?? ""
  }

  package var description: String { "run \(database.place.run) in \(database.place)" }

  private static let tables = [
    """
    CREATE TABLE poptrain_entries (
      run text, number bigint, contents bytea NOT NULL, checkpoints text UNIQUE, PRIMARY KEY (run, number))
    """,
    """
    CREATE TABLE poptrain_pulses (
      run text, process text, count bigint NOT NULL, said_at timestamptz NOT NULL, PRIMARY KEY (run, process))
    """,
  ]

  /// Where the checkpoints of the run are, as its first entry says; none where it has not begun.
  package func checkpoints() throws(LogFailure) -> String? {
    try rows("SELECT checkpoints FROM poptrain_entries WHERE run = $1 AND number = 1").first?.first?.text
  }

  /// Checks that this user may remove the run, and removes nothing.
  package func checkRemoval() throws(LogFailure) {
    for table in ["poptrain_pulses", "poptrain_entries"] {
      _ = try rows("DELETE FROM \(table) WHERE run = $1 AND false")
    }
  }

  /// Removes all that there is of the run.
  package func remove() throws(LogFailure) {
    _ = try rows("DELETE FROM poptrain_pulses WHERE run = $1")
    _ = try rows("DELETE FROM poptrain_entries WHERE run = $1")
  }

  package func create(_ number: Int, _ contents: Data, isDurable: Bool) throws(LogFailure) -> Bool {
    // Not without the one before: a process that comes back after the run was removed must leave nothing. And not where
    // another process was first to begin the run, with its checkpoints elsewhere.
    let created = try rows(
      """
      INSERT INTO poptrain_entries SELECT $1, $2::bigint, $3, nullif($4, '')
      WHERE $2 = '1' OR EXISTS (SELECT FROM poptrain_entries WHERE run = $1 AND number = $2::bigint - 1)
        AND ($5 = '' OR EXISTS (SELECT FROM poptrain_entries WHERE run = $1 AND number = 1 AND checkpoints = $5))
      ON CONFLICT (run, number) DO NOTHING RETURNING run
      """,
      [.text("\(number)"), .bytes(contents), .text(number == 1 ? ownCheckpoints : ""), .text(ownCheckpoints)],
      isWrite: true)
    guard created.isEmpty else { return true }
    if !ownCheckpoints.isEmpty, let others = try checkpoints(), others != ownCheckpoints {
      throw .refused(.unavailable("\(self) was begun by another process, with its checkpoints in \(others)"))
    }
    return false
  }

  package func read(_ number: Int) throws(LogFailure) -> Data {
    let rows = try rows(
      "SELECT contents FROM poptrain_entries WHERE run = $1 AND number = $2::bigint", [.text("\(number)")])
    guard let contents = rows.first?.first ?? nil else { throw .noAnswer("entry \(number) of \(self) is not there") }
    return contents
  }

  package func lastKnown() throws(LogFailure) -> Int { try last() }

  package func last() throws(LogFailure) -> Int {
    try rows("SELECT max(number)::text FROM poptrain_entries WHERE run = $1").first?.first?.text.flatMap { Int($0) }
      ?? 0
  }

  package func beat(_ process: String, _ count: Int) throws(LogFailure) {
    _ = try rows(
      """
      INSERT INTO poptrain_pulses VALUES ($1, $2, $3::bigint, clock_timestamp())
      ON CONFLICT (run, process) DO UPDATE SET count = excluded.count, said_at = excluded.said_at
      """, [.text(process), .text("\(count)")], isWrite: true)
  }

  package func leave(_ process: String) throws(LogFailure) {
    _ = try rows("DELETE FROM poptrain_pulses WHERE run = $1 AND process = $2", [.text(process)])
  }

  package func pulse(of process: String) throws(LogFailure) -> Int? {
    let rows = try rows("SELECT count::text FROM poptrain_pulses WHERE run = $1 AND process = $2", [.text(process)])
    return rows.first?.first?.text.flatMap { Int($0) }
  }

  package func pulses() throws(LogFailure) -> [Pulse] {
    try rows("SELECT process, extract(epoch FROM said_at)::text FROM poptrain_pulses WHERE run = $1").compactMap {
      row in
      guard row.count == 2, let process = row[0].text, let seconds = row[1].text.flatMap({ Double($0) }) else {
        return nil
      }
      return Pulse(process: process, saidAt: Date(timeIntervalSince1970: seconds))
    }
  }

  /// Does a statement about the run, which is `$1` in it.
  ///
  /// - Parameter isWrite: whether it needs the tables; without them, others find nothing.
  private func rows(
    _ sql: String, _ values: [PostgresValue] = [], isWrite: Bool = false
  ) throws(LogFailure) -> [[Data?]] {
    do throws(PostgresFailure) {
      return try database.ask(sql, [run] + values)
    } catch .refused(_, code: "42P01") {
      guard isWrite else { return [] }
      try makeTables()
      return try rows(sql, values)
    } catch {
      throw LogFailure(error)
    }
  }

  private func makeTables() throws(LogFailure) {
    for table in PostgresLog.tables {
      do throws(PostgresFailure) {
        _ = try database.ask(table, [])
      } catch .refused(_, code: let code) where ["42P07", "23505"].contains(code) {
        // It is there, or another process makes it at this moment.
      } catch {
        throw LogFailure(error)
      }
    }
  }
}

extension Data? {
  fileprivate var text: String? { map { String(decoding: $0, as: UTF8.self) } }
}

extension LogFailure {
  fileprivate init(_ failure: PostgresFailure) {
    switch failure {
    case .noAnswer(let message): self = .noAnswer(message)
    case .refused(_, code: "23505"):
      self = .refused(
        .unavailable(
          "another run in this database has its checkpoints there, and each needs a place of its own"))
    case .refused(let message, _): self = .refused(.unavailable(message))
    }
  }
}
