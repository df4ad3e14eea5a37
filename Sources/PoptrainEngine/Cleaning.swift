package import PoptrainRuns
package import PoptrainCheckpoints
internal import PopulationBasedTraining
internal import PoptrainStore

/// What lies in the folder of a run and nothing refers to; while it lives, no engine can train the run.
package struct Cleaning: Sendable {
  /// What can be removed.
  package let strays: [Stray]

  private let run: RecordedRun
  private let lock: RunLock?
  private let present: Set<CheckpointID>

  /// Looks through the folder of a run that no engine trains.
  package init(_ run: RecordedRun) throws(RunError) {
    self.run = run
    lock = try run.directory.takenFromEngines()
    // Reading it checks what history refers to: nothing may be taken for a stray since its record is damaged.
    _ = try run.population()
    present = try reading { () throws(StoreError) in try run.history.presentCheckpoints() }
    do {
      if let bucket = run.directory.bucket {
        strays = try CheckpointBucket.strays(in: bucket, besides: present)
      } else {
        strays = try CheckpointFolder.strays(in: run.directory.checkpoints, besides: present)
      }
    } catch {
      throw .cannotRead(path: "\(run.directory.filesAddress)/checkpoints", reason: "\(error)")
    }
  }

  /// Removes it.
  package func remove() throws(RunError) {
    do {
      if run.directory.isShared {
        // Somebody may have begun to train since.
        let needed = try run.history.presentCheckpoints()
        try run.directory.openCheckpoints(isDurable: false, capacity: 0)
          .removeAll(Set(strays.map(\.checkpoint)).subtracting(needed))
      } else {
        _ = try CheckpointFolder(path: run.directory.checkpoints, isDurable: false).sweep(keeping: present)
      }
    } catch {
      throw .cannotWrite(path: run.directory.checkpoints, reason: "\(error)")
    }
  }
}
