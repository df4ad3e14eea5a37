internal import PoptrainCheckpoints
internal import Foundation
package import PopulationBasedTraining

extension RecordedRun {
  /// Copies the files of a checkpoint into a new folder, where they may be changed.
  package func copyCheckpoint(_ checkpoint: CheckpointID, to target: String) throws(RunError) {
    let files = FileManager.default
    guard !files.fileExists(atPath: target) else {
      throw .cannotWrite(path: target, reason: "it exists; name a folder that does not")
    }
    try WholeFile.make(target) { copy in
      let path = try localPath(of: checkpoint)
      _ = try CheckpointContents(verifying: checkpoint, at: path)
      try files.copyItem(atPath: path, toPath: copy)
      try files.setAttributes([.posixPermissions: 0o755], ofItemAtPath: copy)
      try? files.removeItem(atPath: copy + "/.manifest.json")
      for name in try files.subpathsOfDirectory(atPath: copy) {
        let copied = "\(copy)/\(name)"
        let isFolder = try files.attributesOfItem(atPath: copied)[.type] as? FileAttributeType == .typeDirectory
        try files.setAttributes([.posixPermissions: isFolder ? 0o755 : 0o644], ofItemAtPath: copied)
      }
    }
  }
}
