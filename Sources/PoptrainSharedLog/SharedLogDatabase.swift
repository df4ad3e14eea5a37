internal import Foundation
package import PopulationBasedTraining
internal import PoptrainSQLite
package import PoptrainStore

/// A run that several processes train, each with a store of its own, in one log.
///
/// Whoever reads it does so in a copy of its own, an SQLite file of this machine that catches up with the log.
package struct SharedLogDatabase: RunDatabase {
  private let log: any EntryLog
  private let copies: String
  private let executor: (any TaskExecutor)?
  private let rules: @Sendable (_ experiment: String) throws(StoreError) -> Rules

  /// Names a run.
  ///
  /// - Parameters:
  ///   - copies: a folder of this machine for the copies that are read; it need not exist.
  ///   - executor: runs what a store does besides its calls; none: where all tasks run.
  ///   - rules: reads the rules of a recorded experiment.
  package init(
    _ log: any EntryLog, copies: String, executor: (any TaskExecutor)? = nil,
    rules: @escaping @Sendable (_ experiment: String) throws(StoreError) -> Rules
  ) {
    self.log = log
    self.copies = copies
    self.executor = executor
    self.rules = rules
  }

  package func identity() throws(StoreError) -> RunIdentity? {
    guard let database = try upToDate() else { return nil }
    return try database.identity()
  }

  package func open(_ opening: RunOpening) async throws(StoreError) -> any RunStore {
    var opening = opening
    // Random, and nothing of a scheduler or a host: those give the same names again.
    opening.surroundings.process = randomToken()
    return try await LogStore(opening, in: log, executor: executor, rules: rules)
  }

  package func history(space: Space) throws(StoreError) -> any RunHistory {
    guard let database = try upToDate() else { throw .notAStore("\(log) contains no run") }
    return try database.history(space: space)
  }

  /// The copy, which has caught up; none where the log is empty.
  private func upToDate() throws(StoreError) -> SQLiteDatabase? {
    let last = try asking { () throws(LogFailure) in try log.lastKnown() }
    guard last > 0, let first = try entries(from: 1, through: 1).first else { return nil }
    let path = "\(copies)/\(first.run).sqlite"
    do {
      try FileManager.default.createDirectory(
        atPath: copies, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
    } catch {
      throw .unavailable("\(copies) cannot be made, where runs are copied to for reading: \(error.localizedDescription)")
    }
    try RunCopy(path: path).catchUp(rules: rules) { position throws(StoreError) in
      let entries = try entries(from: position.number + 1, through: last)
      if let next = entries.first, next.previous != position.id {
        throw .damaged(path: "\(log)", what: "entry \(next.number) does not follow the one that \(path) ends with")
      }
      return entries.map { entry in
        RunCopy.Step(
          RunCopy.Position(number: entry.number, id: entry.id), records: entry.delta.records,
          granted: entry.delta.granted, ended: entry.delta.ended)
      }
    }
    return SQLiteDatabase(path: path)
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
