/// What the algorithm needs to know of an experiment.
public struct Rules: Hashable, Sendable {
  /// Whether a larger or a smaller metric is better.
  public enum Mode: String, Hashable, Sendable, CaseIterable {
    case max, min
  }

  /// Who waits for whom.
  public enum Order: String, Hashable, Sendable, CaseIterable {
    /// A member decides as soon as it is ready, on what the others last published (the paper's Algorithm 1).
    case asynchronous
    /// Members that are ready wait until all are; then all decide on the same population (reproducible).
    case synchronous
  }

  /// The seed of every random stream.
  public var seed: UInt64
  /// How many members there are, at least 2.
  public var populationSize: Int
  /// The steps that each member trains.
  public var steps: Int
  /// The steps between two moments at which a member is ready.
  public var interval: Int
  /// Whether a larger or a smaller metric is better.
  public var mode: Mode
  /// Who waits for whom.
  public var order: Order
  /// The hyperparameters.
  public var space: Space
  /// Which members copy which.
  public var exploit: RuleChoice
  /// How copied hyperparameters change.
  public var explore: RuleChoice
  /// How many attempts at one interval may fail before the member is replaced.
  public var maxFailures: Int

  /// Collects the rules of an experiment.
  public init(
    seed: UInt64 = 0, populationSize: Int, steps: Int, interval: Int, mode: Mode, order: Order = .asynchronous,
    space: Space, exploit: RuleChoice = ExploitRules.standard, explore: RuleChoice = ExploreRules.standard,
    maxFailures: Int = 3
  ) {
    self.seed = seed
    self.populationSize = populationSize
    self.steps = steps
    self.interval = interval
    self.mode = mode
    self.order = order
    self.space = space
    self.exploit = exploit
    self.explore = explore
    self.maxFailures = maxFailures
  }

  /// The number that selection compares, higher is better: the metric, turned round where smaller is better.
  ///
  /// Applied to a score it gives the metric back. Nothing, where the metric is not finite.
  public func score(ofMetric metric: Double) -> Double? {
    metric.isFinite ? (mode == .max ? metric : -metric) : nil
  }
}
