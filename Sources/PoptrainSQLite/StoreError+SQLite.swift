internal import GRDB
internal import PoptrainStore

internal import Glibc

/// Turns the errors of the database into ours.
func storing<Answer>(in path: String = "this file", _ body: () throws -> Answer) throws(StoreError) -> Answer {
  do { return try body() } catch { throw StoreError(error, in: path) }
}

extension StoreError {
  /// An error of the database, in words.
  init(_ error: any Error, in path: String = "this file") {
    self =
      switch error {
      case let error as StoreError: error
      case let error as DatabaseError where error.resultCode == .SQLITE_FULL:
        .diskFull(path: path)
      // When a quota is used up, or there is no space for the files beside the database, SQLite reports only an I/O error.
      case let error as DatabaseError
      where [.SQLITE_IOERR, .SQLITE_CANTOPEN].contains(error.resultCode) && lacksRoom(path):
        .diskFull(path: path)
      case let error as StoredDamage: .damaged(path: path, what: error.what)
      case let error as RowDecodingError: .damaged(path: path, what: "\(error)")
      case let error as DatabaseError
      where [.SQLITE_CORRUPT, .SQLITE_ERROR, .SQLITE_MISMATCH, .SQLITE_CONSTRAINT].contains(error.resultCode):
        .damaged(path: path, what: error.message ?? "\(error)")
      case let error as DatabaseError where error.resultCode == .SQLITE_NOTADB:
        .notAStore("\(path) is not the database of a run")
      default: .unavailable("the store could not be used: \(error)")
      }
  }
}

/// Whether nothing more can be written beside a file.
private func lacksRoom(_ path: String) -> Bool {
  let probe = path + ".room-\(UInt64.random(in: 0...UInt64.max))"
  let descriptor = open(probe, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o600)
  guard descriptor >= 0 else { return errno == ENOSPC || errno == EDQUOT }
  defer {
    close(descriptor)
    unlink(probe)
  }
  let bytes = [UInt8](repeating: 1, count: 1 << 16)
  let count = bytes.withUnsafeBytes { write(descriptor, $0.baseAddress, $0.count) }
  return count < 0 ? errno == ENOSPC || errno == EDQUOT : count < bytes.count
}
