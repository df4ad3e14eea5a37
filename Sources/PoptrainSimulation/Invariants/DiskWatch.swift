internal import PopulationBasedTraining

/// I2 on the disk: what is referred to is there, complete, unchanged and flushed.
struct DiskWatch {
  /// What trainers have saved, by checkpoint and path.
  var saved: [CheckpointID: [String: [UInt8]]] = [:]
  /// The checkpoints that were damaged on purpose.
  var damaged: Set<CheckpointID> = []

  func look(at checkpoint: CheckpointID, on disk: SimulatedDisk, why: String) throws(Violation) {
    guard !damaged.contains(checkpoint) else { return }
    guard let files = saved[checkpoint] else {
      throw Violation(invariant: "I2", message: "\(why) refers to \(checkpoint), which nobody has saved")
    }
    guard let folder = disk.checkpoints?.entries[checkpoint.description] else {
      throw Violation(invariant: "I2", message: "\(why) refers to \(checkpoint), which does not exist")
    }
    guard disk.checkpoints?.flushedEntries[checkpoint.description] === folder else {
      throw Violation(invariant: "I2", message: "\(why) refers to \(checkpoint), which a power cut would lose")
    }
    guard folder.find(".manifest.json")?.bytes.isEmpty == false else {
      throw Violation(invariant: "I2", message: "\(why) refers to \(checkpoint), which has no manifest")
    }
    for (path, bytes) in files {
      guard folder.find(path)?.bytes == bytes else {
        throw Violation(invariant: "I2", message: "\(path) of \(checkpoint), to which \(why) refers, has changed")
      }
    }
    for path in files.keys.sorted() + [".manifest.json"] {
      guard let file = folder.find(path, flushed: true), file.flushedBytes == file.bytes else {
        throw Violation(
          invariant: "I2", message: "\(path) of \(checkpoint), to which \(why) refers, would be torn by a power cut")
      }
    }
  }
}

extension SimulatedDisk {
  /// The folder of all checkpoints.
  var checkpoints: Node? { find("run/checkpoints") }
}
