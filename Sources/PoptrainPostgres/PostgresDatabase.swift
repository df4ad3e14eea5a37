package import Foundation
internal import Synchronization

/// A database, asked over one connection, which is opened when it is needed and again when it was lost. Every call blocks,
/// for a minute at most, and may be made by any thread but one of the network's.
package final class PostgresDatabase: Sendable {
  package let place: PostgresPlace
  private let connection = Mutex<PostgresConnection?>(nil)

  package init(_ place: PostgresPlace) { self.place = place }

  /// Does a statement that is safe to repeat: if its answer is lost, it may have happened or not.
  ///
  /// - Parameter values: what is meant by `$1`, `$2`, …; texts and bytes.
  /// - Returns: the values of its rows, which must be text or bytes.
  package func ask(_ sql: String, _ values: [PostgresValue]) throws(PostgresFailure) -> [[Data?]] {
    try connection.withLock { connection throws(PostgresFailure) in
      if let open = connection {
        do throws(PostgresFailure) { return try open.ask(sql, values) } catch {
          // It may have been closed long ago.
          guard case .noAnswer = error else { throw error }
        }
      }
      connection = nil
      let new = try PostgresConnection(to: place)
      connection = new
      return try new.ask(sql, values)
    }
  }
}
