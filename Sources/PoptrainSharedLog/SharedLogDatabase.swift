internal import Foundation
package import PopulationBasedTraining
internal import PoptrainSQLite
package import PoptrainStore
internal import Synchronization

internal import Glibc

/// A run that several processes train, each with a store of its own, in one log.
///
/// It is read from a copy: an SQLite file on the reader's machine that catches up with the log before each question.
package final class SharedLogDatabase: RunDatabase {
  private let log: any EntryLog
  private let copies: String
  private let place: String
  /// The number of the last entry that the copy is known to have.
  private let copied = Mutex(0)
  private let rules: @Sendable (_ experiment: String) throws(StoreError) -> Rules

  /// Names a run.
  ///
  /// - Parameters:
  ///   - copies: a folder of this machine for the copies that are read; it need not exist.
  ///   - place: tells logs apart that were one when a run was copied.
  ///   - rules: reads the rules of a recorded experiment.
  package init(
    _ log: any EntryLog, copies: String, place: String = "",
    rules: @escaping @Sendable (_ experiment: String) throws(StoreError) -> Rules
  ) {
    self.log = log
    self.copies = copies
    self.place = place
    self.rules = rules
  }

  package func identity() throws(StoreError) -> RunIdentity? {
    guard let copy = try copy() else { return nil }
    try catchUp(copy)
    return try SQLiteDatabase(path: copy).identity()
  }

  package func open(_ opening: RunOpening) async throws(StoreError) -> any RunStore {
    var opening = opening
    // Random, and nothing of a scheduler or a host: those give the same names again.
    opening.surroundings.process = randomToken()
    return try await LogStore(opening, in: log, rules: rules)
  }

  /// Asks all processes that train the run to stop: an entry of its log.
  package func requestStop() async throws(StoreError) {
    let log = PatientLog(log)
    await log.hurry()
    try await log.append(.stop, by: randomToken())
  }

  package func history(space: Space) throws(StoreError) -> any RunHistory {
    guard let copy = try copy() else { throw .notAStore("\(log) contains no run") }
    try catchUp(copy)
    let opened = inode(of: copy)
    return try SQLiteDatabase(path: copy) { [self] () throws(StoreError) in
      try catchUp(copy)
      guard inode(of: copy) == opened else {
        throw .unavailable("\(copy), through which \(log) is read, was removed meanwhile; run the same command again")
      }
    }.history(space: space)
  }

  /// Reads the log from its beginning, and so checks every entry of it.
  package func readAnew() throws(StoreError) {
    if let copy = try copy() { try replace(copy, through: try last()) }
  }

  /// The file of this user's copy of the run; none where the log is empty. A log that was copied has another.
  private func copy() throws(StoreError) -> String? {
    guard try last() > 0, let first = try entries(from: 1, through: 1).first else { return nil }
    try makePrivateFolder(copies)
    return "\(copies)/\(first.run)\(place).sqlite"
  }

  private func catchUp(_ copy: String) throws(StoreError) {
    let last = try copied.withLock({ $0 }) == 0 ? last() : lastKnown()
    // Most questions come while the log has not grown.
    guard copied.withLock({ $0 < last }) else { return }
    do throws(StoreError) {
      try add(to: copy, through: last)
    } catch {
      switch error {
      // Of the copy, or of the log, which a new copy tells.
      case .damaged, .notAStore: try replace(copy, through: last)
      default: throw error
      }
    }
    copied.withLock { $0 = max($0, last) }
  }

  /// Makes the copy anew. Those who read it go on, unless its file is of no use any more.
  private func replace(_ copy: String, through last: Int) throws(StoreError) {
    do throws(StoreError) {
      try add(to: copy, through: last, anew: true)
    } catch {
      switch error {
      case .damaged, .notAStore: RunCopy(path: copy).remove()
      default: throw error
      }
      do throws(StoreError) {
        try add(to: copy, through: last)
      } catch .damaged(copy, let what) {
        throw .damaged(path: "\(log)", what: what)
      }
    }
  }

  private func add(to copy: String, through last: Int, anew isAnew: Bool = false) throws(StoreError) {
    try RunCopy(path: copy).catchUp(anew: isAnew, rules: rules) { position throws(StoreError) in
      guard position.number < last else {
        // Another reader may have added what was written since; or the log was replaced by an older one.
        let now = try position.number == last ? last : self.last()
        guard position.number <= now else {
          throw .damaged(path: "\(log)", what: "it has \(now) entries, and had \(position.number)")
        }
        return []
      }
      let entries = try entries(from: position.number + 1, through: last)
      var (number, id) = (position.number, position.id)
      for entry in entries {
        guard entry.number == number + 1, entry.previous == id, entry.run == entries[0].run else {
          throw .damaged(path: "\(log)", what: "entry \(number + 1) does not follow the one before it")
        }
        (number, id) = (entry.number, entry.id)
      }
      return entries.map { entry in
        RunCopy.Step(
          RunCopy.Position(number: entry.number, id: entry.id), records: entry.delta.records,
          granted: entry.delta.granted, ended: entry.delta.ended)
      }
    }
  }

  private func last() throws(StoreError) -> Int {
    try asking { () throws(LogFailure) in try log.last() }
  }

  private func lastKnown() throws(StoreError) -> Int {
    try asking { () throws(LogFailure) in try log.lastKnown() }
  }

  private func entries(from first: Int, through last: Int) throws(StoreError) -> [LogEntry] {
    guard first <= last else { return [] }
    return try asking { () throws(LogFailure) in
      try log.blocks(backFrom: last) { $0.first <= first }
        .map { block throws(LogFailure) in try block.entries(from: first, in: log) }.flatMap { $0 }
    }
  }

  private func asking<Answer>(_ ask: () throws(LogFailure) -> Answer) throws(StoreError) -> Answer {
    do throws(LogFailure) { return try ask() } catch { throw error.asStoreError }
  }
}

private func inode(of path: String) -> ino_t? {
  var status = stat()
  return stat(path, &status) == 0 ? status.st_ino : nil
}

/// Makes a folder for copies of runs, unless there is one. It may be in a folder where anybody makes what they like, so it
/// must be this user's alone.
package func makePrivateFolder(_ path: String) throws(StoreError) {
  let above = URL(fileURLWithPath: path).deletingLastPathComponent().path
  try? FileManager.default.createDirectory(atPath: above, withIntermediateDirectories: true)
  mkdir(path, 0o700)
  var status = stat()
  guard lstat(path, &status) == 0, status.st_mode & (S_IFMT | 0o077) == S_IFDIR, status.st_uid == getuid() else {
    throw .unavailable(
      "\(path), where runs are copied to for reading, must be a folder that is yours alone; set XDG_CACHE_HOME to another"
    )
  }
}
