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
      try files.createDirectory(atPath: copy, withIntermediateDirectories: false)
      for name in try files.subpathsOfDirectory(atPath: path).sorted() where name != ".manifest.json" {
        let (from, to) = ("\(path)/\(name)", "\(copy)/\(name)")
        if try files.attributesOfItem(atPath: from)[.type] as? FileAttributeType == .typeDirectory {
          try files.createDirectory(atPath: to, withIntermediateDirectories: false)
        } else {
          try copyContents(of: from, to: to)
        }
      }
    }
  }

  /// Copies a file without its owner and its mode.
  private func copyContents(of path: String, to copy: String) throws {
    try Data().write(to: URL(fileURLWithPath: copy))
    let source = try FileHandle(forReadingFrom: URL(fileURLWithPath: path))
    let target = try FileHandle(forWritingTo: URL(fileURLWithPath: copy))
    while let bytes = try source.read(upToCount: 1 << 20), !bytes.isEmpty { try target.write(contentsOf: bytes) }
    try target.close()
  }
}
