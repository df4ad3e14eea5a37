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
      for part in Part.allCases where part.isThere(in: directory) {
        for entry in try FolderEntry.list(part.path(in: directory)) {
          if part.owns(entry.name, entry.kind, in: directory) {
            // What is in these two is counted in them.
            bytes += part == .top && ["checkpoints", "logs"].contains(entry.name) ? 0 : entry.bytes
            checkpoints += part == .checkpoints && entry.shown != ".incoming" ? 1 : 0
          } else {
            foreign.append(part.rawValue + entry.shown)
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
      for part in [Part.checkpoints, .logs] where part.isThere(in: directory) {
        try remove(owned(part), from: part)
        try removeIfEmpty(part.path(in: directory))
      }
      let last = [["population.sqlite-wal", "population.sqlite-shm"], ["population.sqlite", "log"], [".lock"]]
      let owned = try owned(.top)
      let first = owned.subtracting(["checkpoints", "logs"]).subtracting(last.joined())
      for names in [first] + last.map(owned.intersection) { try remove(names, from: .top) }
      try removeIfEmpty(directory.path)
      try directory.removeFromDatabase()
    } catch let error as RunError {
      throw error
    } catch {
      throw .cannotWrite(
        path: directory.shown, reason: "\(error). The run is removed in part; removing it again removes the rest")
    }
  }

  private func owned(_ part: Part) throws(CheckpointError) -> Set<String> {
    let entries = try FolderEntry.list(part.path(in: directory))
    return Set(entries.filter { part.owns($0.name, $0.kind, in: directory) }.compactMap(\.name))
  }

  private func remove(_ names: Set<String>, from part: Part) throws(CheckpointError) {
    try FolderEntry.remove(from: part.path(in: directory)) { $0.map(names.contains) ?? false }
  }

  private func removeIfEmpty(_ folder: String) throws(RunError) {
    guard rmdir(folder) != 0, ![ENOENT, ENOTEMPTY, EEXIST].contains(errno) else { return }
    throw RunError(writing: folder, errno: errno)
  }

  /// Checks that a folder is that of a run, or what a removal that was cut off has left of one.
  ///
  /// - Returns: the id of the run, where it can be read.
  private static func identify(_ directory: RunDirectory) throws(RunError) -> String? {
    let isEmpty =
      directory.isFolder && (try? FileManager.default.contentsOfDirectory(atPath: directory.path).isEmpty) ?? false
    guard directory.holdsRun || directory.wasLocked || isEmpty else {
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

  /// The folders in which a run has things of its own.
  private enum Part: String, CaseIterable {
    case top = ""
    case checkpoints = "checkpoints/"
    case logs = "logs/"

    func path(in directory: RunDirectory) -> String {
      switch self {
      case .top: directory.path
      case .checkpoints: directory.checkpoints
      case .logs: directory.logs
      }
    }

    func isThere(in directory: RunDirectory) -> Bool {
      FileManager.default.fileExists(atPath: path(in: directory))
    }

    /// Whether a run makes such a thing here.
    func owns(_ name: String?, _ kind: FileStatus.Kind, in directory: RunDirectory) -> Bool {
      guard let name else { return false }
      switch (self, kind) {
      case (.top, .folder): return ["checkpoints", "logs"].contains(name) || name == "log" && directory.isShared
      // A link to a folder.
      case (.top, .other): return ["best", ".best.new"].contains(name)
      case (.top, .file):
        // Besides the database: its log, its memory, and what shows whether there is room.
        return [".lock", "experiment.yaml", "tests.json"].contains(name)
          || name.hasPrefix("population.sqlite") || name.hasPrefix(".poptrain-")
      case (.checkpoints, .folder): return name == ".incoming" || CheckpointID(name).isReserved
      case (.logs, .file): return name.hasPrefix("worker-") && name.hasSuffix(".log")
      case (.checkpoints, _), (.logs, _): return false
      }
    }
  }
}
