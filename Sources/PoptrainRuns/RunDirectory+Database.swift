internal import Foundation
internal import PoptrainCheckpoints
internal import PoptrainPostgres
internal import PoptrainS3
internal import PoptrainSharedLog
internal import PoptrainStore

// A run whose history is in a PostgreSQL database. All else is in a folder or a bucket, which its first entry names.
extension RunDirectory {
  /// Names a run in a database, and asks that where its checkpoints are.
  ///
  /// - Parameter checkpoints: the folder or bucket for them, to begin a run.
  init(database url: String, checkpoints: String?) throws(RunError) {
    let place: PostgresPlace
    do throws(PostgresFailure) {
      place = try PostgresPlace(url, environment: ProcessInfo.processInfo.environment)
    } catch {
      // Not with the place, which may have a password in it.
      throw .wrongPlace("a run in PostgreSQL", "\(error)")
    }
    let given = try checkpoints.map(RunDirectory.files)
    let log = PostgresLog(place, checkpoints: given?.address)
    let recorded = try RunDirectory.asking(url) { () throws(LogFailure) in try log.checkpoints() }
    guard let recorded = try recorded.map(RunDirectory.files) else {
      guard let given else { throw .needsCheckpoints(path: url) }
      try given.checkUnused(log, url)
      self.init(path: given.path, shown: url, name: place.name, bucket: given.bucket, log: log)
      return
    }
    guard given == nil || given?.address == recorded.address else {
      throw .wrongPlace(url, "its checkpoints are in \(recorded.address), and not in \(given?.address ?? "")")
    }
    self.init(path: recorded.path, shown: url, name: place.name, bucket: recorded.bucket, log: log)
  }

  /// The place of the files of such a run.
  private static func files(_ place: String) throws(RunError) -> RunDirectory {
    guard place.hasPrefix("/") || place.hasPrefix("s3://") else {
      throw .wrongPlace(place, "checkpoints are in a folder, named from `/` on, or in a bucket: s3://bucket/prefix")
    }
    return try RunDirectory(place: place)
  }

  /// Checks that no other run has its checkpoints here: each would remove those of the other.
  private func checkUnused(_ log: PostgresLog, _ url: String) throws(RunError) {
    let found = holdsRun ? "a run" : bucket == nil ? foreignContent : try anyCheckpoint()
    // Another process may have begun this very run since.
    guard let found, try RunDirectory.asking(url, { () throws(LogFailure) in try log.checkpoints() }) == nil else {
      return
    }
    throw .wrongPlace(
      address, "it contains \(found), and a run in a database needs a place for its checkpoints that no other has")
  }

  /// Checks that what a run in a database has there may be removed.
  package func checkRemovalFromDatabase() throws(RunError) {
    guard let log = remoteLog as? PostgresLog else { return }
    try RunDirectory.asking(shown) { () throws(LogFailure) in try log.checkRemoval() }
  }

  /// Removes what a run in a database has there.
  package func removeFromDatabase() throws(RunError) {
    guard let log = remoteLog as? PostgresLog else { return }
    try RunDirectory.asking(shown) { () throws(LogFailure) in try log.remove() }
  }

  private static func asking<Answer>(
    _ url: String, _ ask: () throws(LogFailure) -> Answer
  ) throws(RunError) -> Answer {
    do throws(LogFailure) { return try ask() } catch {
      switch error {
      case .refused(let reason): throw .wrongPlace(url, "\(reason)")
      case .noAnswer: throw .store(error.asStoreError)
      }
    }
  }
}
