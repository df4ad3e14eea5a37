internal import Foundation
package import PoptrainS3
package import PopulationBasedTraining
internal import Synchronization

internal import Glibc

/// The checkpoints of a run in a bucket: `checkpoints/<id>/`, the manifest last. Trainers load and save in a folder of this
/// machine, which keeps those that were used last.
package final class CheckpointBucket: SharedCheckpointStorage {
  private let bucket: S3Bucket
  private let folder: CheckpointFolder
  private let capacity: Int
  /// What is in the folder because of this process, the last used one last.
  private let used = Mutex<[CheckpointID]>([])

  /// Takes a bucket.
  ///
  /// - Parameters:
  ///   - folder: where trainers load and save.
  ///   - capacity: how many checkpoints this process keeps in it; others are fetched again.
  package init(_ bucket: S3Bucket, folder: CheckpointFolder, capacity: Int) {
    self.bucket = bucket
    self.folder = folder
    self.capacity = capacity
  }

  package func path(of checkpoint: CheckpointID) -> String { folder.path(of: checkpoint) }

  package func begin(_ checkpoint: CheckpointID) throws(CheckpointError) -> String { try folder.begin(checkpoint) }

  package func publish(_ checkpoint: CheckpointID) throws(CheckpointError) {
    // It is there already where an earlier attempt could not upload it.
    if !folder.holds(checkpoint) { try folder.publish(checkpoint) }
    for file in try folder.files(of: checkpoint) {
      try ask { () throws(S3Failure) in
        try bucket.upload("\(path(of: checkpoint))/\(file)", to: key(checkpoint, file))
      }
    }
    use(checkpoint)
  }

  package func verify(_ checkpoint: CheckpointID) throws(CheckpointError) {
    try fetch(checkpoint)
    do { try folder.verify(checkpoint) } catch .damaged {
      // That is the copy on this machine.
      try folder.remove(checkpoint)
      try fetch(checkpoint)
      try folder.verify(checkpoint)
    }
    use(checkpoint)
  }

  /// Brings a checkpoint to this machine, unless it is here.
  package func fetch(_ checkpoint: CheckpointID) throws(CheckpointError) {
    guard !folder.holds(checkpoint) else { return }
    try folder.fetch(checkpoint) { file, path throws(CheckpointError) in try download(checkpoint, file, to: path) }
  }

  /// Checks all that the bucket has of a checkpoint, whatever this machine has of it.
  package func audit(_ checkpoint: CheckpointID) throws(CheckpointError) {
    let published = try folder.bringAndDiscard(checkpoint) { file, path throws(CheckpointError) in
      try download(checkpoint, file, to: path)
    }
    let prefix = key(checkpoint, "")
    let objects = try ask { () throws(S3Failure) in try bucket.objects(under: prefix) }
    let names = objects.map { String($0.key.dropFirst(prefix.count)) }
    if let stray = names.first(where: { $0 != Manifest.name && !published.contains($0) }) {
      throw .damaged(checkpoint, "it holds \(stray), which was not published with it")
    }
  }

  private func download(_ checkpoint: CheckpointID, _ file: String, to path: String) throws(CheckpointError) {
    let isThere = try ask { () throws(S3Failure) in try bucket.download(key(checkpoint, file), to: path) }
    guard isThere else { throw .damaged(checkpoint, "\(file) is not in \(bucket.location)") }
  }

  package func discard(_ checkpoint: CheckpointID) throws(CheckpointError) { try folder.discard(checkpoint) }

  package func remove(_ checkpoint: CheckpointID) throws(CheckpointError) {
    try folder.remove(checkpoint)
    try ask { () throws(S3Failure) in
      // Without a manifest it is no checkpoint any more, whatever else is left of it.
      try bucket.delete(key(checkpoint, Manifest.name))
      for object in try bucket.objects(under: key(checkpoint, "")) { try bucket.delete(object.key) }
    }
  }

  package func names() throws(CheckpointError) -> Set<CheckpointID> {
    let objects = try ask { () throws(S3Failure) in try bucket.objects(under: CheckpointBucket.prefix) }
    let names = objects.compactMap { $0.key.dropFirst(CheckpointBucket.prefix.count).split(separator: "/").first }
    return folder.names().union(names.map { CheckpointID(String($0)) }.filter(\.isReserved))
  }

  /// What is in a bucket and is no present checkpoint, in order.
  package static func strays(
    in bucket: S3Bucket, besides present: Set<CheckpointID>
  ) throws(S3Failure) -> [Stray] {
    var bytes: [String: Int] = [:]
    for object in try bucket.objects(under: prefix) {
      bytes[object.key.dropFirst(prefix.count).prefix { $0 != "/" }.description, default: 0] += object.bytes
    }
    return bytes.filter { !present.contains(CheckpointID($0.key)) }.map { Stray(path: $0.key, bytes: $0.value) }
      .sorted { $0.path < $1.path }
  }

  /// A link on this machine would say nothing to the others.
  package func pointBest(to checkpoint: CheckpointID) {}

  package func hasRoom() -> Bool { folder.hasRoom() }

  /// What the keys of all checkpoints begin with.
  package static let prefix = "checkpoints/"

  private func key(_ checkpoint: CheckpointID, _ file: String) -> String {
    "\(CheckpointBucket.prefix)\(checkpoint)/\(file)"
  }

  /// Makes a checkpoint the last used one, and room where there are too many. What cannot be removed now is removed by
  /// the next start.
  private func use(_ checkpoint: CheckpointID) {
    let old = used.withLock { used in
      used.removeAll { $0 == checkpoint }
      used.append(checkpoint)
      defer { used.removeFirst(max(0, used.count - capacity)) }
      return used.dropLast(capacity)
    }
    for checkpoint in old { try? folder.remove(checkpoint) }
  }

  private func ask<Answer>(_ question: () throws(S3Failure) -> Answer) throws(CheckpointError) -> Answer {
    do throws(S3Failure) {
      return try question()
    } catch {
      switch error {
      case .noAnswer(let message): throw .noAnswer(message)
      case .refused(let message): throw .refused(message)
      case .diskFull(let path): throw .diskFull(path: path)
      }
    }
  }
}

