/// Changes the hyperparameters that a member has just copied (the paper's `explore`).
public protocol ExploreRule: Rule {
  /// Returns a new value for every hyperparameter in `context.explored`; others are left alone.
  func explore(_ inherited: Hyperparameters, _ context: ExploreContext) -> Hyperparameters

  /// How many of the population's last observations the rule learns from.
  var observationsRemembered: Int { get }
}

extension ExploreRule {
  /// It learns from none.
  public var observationsRemembered: Int { 0 }
}

/// What an explore rule may know.
public struct ExploreContext: Sendable {
  /// The member that explores.
  public let member: Member.ID
  /// The number of its decision.
  public let ordinal: Int
  /// The population, for what it has tried, and is trying.
  public let population: Population
  /// The hyperparameters to change: searched, not structural, and left to this rule.
  public let explored: [Hyperparameter]
  /// The score of the model that will train under the new values, where it is known.
  public let startScore: Double?
  /// What others decided together with this member, before it: the population does not show it yet.
  public let decided: [Decision]
  /// How often values for this decision were made before, and broke a constraint.
  let attempt: Int

  /// The values under which other members train, or are about to.
  public var pending: [Hyperparameters] {
    population.pending(besides: member).map(\.hyperparameters) + decided.map(\.hyperparameters)
  }

  /// What becomes of a value that a move takes out of its range.
  public func bounds(of hyperparameter: Hyperparameter) -> Bounds {
    hyperparameter.bounds ?? population.rules.bounds
  }

  /// The random stream of one hyperparameter, so that each moves independently of the others.
  public func random(for hyperparameter: Hyperparameter) -> RandomStream {
    random("explore \(hyperparameter.name)")
  }

  /// The random stream of another purpose.
  public func random(_ purpose: String) -> RandomStream {
    RandomStream(
      seed: population.rules.seed, member: member, ordinal: ordinal, purpose: "\(purpose)\(again(attempt))")
  }
}

/// The explore rules that an experiment file may name.
public enum ExploreRules {
  /// Every rule.
  public static let all: [any ExploreRule.Type] = [
    Perturb.self, Additive.self, Resample.self, PB2.self, NoExplore.self,
  ]

  /// The rule where the experiment file names none.
  public static let standard = RuleChoice(Perturb.self)

  /// The rule by which nothing changes.
  public static let none = RuleChoice(NoExplore.self)

  /// Makes a chosen rule; the name must be one of ``all``.
  static func make(_ choice: RuleChoice) -> any ExploreRule {
    guard let rule = all.first(where: { $0.name == choice.name }) else {
      preconditionFailure("there is no explore rule named \(choice.name)")
    }
    return rule.init(choice)
  }
}
