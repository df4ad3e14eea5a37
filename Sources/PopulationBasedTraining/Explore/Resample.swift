/// Each hyperparameter is drawn anew from its range with some probability, and otherwise inherited.
///
/// Jaderberg et al. 2017, section 4.1.1 ("resample from the original prior with some probability"); the paper gives no
/// number, 0.25 is what other tools use.
struct Resample: ExploreRule {
  static let name = "resample"
  static let version = 1
  static let summary = "Each value is drawn anew from its range with some probability, and otherwise inherited."
  static let settings = [
    Setting(
      "probability", standard: .number(0.25), limits: 0...1,
      summary: "Probability that a hyperparameter is drawn anew.")
  ]

  private let probability: Double

  init(_ settings: RuleChoice) {
    probability = settings.number("probability")
  }

  func explore(_ inherited: Hyperparameters, _ context: ExploreContext) -> Hyperparameters {
    var values = inherited
    for hyperparameter in context.explored {
      var random = context.random(for: hyperparameter)
      if random.chance(probability) {
        values[hyperparameter.name] = hyperparameter.domain.sample(member: context.member, random: &random)
      }
    }
    return values
  }
}
