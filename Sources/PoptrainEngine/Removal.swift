internal import Foundation
internal import PoptrainCheckpoints
package import PoptrainRuns
internal import PoptrainStore
internal import PoptrainTrainers
internal import PopulationBasedTraining

internal import Glibc

/// Deleting a run with its folder; while it lives, no engine can train the run.
///
/// What the run has not made stays. The database goes last, and then the lock, so that a removal that was cut off is
/// finished by another one.
package struct Removal: Sendable {
  /// How many checkpoints there are.
  package private(set) var checkpoints = 0
  /// The size of what is removed.
  package private(set) var bytes = 0
  /// What stays, since the run has not made it, relative to the folder.
  package private(set) var foreign: [String] = []

  private let directory: RunDirectory
  private let lock: RunLock?
  private let id: String?
  private let bucket: BucketRemoval?

  /// Looks through the folder of a run that no engine trains.
  package init(_ directory: RunDirectory) throws(RunError) {
    self.directory = directory
    if let target = directory.linkTarget {
      throw .link(path: directory.shown, target: target)
    }
    id = try Removal.identify(directory)
    try directory.checkKinds()
    lock = try directory.takenFromEngines()
    // The database is removed last, so a user without that right is refused before anything is deleted.
    try directory.checkRemovalFromDatabase()
    bucket = try directory.bucket.map(BucketRemoval.init)
    if let bucket {
      (checkpoints, bytes, foreign) = (bucket.checkpoints, bucket.bytes, bucket.foreign)
      return
    }
    do {
      let parts = parts
      for part in parts where directory.isThere(part.name) {
        for entry in try FolderEntry.list("\(directory.path)/\(part.name)") {
          if parts.contains(where: { $0.name == "\(part.name)\(entry.shown)/" }) {
            // What is in it is looked at there.
            continue
          } else if part.owns(entry.name, entry.kind) {
            bytes += entry.bytes
            checkpoints += part.name == "checkpoints/" && entry.shown != ".incoming" ? 1 : 0
          } else {
            foreign.append(part.name + entry.shown)
          }
        }
      }
    } catch {
      throw .cannotRead(path: directory.shown, reason: "\(error)")
    }
  }

  /// Removes the run.
  package func remove() throws(RunError) {
    if let id { _ = StrayProcesses.end(ofRun: id) }
    if let bucket {
      try bucket.remove()
      try? FileManager.default.removeItem(atPath: directory.path)
      return try directory.removeFromDatabase()
    }
    do {
      let parts = parts
      for part in parts where ["checkpoints/", "logs/"].contains(part.name) { try remove(part) }
      let database = ["population.sqlite-wal", "population.sqlite-shm", "population.sqlite"]
      try remove(Part.top) { !database.contains($0) && $0 != ".lock" }
      for file in database { try remove(Part.top) { $0 == file } }
      for part in parts where part.name.hasPrefix("log/") { try remove(part) }
      try remove(Part.top)
      try directory.removeFromDatabase()
    } catch let error as RunError {
      throw error
    } catch {
      throw .cannotWrite(
        path: directory.shown, reason: "\(error). The run is removed in part; removing it again removes the rest")
    }
  }

  /// Removes what the run has in a part, and then the folder, unless there is something left in it.
  private func remove(_ part: Part, where isRemoved: (String) -> Bool = { _ in true }) throws {
    let path = part.name.isEmpty ? directory.path : "\(directory.path)/\(part.name.dropLast())"
    guard directory.isThere(part.name) else { return }
    let own = try FolderEntry.list(path).filter { part.owns($0.name, $0.kind) }
    let names = Set(own.compactMap(\.name).filter(isRemoved))
    try FolderEntry.remove(from: path) { $0.map(names.contains) ?? false }
    guard rmdir(path) != 0, ![ENOENT, ENOTEMPTY, EEXIST].contains(errno) else { return }
    throw RunError(writing: path, errno: errno)
  }

  /// Checks that a folder is that of a run, or what a removal that was cut off has left of one.
  ///
  /// - Returns: the id of the run, where it can be read.
  private static func identify(_ directory: RunDirectory) throws(RunError) -> String? {
    let isEmpty =
      directory.isFolder && (try? FileManager.default.contentsOfDirectory(atPath: directory.path).isEmpty) ?? false
    guard directory.holdsRun || directory.wasLocked || isEmpty else {
      if case .cannotRead = directory.absence { throw directory.absence }
      throw .cannotRemove("\(directory.shown) is not a run of Poptrain, and nothing was removed")
    }
    guard directory.holdsRun else { return nil }
    do {
      return try directory.database.identity()?.id
    } catch {
      switch error {
      case .newerVersion: throw .store(error)
      case .notAStore where !directory.wasLocked: throw .store(error)
      // A run may be removed since it is damaged.
      default: return nil
      }
    }
  }

  /// The folders in which the run has things of its own. Those of the log are in the order in which they are removed: its
  /// first entries last.
  private var parts: [Part] {
    [Part.top, Part.checkpoints, Part.logs] + (directory.isShared && directory.isFolder ? Part.log(of: directory) : [])
  }
}

/// A folder in which a run has things of its own.
private struct Part: Sendable {
  /// Relative to the folder of the run, with a `/` at its end; empty: that folder.
  let name: String
  private let isOwn: @Sendable (_ name: String, _ kind: FileStatus.Kind) -> Bool

  /// Whether a run makes such a thing here.
  func owns(_ name: String?, _ kind: FileStatus.Kind) -> Bool { name.map { isOwn($0, kind) } ?? false }

  static let top = Part(name: "") { name, kind in
    switch kind {
    case .folder: false
    // A link to a folder.
    case .other: ["best", ".best.new"].contains(name)
    case .file:
      // Besides the database: its log, its memory, and what shows whether there is room.
      [".lock", "experiment.yaml", "tests.json"].contains(name)
        || name.hasPrefix("population.sqlite") || name.hasPrefix(".poptrain-")
    }
  }
  static let checkpoints = Part(name: "checkpoints/") { name, kind in
    kind == .folder && (name == ".incoming" || CheckpointID(name).isReserved)
  }
  static let logs = Part(name: "logs/") { name, kind in
    kind == .file && name.hasPrefix("worker-") && name.hasSuffix(".log")
  }

  static func log(of directory: RunDirectory) -> [Part] {
    let folders = directory.entryFolders.sorted().reversed()
    let entries = folders.map { folder in
      Part(name: "log/\(folder)/") { name, kind in
        kind == .file && (name.hasPrefix(".new-") || name.count == 10 && name.allSatisfy(\.isWholeNumber))
      }
    }
    let pulses = Part(name: "log/pulse/") { _, kind in kind == .file }
    let log = Part(name: "log/") { name, kind in kind == .file && name == "HEAD" }
    return [pulses] + entries + [log]
  }
}

extension RunDirectory {
  fileprivate func isThere(_ part: String) -> Bool { FileManager.default.fileExists(atPath: "\(path)/\(part)") }
}
