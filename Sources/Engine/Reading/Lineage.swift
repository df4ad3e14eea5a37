internal import ExperimentFile
public import PopulationBasedTraining
internal import Store

/// The chain of intervals that led to a checkpoint, through donors.
public struct Lineage: Sendable {
  /// The intervals by age: each starts from the checkpoint with which the one before ended.
  public let intervals: [Interval]

  /// A stretch of ages with the same hyperparameters.
  public struct Stretch: Hashable, Sendable {
    /// The ages from and to.
    public var ages: Range<Int>
    /// The member that trained.
    public var member: Member.ID
    /// The values in force.
    public var hyperparameters: Hyperparameters
    /// The score at the end of it.
    public var score: Double?
  }

  /// The hyperparameters by age, one stretch for each change.
  public var schedule: [Stretch] {
    intervals.reduce(into: []) { schedule, interval in
      let ages = interval.startAge..<interval.endAge
      if let last = schedule.last, last.hyperparameters == interval.hyperparameters, last.member == interval.member {
        schedule[schedule.count - 1].ages = last.ages.lowerBound..<ages.upperBound
        schedule[schedule.count - 1].score = interval.score
      } else {
        schedule.append(
          Stretch(
            ages: ages, member: interval.member, hyperparameters: interval.hyperparameters, score: interval.score))
      }
    }
  }
}

extension RecordedRun {
  /// How a checkpoint came about.
  public func lineage(of checkpoint: CheckpointID) throws(RunError) -> Lineage {
    var intervals: [Interval] = []
    var next: CheckpointID? = checkpoint
    while let end = next {
      guard let interval = try storing({ () throws(StoreError) in try history.interval(endingWith: end) }) else {
        break
      }
      intervals.append(interval)
      next = interval.start
    }
    return Lineage(intervals: intervals.reversed())
  }
}
