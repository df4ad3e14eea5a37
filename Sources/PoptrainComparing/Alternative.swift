package import PoptrainExperimentFile
internal import PopulationBasedTraining

/// What an experiment is compared with: itself with one rule changed.
package struct Alternative: Hashable, Sendable {
  /// What it is called on the command line, and what the folders of its runs begin with.
  package let name: String
  /// One sentence for people.
  package let summary: String
  /// The exploit rule instead of the experiment's; none: that one.
  private let exploit: RuleChoice?
  /// The explore rule instead of the experiment's; none: that one.
  private let explore: RuleChoice?

  private init(_ name: String, _ summary: String, exploit: RuleChoice? = nil, explore: RuleChoice? = nil) {
    self.name = name
    self.summary = summary
    self.exploit = exploit
    self.explore = explore
  }

  /// The experiment with the rule changed.
  package func changing(_ experiment: Experiment) -> Experiment {
    var changed = experiment
    changed.rules.exploit = exploit ?? experiment.rules.exploit
    changed.rules.explore = explore ?? experiment.rules.explore
    return changed
  }

  /// The experiment as it is written.
  package static let baseline = Alternative("baseline", "The experiment as it is written.")

  /// Every alternative: three controls, and each rule with its standard settings.
  package static let all: [Alternative] = {
    let exploits = ExploitRules.all.filter { RuleChoice($0) != ExploitRules.none }
    let explores = ExploreRules.all.filter { RuleChoice($0) != ExploreRules.none }
    return [
      Alternative(
        "random_search", "Independent runs: nobody copies anybody, and every member keeps its first values.",
        exploit: ExploitRules.none),
      Alternative("no_explore", "A copy keeps exactly the values of its donor.", explore: ExploreRules.none),
      Alternative(
        "no_exploit", "No copying: a member keeps its weights and changes its own values.",
        exploit: ExploitRules.exploreOnly),
    ]
      + exploits.map { Alternative($0.name, $0.summary, exploit: RuleChoice($0)) }
      + explores.map { Alternative($0.name, $0.summary, explore: RuleChoice($0)) }
  }()

  /// The alternative of this name.
  package static func named(_ name: String) -> Alternative? { all.first { $0.name == name } }
}
