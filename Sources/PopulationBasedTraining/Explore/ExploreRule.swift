/// Changes the hyperparameters that a member has just copied (the paper's `explore`).
public protocol ExploreRule: Rule {
  /// Returns a new value for every hyperparameter in `context.explored`; others are left alone.
  func explore(_ inherited: Hyperparameters, _ context: ExploreContext) -> Hyperparameters
}

/// What an explore rule may know.
public struct ExploreContext: Sendable {
  /// The member that explores.
  public let member: Member.ID
  /// The number of its decision.
  public let ordinal: Int
  /// The experiment's rules.
  public let rules: Rules

  /// The hyperparameters to change: searched, and not structural.
  public var explored: [Hyperparameter] {
    rules.space.hyperparameters.filter { $0.domain.isSearched && !$0.isStructural }
  }

  /// The random stream of one hyperparameter, so that each moves independently of the others.
  public func random(for hyperparameter: Hyperparameter) -> RandomStream {
    RandomStream(seed: rules.seed, member: member, ordinal: ordinal, purpose: "explore \(hyperparameter.name)")
  }
}

/// The explore rules that an experiment file may name.
public enum ExploreRules {
  /// Every rule.
  public static let all: [any ExploreRule.Type] = [Perturb.self, Resample.self, NoExplore.self]

  /// The rule where the experiment file names none.
  public static let standard = RuleChoice(Perturb.self)

  /// Makes a chosen rule; the name must be one of ``all``.
  static func make(_ choice: RuleChoice) -> any ExploreRule {
    guard let rule = all.first(where: { $0.name == choice.name }) else {
      preconditionFailure("there is no explore rule named \(choice.name)")
    }
    return rule.init(choice)
  }
}
