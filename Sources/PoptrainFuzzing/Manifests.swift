internal import PoptrainCheckpoints
internal import Foundation
internal import PoptrainJSON
internal import PopulationBasedTraining
internal import Synchronization

/// A published checkpoint of two files, whose manifest is replaced.
private let published = Mutex(Published())

private struct Published {
  let id = CheckpointID("0-1-t")
  let files = ["model", "inner/model"]
  let folder = FileManager.default.temporaryDirectory.path + "/poptrain-fuzz-\(UUID().uuidString)"

  init() {
    do {
      try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
      let checkpoints = try CheckpointFolder(path: folder, isDurable: false)
      let incoming = try checkpoints.begin(id)
      try FileManager.default.createDirectory(atPath: incoming + "/inner", withIntermediateDirectories: true)
      for name in files { try Data("weights".utf8).write(to: URL(fileURLWithPath: "\(incoming)/\(name)")) }
      try checkpoints.publish(id)
      let path = checkpoints.path(of: id)
      try FileManager.default.setAttributes([.posixPermissions: 0o755], ofItemAtPath: path)
      try FileManager.default.setAttributes([.posixPermissions: 0o644], ofItemAtPath: path + "/.manifest.json")
    } catch {
      preconditionFailure("\(error)")
    }
  }

  /// Verifies the checkpoint under another manifest.
  func verify(_ manifest: [UInt8]) throws(CheckpointError) {
    let checkpoints = try CheckpointFolder(path: folder, isDurable: false)
    do {
      try Data(manifest).write(to: URL(fileURLWithPath: checkpoints.path(of: id) + "/.manifest.json"))
    } catch {
      preconditionFailure("\(error)")
    }
    try checkpoints.verify(id)
  }
}

func enterManifest(_ bytes: [UInt8]) throws(Objection) {
  try published.withLock { published throws(Objection) in
    do throws(CheckpointError) { try published.verify(bytes) } catch {
      switch error {
      case .damaged, .newerVersion: return
      default: throw Objection("what cannot be verified is neither damaged nor newer: \(error)")
      }
    }
    let named = (try? JSON.parse(bytes))?["files"]?.array?.compactMap { $0["path"]?.text } ?? []
    try expect(named.allSatisfy(published.files.contains), "files that are elsewhere are part of it: \(named)")
  }
}
