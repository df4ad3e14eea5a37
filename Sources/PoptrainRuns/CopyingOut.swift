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
      _ = try CheckpointContents(verifying: checkpoint, at: path(of: checkpoint))
      try files.copyItem(atPath: path(of: checkpoint), toPath: copy)
      try files.setAttributes([.posixPermissions: 0o755], ofItemAtPath: copy)
      try? files.removeItem(atPath: copy + "/.manifest.json")
      for name in try files.subpathsOfDirectory(atPath: copy) {
        let path = "\(copy)/\(name)"
        let isFolder = try files.attributesOfItem(atPath: path)[.type] as? FileAttributeType == .typeDirectory
        try files.setAttributes([.posixPermissions: isFolder ? 0o755 : 0o644], ofItemAtPath: path)
      }
    }
  }
}
