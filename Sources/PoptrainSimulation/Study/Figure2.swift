internal import Poptrain
public import PopulationBasedTraining

/// Figure 2 of Jaderberg et al. 2017: what exploit and explore do alone and together, on ``ToyQuadratic``.
///
/// The paper does not give the learning rate, the steps, the interval or the width of the noise; those here are the ones of
/// its re-implementations.
public enum Figure2 {
  /// One of the figure's four panels.
  public struct Panel: Sendable {
    /// Its title.
    public let name: String
    /// The rules; the seed is 0.
    public let rules: Rules
  }

  /// The panels, in the order of the figure.
  public static let panels = [
    Panel(name: "PBT", rules: rules("truncation", explore: "additive")),
    Panel(name: "explore only", rules: rules("explore_only", explore: "additive")),
    Panel(name: "exploit only", rules: rules("truncation", explore: "none", inherit: .weights)),
    Panel(name: "grid search", rules: rules("none", explore: "none")),
  ]

  /// Two members that start from h = (1, 0) and (0, 1).
  ///
  /// - Parameter exploit: the name of a rule, as in the experiment file.
  /// - Parameter explore: the name of a rule.
  public static func rules(_ exploit: String, explore: String, inherit: Inheritance = .both) -> Rules {
    Rules(
      populationSize: 2, steps: 200, interval: 4, metric: "Q", mode: .max, order: .synchronous,
      space: Space([
        Hyperparameter("h0", .uniform(0, 1), initials: [.number(1), .number(0)]),
        Hyperparameter("h1", .uniform(0, 1), initials: [.number(0), .number(1)]),
      ]),
      bounds: .clip, exploit: RuleChoice(named: exploit, of: ExploitRules.all), inherit: inherit,
      explore: RuleChoice(named: explore, of: ExploreRules.all))
  }

  /// Where a model is.
  public struct Point: Hashable, Sendable {
    /// The parameters.
    public var theta = [0.9, 0.9]
    /// What is to be maximised.
    public var score = 1.2 - 2 * 0.81
  }

  /// What an interval of a member did.
  public struct Stretch: Hashable, Sendable {
    /// The steps that the member has trained after it.
    public let steps: Int
    /// Where the model was at first.
    public let start: Point
    /// Where it was in the end.
    public let end: Point
    /// Whether the model was copied from the other member.
    public let isCopied: Bool
  }

  /// Trains a population, and returns the path of each member.
  public static func paths(_ rules: Rules, seed: UInt64) async throws -> [[Stretch]] {
    var rules = rules
    rules.seed = seed
    let trained = try await trainPopulation(rules: rules) { _ in ToyQuadratic() }
    var paths = Array(repeating: [Stretch](), count: rules.populationSize)
    var points: [CheckpointID?: Point] = [nil: Point()]
    var last: [Member.ID: CheckpointID] = [:]
    for case .interval(let interval) in trained.history {
      let metrics = interval.metrics
      let end = Point(
        theta: [metrics["theta0"] ?? .nan, metrics["theta1"] ?? .nan], score: metrics["Q"] ?? .nan)
      paths[interval.member].append(
        Stretch(
          steps: interval.startSteps + interval.steps, start: points[interval.start] ?? Point(), end: end,
          isCopied: interval.start != last[interval.member]))
      points[interval.end] = end
      last[interval.member] = interval.end
    }
    return paths
  }
}
