/// The chain of intervals that led to a checkpoint, through donors.
public struct Lineage: Hashable, Sendable {
  /// The intervals by age: each starts from the checkpoint with which the one before ended.
  public let intervals: [Interval]

  /// Follows a checkpoint back to the interval that began fresh, or to the first that is not known.
  ///
  /// - Parameters:
  ///   - checkpoint: where the lineage ends.
  ///   - intervalEndingWith: finds the interval that trained a checkpoint.
  public init<Failure>(
    of checkpoint: CheckpointID, intervalEndingWith: (CheckpointID) throws(Failure) -> Interval?
  ) throws(Failure) {
    var intervals: [Interval] = []
    var next: CheckpointID? = checkpoint
    // A model is older than those trained from it; a damaged history may say otherwise, in a circle.
    while let end = next, let interval = try intervalEndingWith(end),
      interval.sequence < intervals.last?.sequence ?? .max
    {
      intervals.append(interval)
      next = interval.start
    }
    self.intervals = intervals.reversed()
  }

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
