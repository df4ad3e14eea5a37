internal import Foundation
package import PoptrainCheckpoints
internal import PoptrainS3
internal import PoptrainSharedLog
internal import PoptrainStore
package import PopulationBasedTraining

// A run in a bucket. Its folder on this machine has the checkpoints that trainers load and save here, what trainers here
// print, and the copy of its history that commands read.
extension RunDirectory {
  /// Names a place: a folder, which need not exist, `s3://bucket/prefix`, or `postgresql://host/database/run`.
  ///
  /// - Parameter checkpoints: the folder or bucket for the checkpoints of a run in a database, to begin one.
  package init(place: String, checkpoints: String? = nil) throws(RunError) {
    if place.hasPrefix("postgresql://") {
      try self.init(database: place, checkpoints: checkpoints)
      return
    }
    guard checkpoints == nil else {
      throw .wrongPlace(
        place, "the checkpoints of this run are in its place; they are elsewhere only where a run is in a database")
    }
    guard place.isURL else {
      guard !["s3:", "postgresql:"].contains(where: place.hasPrefix) else {
        throw .wrongPlace(place, "two slashes follow the colon; if it is a folder, write ./\(place)")
      }
      self.init(path: place)
      return
    }
    guard place.hasPrefix("s3://") else {
      throw .wrongPlace(
        place,
        "a run is in a folder, in a bucket: s3://bucket/prefix, or in a database: postgresql://host/database/run")
    }
    // Models are loaded from there, so nobody else may put any there.
    do throws(StoreError) { try makePrivateFolder(RunDirectory.cache) } catch { throw .store(error) }
    do throws(S3Failure) {
      let location = try S3Location(place)
      let bucket = try S3Bucket(location, environment: ProcessInfo.processInfo.environment)
      self.init(
        path: "\(RunDirectory.cache)/s3/\(location.bucket)/\(location.prefix)/run", shown: "\(location)",
        name: location.name, bucket: bucket, log: S3Log(bucket))
    } catch {
      throw RunError(place: place, error)
    }
  }

  /// Names a folder of this machine.
  package init(folder: String) throws(RunError) {
    guard !folder.isURL else { throw .wrongPlace(folder, "this trains on one machine, so name a folder instead") }
    self.init(path: folder)
  }

  package static func == (left: RunDirectory, right: RunDirectory) -> Bool {
    (left.path, left.shown) == (right.path, right.shown)
  }

  package func hash(into hasher: inout Hasher) { hasher.combine(path) }

  /// Where the run is, for programs.
  package var address: String { isFolder ? path : shown }

  /// Where its checkpoints are, for programs.
  package var filesAddress: String { bucket.map { "\($0.location)" } ?? path }

  /// Where its checkpoints are, as people know it.
  package var shownFiles: String { isFolder ? shown : filesAddress }

  /// The name of something among the checkpoints; none where there is nothing.
  package func anyCheckpoint() throws(RunError) -> String? {
    guard let bucket else {
      let names = (try? FileManager.default.contentsOfDirectory(atPath: checkpoints)) ?? []
      return names.filter { $0 != ".incoming" }.min().map { "checkpoints/\($0)" }
    }
    do throws(S3Failure) { return try bucket.firstObjects(under: CheckpointBucket.prefix).objects.first?.key } catch {
      throw RunError(place: address, error)
    }
  }

  /// The checkpoints, for whoever trains the run.
  ///
  /// - Parameter capacity: how many of those in a bucket are kept on this machine.
  package func openCheckpoints(
    isDurable: Bool, capacity: Int
  ) throws(CheckpointError) -> any SharedCheckpointStorage {
    let folder = try CheckpointFolder(path: checkpoints, isDurable: isDurable)
    return bucket.map { CheckpointBucket($0, folder: folder, capacity: capacity) } ?? folder
  }
}

extension RecordedRun {
  /// The folder of a checkpoint on this machine, to which it is brought from a bucket.
  package func localPath(of checkpoint: CheckpointID) throws(RunError) -> String {
    guard let bucket = directory.bucket else { return path(of: checkpoint) }
    do throws(CheckpointError) {
      let folder = try CheckpointFolder(path: directory.checkpoints, isDurable: false)
      try CheckpointBucket(bucket, folder: folder, capacity: 0).fetch(checkpoint)
      return folder.path(of: checkpoint)
    } catch .noAnswer(let reason) {
      throw .store(.noAnswer(reason))
    } catch {
      throw .cannotRead(path: path(of: checkpoint), reason: "\(error)")
    }
  }
}

extension RunError {
  /// Why a place could not be used: it is a wrong one, or does not answer now.
  init(place: String, _ error: S3Failure) {
    self = if case .noAnswer(let reason) = error { .store(.noAnswer(reason)) } else { .wrongPlace(place, "\(error)") }
  }
}

extension String {
  /// Whether it begins as a URL does.
  fileprivate var isURL: Bool { prefixMatch(of: /[A-Za-z][A-Za-z0-9+.\-]*:\/\//) != nil }
}
