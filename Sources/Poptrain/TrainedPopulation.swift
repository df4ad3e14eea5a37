public import PopulationBasedTraining

/// What came of training a population.
public struct TrainedPopulation<Model: Trainable>: Sendable {
  /// The members as they ended.
  public let population: Population
  /// Everything that happened, in order.
  public let history: [HistoryRecord]
  /// The best model of the run.
  public let best: Best
  private let load: @Sendable (CheckpointID, TrainingInterval) throws -> Model
  private let intervals: [CheckpointID: Interval]

  /// A model with what made it.
  public struct Best: Sendable {
    /// The model.
    public let model: Model
    /// The metric that selection compared.
    public let metric: Double
    /// The member that trained it last.
    public let member: Member.ID
    /// The intervals that led to it; its `schedule` is the hyperparameters by age.
    public let lineage: Lineage
  }

  init(
    population: Population, history: [HistoryRecord],
    load: @escaping @Sendable (CheckpointID, TrainingInterval) throws -> Model
  ) throws {
    self.population = population
    self.history = history
    self.load = load
    let ends = history.compactMap { record -> (CheckpointID, Interval)? in
      guard case .interval(let interval) = record, interval.kind == .train, let end = interval.end else { return nil }
      return (end, interval)
    }
    intervals = Dictionary(uniqueKeysWithValues: ends)
    guard let winner = population.best else {
      preconditionFailure("a population that has finished has a best interval")
    }
    let lineage = Lineage(of: winner.published.checkpoint) { [intervals] in intervals[$0] }
    guard let last = lineage.intervals.last else { preconditionFailure("history has the best interval") }
    best = Best(
      model: try load(winner.published.checkpoint, TrainingInterval(last)),
      metric: population.rules.metric(ofScore: winner.published.score), member: winner.member, lineage: lineage)
  }

  /// The model that a member ended with; none where it failed before it had one.
  public func model(of member: Member) throws -> Model? {
    guard let checkpoint = member.checkpoint, let interval = intervals[checkpoint] else { return nil }
    return try load(checkpoint, TrainingInterval(interval))
  }

  /// How a checkpoint came about.
  public func lineage(of checkpoint: CheckpointID) -> Lineage {
    Lineage(of: checkpoint) { intervals[$0] }
  }

  /// What looked wrong on the way.
  public var warnings: [String] {
    history.compactMap { record in
      if case .event(let event) = record, case .warning(let message) = event.what { message } else { nil }
    }
  }
}

/// Why a population came to nothing.
public enum TrainingError: Error, CustomStringConvertible {
  /// No model could be trained, for this reason.
  case aborted(String)
  /// The store or the disk cannot be used.
  case broken(String)
  /// No run in a folder can have such rules, for this reason.
  case wrongRules(String)

  /// What is wrong.
  public var description: String {
    switch self {
    case .aborted(let reason), .broken(let reason), .wrongRules(let reason): reason
    }
  }
}
