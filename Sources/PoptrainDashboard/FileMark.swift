internal import Foundation
internal import Glibc
internal import PoptrainRuns

/// What shows that the database of a run may have changed.
struct FileMark: Sendable {
  private struct File: Equatable {
    let device: UInt
    let inode: UInt
    let size: Int
    let seconds: Int
    let nanoseconds: Int
  }

  private let database: File?
  private let log: File?
  /// The last entry of a log in a bucket or a database.
  private let lastEntry: Int?
  /// Whether an engine holds the lock of the run.
  private let isRunning: Bool
  /// Seconds since 1970.
  private let takenAt: Double

  init(_ directory: RunDirectory) {
    takenAt = Date().timeIntervalSince1970
    database = FileMark.file(directory.isShared ? directory.log + "/HEAD" : directory.databaseFile)
    log = FileMark.file(directory.databaseFile + "-wal")
    lastEntry = directory.lastEntry
    isRunning = directory.isLocked
  }

  /// Whether nothing was written between two marks. What was written within the second before the first one counts as
  /// written since: clocks of file systems are coarse.
  func isUnchanged(since earlier: FileMark) -> Bool {
    let times = [earlier.database, earlier.log].compactMap { $0.map { Double($0.seconds) } }
    return (database, log, lastEntry) == (earlier.database, earlier.log, earlier.lastEntry)
      && isRunning == earlier.isRunning
      && times.allSatisfy { $0 + 2 < earlier.takenAt }
  }

  /// Whether it is another file that has the name.
  func isAnotherFile(than earlier: FileMark) -> Bool {
    database?.device != earlier.database?.device || database?.inode != earlier.database?.inode
  }

  private static func file(_ path: String) -> File? {
    var status = stat()
    guard stat(path, &status) == 0 else { return nil }
    return File(
      device: UInt(status.st_dev), inode: UInt(status.st_ino), size: Int(status.st_size),
      seconds: status.st_mtim.tv_sec, nanoseconds: status.st_mtim.tv_nsec)
  }
}
