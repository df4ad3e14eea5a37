/// A copy keeps exactly the values of its donor.
struct NoExplore: ExploreRule {
  static let name = "none"
  static let version = 1
  static let summary = "A copy keeps exactly the values of its donor."
  static let settings: [Setting] = []

  init(_ settings: RuleChoice) {}

  func explore(_ inherited: Hyperparameters, _ context: ExploreContext) -> Hyperparameters { inherited }
}
