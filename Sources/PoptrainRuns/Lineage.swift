package import PopulationBasedTraining
internal import PoptrainStore

extension RecordedRun {
  /// How a checkpoint came about.
  package func lineage(of checkpoint: CheckpointID) throws(RunError) -> Lineage {
    try reading { () throws(StoreError) in
      try Lineage(of: checkpoint) { end throws(StoreError) in try history.interval(endingWith: end) }
    }
  }

  /// The interval in which a checkpoint was trained.
  package func interval(endingWith checkpoint: CheckpointID) throws(RunError) -> Interval? {
    try reading { () throws(StoreError) in try history.interval(endingWith: checkpoint) }
  }
}
