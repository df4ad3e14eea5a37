/// To each hyperparameter a normally distributed number is added, in the unit of its range.
///
/// Zero is left as easily as any other value, which the toy problem of Jaderberg et al. 2017, figure 2, needs. The paper
/// gives no width; 0.1 is what its re-implementations use.
struct Additive: ExploreRule {
  static let name = "additive"
  static let version = 1
  static let summary = "To each value a normally distributed number is added, in the logarithm for a log range."
  static let settings = [
    Setting(
      "deviation", standard: .number(0.1), limits: 0.000001...10,
      summary: "Standard deviation of the number, as a fraction of the width of the range."),
    Setting(
      "choice_probability", standard: .number(0.25), limits: 0...1,
      summary: "Probability that a choice, to which nothing can be added, is drawn anew."),
  ]

  private let deviation: Double
  private let choiceProbability: Double

  init(_ settings: RuleChoice) {
    deviation = settings.number("deviation")
    choiceProbability = settings.number("choice_probability")
  }

  func explore(_ inherited: Hyperparameters, _ context: ExploreContext) -> Hyperparameters {
    var values = inherited
    for hyperparameter in context.explored {
      guard let value = inherited[hyperparameter.name] else { continue }
      var random = context.random(for: hyperparameter)
      if case .choice = hyperparameter.domain {
        guard random.chance(choiceProbability) else { continue }
        values[hyperparameter.name] = hyperparameter.domain.sample(member: context.member, random: &random)
      } else {
        values[hyperparameter.name] = hyperparameter.domain.moved(
          value, by: random.normal() * deviation, context.bounds(of: hyperparameter), &random)
      }
    }
    return values
  }
}
