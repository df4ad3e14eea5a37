public import PopulationBasedTraining
internal import Store

extension RecordedRun {
  /// How a checkpoint came about.
  public func lineage(of checkpoint: CheckpointID) throws(RunError) -> Lineage {
    try storing { () throws(StoreError) in
      try Lineage(of: checkpoint) { end throws(StoreError) in try history.interval(endingWith: end) }
    }
  }

  /// The interval in which a checkpoint was trained.
  func interval(endingWith checkpoint: CheckpointID) throws(RunError) -> Interval? {
    try storing { () throws(StoreError) in try history.interval(endingWith: checkpoint) }
  }
}
