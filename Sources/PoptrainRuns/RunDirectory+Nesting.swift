internal import Foundation
internal import PoptrainSharedLog
internal import PopulationBasedTraining

extension RunDirectory {
  /// Checks, before a run begins, that its files are not to be among those of another run, which may be removed with it.
  package func checkIsOutsideOfRuns() throws(RunError) {
    var parts = (bucket == nil ? realPath : filesAddress).split(separator: "/", omittingEmptySubsequences: false)
    // Those of a bucket begin with `s3:`, nothing, and its name.
    while let name = parts.popLast(), parts.count >= (bucket == nil ? 1 : 3) {
      guard ["checkpoints", "logs", "log", "pulse"].contains(name) else { continue }
      let outer = try RunDirectory(place: parts.count == 1 ? "/" : parts.joined(separator: "/"))
      guard outer.hasFilesOfRun else { continue }
      throw .wrongPlace(
        shownFiles, "it is in `\(name)` of the run in \(outer.address), and would be removed with it")
    }
  }

  /// Where the folder is or will be, without links on the way.
  private var realPath: String {
    var above = URL(fileURLWithPath: path)
    var below = ""
    while above.path != "/", !FileManager.default.fileExists(atPath: above.path) {
      below = "/\(above.lastPathComponent)\(below)"
      above.deleteLastPathComponent()
    }
    return above.resolvingSymlinksInPath().path + below
  }

  /// Whether a run is here, or has its checkpoints here. Where that cannot be read, it is none of this user's.
  private var hasFilesOfRun: Bool {
    if isFolder ? holdsRun : (try? remoteLog?.read(1)) != nil { return true }
    guard let found = (try? anyCheckpoint()) ?? nil else { return false }
    return CheckpointID(String(found.split(separator: "/")[1])).isReserved
  }
}
