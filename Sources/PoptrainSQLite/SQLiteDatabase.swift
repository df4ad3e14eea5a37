package import PopulationBasedTraining
package import PoptrainStore

/// A run in an SQLite file.
///
/// The caller holds the run's lock while it has the run open, so leases that are found then belong to the dead. Readers may
/// come at any time. A file of an older version is brought up to date when it is opened, and read as it would be then.
package struct SQLiteDatabase: RunDatabase {
  private let path: String
  private let refresh: (@Sendable () throws(StoreError) -> Void)?

  /// Names a file, which need not exist.
  ///
  /// - Parameter refresh: brings the file up to date, before each question of who reads it; none: its engine does.
  package init(path: String, refresh: (@Sendable () throws(StoreError) -> Void)? = nil) {
    self.path = path
    self.refresh = refresh
  }

  package func identity() throws(StoreError) -> RunIdentity? {
    try RunReader.identity(path: path)
  }

  package func open(_ opening: RunOpening) async throws(StoreError) -> any RunStore {
    try await SQLiteStore(opening, path: path)
  }

  package func history(space: Space) throws(StoreError) -> any RunHistory {
    try RunReader(path: path, space: space, refresh: refresh)
  }
}
