internal import PoptrainCheckpoints
internal import Foundation
internal import PopulationBasedTraining
internal import PoptrainStore

extension RecordedRun {
  /// Compares the folder with what the store says of it.
  func checkFiles(
    _ contents: RunContents, isRunning: Bool, into audit: inout Audit
  ) throws(RunError) {
    let present = checkHistory(of: contents, into: &audit)
    var broken: [(CheckpointID, String)] = []
    for checkpoint in present.sorted() {
      if let what = defect(of: checkpoint) { broken.append((checkpoint, what)) } else { audit.checkpoints += 1 }
    }
    if !broken.isEmpty {
      // The engine that trains the run may have collected it since.
      let stillPresent = try reading { () throws(StoreError) in try history.presentCheckpoints() }
      for (checkpoint, what) in broken where stillPresent.contains(checkpoint) {
        audit.find(
          "checkpoints/\(checkpoint)", what,
          remedy:
            "restore it from a backup; otherwise the next interval that starts from it fails, and the member is replaced by a copy"
        )
      }
    }
    // What is beside the checkpoints of a bucket is of this machine alone.
    guard directory.bucket == nil else { return }
    checkLogs(contents.records, into: &audit)
    guard !isRunning else { return }
    noteStrays(besides: present, into: &audit)
    let best = contents.population.best.map { "checkpoints/\($0.published.checkpoint)" }
    let link = try? FileManager.default.destinationOfSymbolicLink(atPath: directory.best)
    if best != link {
      audit.note("best", "it points at \(link ?? "nothing"), and the best is \(best ?? "not known yet")")
    }
  }

  /// Checks what history and now say of checkpoints: each is trained once, collected once at most, and whatever is
  /// referred to is present.
  ///
  /// - Returns: those that are present.
  private func checkHistory(of contents: RunContents, into audit: inout Audit) -> Set<CheckpointID> {
    var trained: Set<CheckpointID> = []
    var present: Set<CheckpointID> = []
    for record in contents.records {
      switch record {
      case .interval(let interval):
        audit.intervals += 1
        guard interval.kind == .train, let end = interval.end else { continue }
        if !trained.insert(end).inserted { audit.find("checkpoint \(end)", "two intervals end with it") }
        present.insert(end)
      case .collection(let sequence, let checkpoint):
        if present.remove(checkpoint) == nil {
          audit.find("history, sequence \(sequence)", "\(checkpoint) was collected, but was not there")
        }
      case .decision, .attempt, .event: break
      }
    }
    for member in contents.population.members {
      for checkpoint in member.references where !present.contains(checkpoint) {
        audit.find("member \(member.id)", "it refers to \(checkpoint), which is not there")
      }
    }
    if let best = contents.population.best?.published.checkpoint, !present.contains(best) {
      audit.find("table run, best", "it refers to \(best), which is not there")
    }
    return present
  }

  /// What is wrong with the files of a checkpoint.
  private func defect(of checkpoint: CheckpointID) -> String? {
    do {
      if let bucket = directory.bucket {
        let folder = try CheckpointFolder(path: directory.checkpoints, isDurable: false)
        try CheckpointBucket(bucket, folder: folder, capacity: 0).audit(checkpoint)
        return nil
      }
      let path = path(of: checkpoint)
      let contents = try CheckpointContents(verifying: checkpoint, at: path)
      let files = Set(contents.files.map(\.path)).union([".manifest.json"])
      for name in FileManager.default.enumerator(atPath: path)?.compactMap({ $0 as? String }) ?? []
      where !files.contains(name) {
        var isFolder: ObjCBool = false
        _ = FileManager.default.fileExists(atPath: "\(path)/\(name)", isDirectory: &isFolder)
        if !isFolder.boolValue { return "it holds \(name), which was not published with it" }
      }
      return nil
    } catch {
      return "\(error)"
    }
  }

  private func noteStrays(besides present: Set<CheckpointID>, into audit: inout Audit) {
    // A folder that is not there has no strays; that checkpoints are missing is told already.
    let strays = (try? CheckpointFolder.strays(in: directory.checkpoints, besides: present)) ?? []
    // A process that joins a shared run leaves what others may have put there.
    let remedy = directory.isShared ? "cleaning the run removes it" : Audit.nextStart
    for stray in strays { audit.note("checkpoints/\(stray.path)", "orphaned: nothing refers to it", remedy: remedy) }
  }

  /// Notes output of trainers that is gone. It may be after a power cut; nothing depends on it.
  private func checkLogs(_ records: [HistoryRecord], into audit: inout Audit) {
    var ends: [String: Int] = [:]
    for record in records {
      let segment: LogSegment? =
        switch record {
        case .interval(let interval): interval.log
        case .attempt(let attempt): attempt.log
        default: nil
        }
      if let segment { ends[segment.file] = max(ends[segment.file, default: 0], segment.bytes.upperBound) }
    }
    for (file, end) in ends.sorted(by: { $0.key < $1.key }) {
      let attributes = try? FileManager.default.attributesOfItem(atPath: "\(directory.logs)/\(file)")
      let size = (attributes?[.size] as? NSNumber)?.intValue
      if size ?? -1 < end {
        audit.note(
          "logs/\(file)", size.map { "it has \($0) of \(end) bytes" } ?? "it is gone",
          remedy: "only what trainers printed is lost; nothing depends on it")
      }
    }
  }
}