extension CheckpointFolder {
  /// Whether a checkpoint was published here.
  fileprivate func holds(_ checkpoint: CheckpointID) -> Bool {
    calls.status(at: AT_FDCWD, Array(path(of: checkpoint).utf8CString)) != nil
  }

  /// The files of a published checkpoint, relative to it, the manifest last.
  fileprivate func files(of checkpoint: CheckpointID) throws(CheckpointError) -> [String] {
    try Manifest(of: checkpoint, at: path(of: checkpoint), calls: calls).files.map(\.path) + [Manifest.name]
  }

  /// Has the files of a checkpoint brought from elsewhere, and publishes it here. It exists completely, or not at all.
  fileprivate func fetch(
    _ checkpoint: CheckpointID, with download: (_ file: String, _ path: String) throws(CheckpointError) -> Void
  ) throws(CheckpointError) {
    let incoming = CheckpointFolder.incoming(checkpoint)
    let folder = try begin(incoming)
    do throws(CheckpointError) {
      _ = try bring(checkpoint, to: folder, with: download)
      guard calls.renameWithoutReplacing(folder, to: path(of: checkpoint)) == 0 else {
        throw .last("rename", path(of: checkpoint))
      }
      _ = calls.chmod(at: AT_FDCWD, Array(path(of: checkpoint).utf8CString), 0o555)
    } catch {
      // A process that has just started here takes it for what a killed one has left.
      let wasRemoved = calls.status(at: AT_FDCWD, Array(folder.utf8CString)) == nil
      try discard(incoming)
      guard holds(checkpoint) else { throw wasRemoved ? .noAnswer("\(folder) was removed while it was filled") : error }
    }
  }

  /// Has the files of a checkpoint brought from elsewhere, checks them, and keeps nothing.
  ///
  /// - Returns: the files that were published with it.
  fileprivate func bringAndDiscard(
    _ checkpoint: CheckpointID, with download: (_ file: String, _ path: String) throws(CheckpointError) -> Void
  ) throws(CheckpointError) -> Set<String> {
    let incoming = CheckpointFolder.incoming(checkpoint)
    let folder = try begin(incoming)
    defer { try? discard(incoming) }
    return Set(try bring(checkpoint, to: folder, with: download).files.map(\.path))
  }

  /// A name of its own: other workers may be fetching the same one.
  private static func incoming(_ checkpoint: CheckpointID) -> CheckpointID {
    CheckpointID("\(checkpoint)-\(UInt64.random(in: 0...UInt64.max))")
  }

  /// Has the files of a checkpoint brought to a folder, and compares them with their manifest.
  private func bring(
    _ checkpoint: CheckpointID, to folder: String,
    with download: (_ file: String, _ path: String) throws(CheckpointError) -> Void
  ) throws(CheckpointError) -> Manifest {
    try download(Manifest.name, "\(folder)/\(Manifest.name)")
    let manifest = try Manifest(of: checkpoint, at: folder, calls: calls)
    for file in manifest.files {
      try calls.makeFolders(above: file.path, in: folder)
      let path = "\(folder)/\(file.path)"
      try download(file.path, path)
      _ = calls.chmod(at: AT_FDCWD, Array(path.utf8CString), 0o444)
    }
    try manifest.verify(contents: true)
    return manifest
  }
}

extension FileCalls {
  fileprivate func makeFolders(above file: String, in root: String) throws(CheckpointError) {
    var folder = root
    for name in file.components.dropLast() {
      folder += "/\(name)"
      try makeFolder(folder, mayExist: true)
    }
  }
}
