package import PopulationBasedTraining
internal import Synchronization

internal import Glibc

/// What a worker does with checkpoints.
package protocol CheckpointStorage: Sendable {
  /// Where a published checkpoint is.
  func path(of checkpoint: CheckpointID) -> String
  /// Makes an empty folder for a trainer to save into.
  func begin(_ checkpoint: CheckpointID) throws(CheckpointError) -> String
  /// Makes a checkpoint of what was saved. Afterwards it exists completely, or not at all.
  func publish(_ checkpoint: CheckpointID) throws(CheckpointError)
  /// Checks that a checkpoint is what was published: sizes always, contents where this process has not seen them yet.
  func verify(_ checkpoint: CheckpointID) throws(CheckpointError)
  /// Throws away what was saved for an interval that came to nothing.
  func discard(_ checkpoint: CheckpointID) throws(CheckpointError)
  /// Removes a checkpoint that the store has collected.
  func remove(_ checkpoint: CheckpointID) throws(CheckpointError)
  /// Points the link `best`, beside the folder, at a checkpoint.
  func pointBest(to checkpoint: CheckpointID) throws(CheckpointError)
  /// Whether the disk has room for anything worth saving.
  func hasRoom() -> Bool
}

extension CheckpointStorage {
  /// There is always room, where nothing is written to a disk.
  package func hasRoom() -> Bool { true }
}

/// Checkpoints that several processes write and remove.
package protocol SharedCheckpointStorage: CheckpointStorage {
  /// The names of all that there are, published or not.
  func names() throws(CheckpointError) -> Set<CheckpointID>
}

extension SharedCheckpointStorage {
  /// Removes checkpoints that are no longer needed. Failures are ignored: another process may be removing the same ones.
  package func removeAll(_ checkpoints: Set<CheckpointID>) {
    for checkpoint in checkpoints {
      try? discard(checkpoint)
      try? remove(checkpoint)
    }
  }
}

/// The checkpoints of a run: `checkpoints/<id>/`, each an immutable folder.
///
/// A trainer saves into `checkpoints/.incoming/<id>/`. Publishing flushes what it saved, adds a manifest, takes away the
/// right to write, and renames the folder into place without replacing anything. So a folder `checkpoints/<id>` is
/// complete whenever it exists, whatever crashes. Nothing is ever copied: to inherit a checkpoint is to refer to it.
package final class CheckpointFolder: SharedCheckpointStorage {
  /// The folder `checkpoints`.
  package let path: String
  private let isDurable: Bool
  let calls: any FileCalls
  /// Checkpoints whose contents this process knows to be right: it has written or checked them.
  private let known = Mutex<Set<CheckpointID>>([])

  /// Takes a folder, and creates it where it does not exist.
  ///
  /// - Parameters:
  ///   - isDurable: whether a published checkpoint survives a power cut.
  ///   - calls: the file system.
  package init(
    path: String, isDurable: Bool, calls: any FileCalls = SystemFileCalls()
  ) throws(CheckpointError) {
    self.path = path
    self.isDurable = isDurable
    self.calls = calls
    try calls.makeFolder(path, mayExist: true)
    try calls.makeFolder(path + "/.incoming", mayExist: true)
    if isDurable { try calls.flushFolder(path + "/..") }
  }

  package func path(of checkpoint: CheckpointID) -> String { "\(path)/\(checkpoint)" }

  private func incomingPath(of checkpoint: CheckpointID) -> String { "\(path)/.incoming/\(checkpoint)" }

  package func begin(_ checkpoint: CheckpointID) throws(CheckpointError) -> String {
    let incoming = incomingPath(of: checkpoint)
    try calls.makeFolder(incoming, mayExist: false)
    return incoming
  }

  package func publish(_ checkpoint: CheckpointID) throws(CheckpointError) {
    let incoming = incomingPath(of: checkpoint)
    let manifest = try Manifest(sealing: incoming, isDurable: isDurable, calls: calls)
    guard !manifest.files.isEmpty else { throw .empty(incoming) }
    guard calls.renameWithoutReplacing(incoming, to: path(of: checkpoint)) == 0 else {
      let error = CheckpointError.last("rename", path(of: checkpoint))
      // So that it can be published again when there is room.
      _ = calls.unlink(at: AT_FDCWD, "\(incoming)/\(Manifest.name)", 0)
      throw error
    }
    // Only now, since a folder without the right to write cannot be moved.
    _ = calls.chmod(at: AT_FDCWD, path(of: checkpoint), 0o555)
    if isDurable { try calls.flushFolder(path) }
    known.withLock { _ = $0.insert(checkpoint) }
  }

  package func verify(_ checkpoint: CheckpointID) throws(CheckpointError) {
    let isKnown = known.withLock { $0.contains(checkpoint) }
    try Manifest(of: checkpoint, at: path(of: checkpoint), calls: calls).verify(contents: !isKnown)
    known.withLock { _ = $0.insert(checkpoint) }
  }

  package func discard(_ checkpoint: CheckpointID) throws(CheckpointError) {
    try calls.removeTree(incomingPath(of: checkpoint))
  }

  package func remove(_ checkpoint: CheckpointID) throws(CheckpointError) {
    known.withLock { _ = $0.remove(checkpoint) }
    try calls.removeTree(path(of: checkpoint))
  }

  /// Writes as much as any checkpoint needs at least, and takes it away again: a quota is found by nothing else.
  package func hasRoom() -> Bool {
    let probe = "\(path)/.incoming/.room-\(UInt64.random(in: 0...UInt64.max))"
    let descriptor = calls.open(at: AT_FDCWD, probe, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, mode: 0o600)
    guard descriptor >= 0 else { return errno != ENOSPC && errno != EDQUOT }
    defer {
      calls.close(descriptor)
      _ = calls.unlink(at: AT_FDCWD, probe, 0)
    }
    do {
      try calls.writeAll(Array(repeating: 1, count: 1 << 18), to: descriptor, probe)
      if isDurable { try calls.flush(descriptor, probe) }
    } catch .diskFull, .notFlushed {
      return false
    } catch {
      // What else is wrong is told by who meets it.
    }
    return true
  }

  /// Removes what a crash has left: folders that no present checkpoint owns, and everything incoming.
  ///
  /// - Returns: the present checkpoints whose folders are missing.
  package func sweep(keeping present: Set<CheckpointID>) throws(CheckpointError) -> Set<CheckpointID> {
    var missing = present
    try FolderEntry.remove(from: path + "/.incoming", calls: calls) { _ in true }
    try FolderEntry.remove(from: path, calls: calls) { name in
      guard name != ".incoming" else { return false }
      guard let name, present.contains(CheckpointID(name)) else { return true }
      missing.remove(CheckpointID(name))
      return false
    }
    return missing
  }

  package func pointBest(to checkpoint: CheckpointID) throws(CheckpointError) {
    let link = path + "/../best"
    let new = path + "/../.best.new"
    _ = calls.unlink(at: AT_FDCWD, new, 0)
    // Another process that trains the run may do the same at this moment; then its link serves as well.
    guard calls.symlink(to: "checkpoints/\(checkpoint)", at: new) == 0 || errno == EEXIST else {
      throw .last("symlink", new)
    }
    guard calls.rename(new, to: link) == 0 || errno == ENOENT else { throw .last("rename", link) }
  }
}
