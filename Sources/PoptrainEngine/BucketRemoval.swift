internal import PoptrainCheckpoints
internal import PoptrainRuns
internal import PoptrainS3
internal import PopulationBasedTraining

/// Deleting a run that is in a bucket. What the run has not made stays.
struct BucketRemoval {
  /// How many checkpoints there are.
  let checkpoints: Int
  /// The size of what is removed.
  let bytes: Int
  /// What stays.
  let foreign: [String]

  private let bucket: S3Bucket
  /// The first entry of the log goes last, so that a removal that was cut off is finished by another one.
  private let keys: [String]

  /// Looks at what there is.
  init(_ bucket: S3Bucket) throws(RunError) {
    self.bucket = bucket
    do throws(S3Failure) {
      let objects = try bucket.objects(under: "")
      let own = objects.filter { BucketRemoval.isOfRun($0.key) }
      bytes = own.reduce(0) { $0 + $1.bytes }
      foreign = objects.map(\.key).filter { !BucketRemoval.isOfRun($0) }
      checkpoints = Set(own.compactMap { BucketRemoval.checkpoint($0.key) }).count
      keys = own.map(\.key).filter { !$0.hasPrefix("log/") } + own.map(\.key).filter { $0.hasPrefix("log/") }.reversed()
    } catch {
      throw .cannotRead(path: "\(bucket.location)", reason: "\(error)")
    }
  }

  func remove() throws(RunError) {
    do throws(S3Failure) { for key in keys { try bucket.delete(key) } } catch {
      throw .cannotWrite(
        path: "\(bucket.location)",
        reason: "\(error). The run is removed in part; removing it again removes the rest")
    }
  }

  private static func isOfRun(_ key: String) -> Bool {
    key.wholeMatch(of: /(log\/[0-9]{10}|pulse\/[^\/]+)/) != nil || checkpoint(key) != nil
  }

  private static func checkpoint(_ key: String) -> CheckpointID? {
    guard key.hasPrefix(CheckpointBucket.prefix) else { return nil }
    let name = key.dropFirst(CheckpointBucket.prefix.count).prefix { $0 != "/" }
    let checkpoint = CheckpointID(String(name))
    return checkpoint.isReserved ? checkpoint : nil
  }
}
