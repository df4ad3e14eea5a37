/// Each hyperparameter is multiplied by a factor drawn from a list; sometimes it is drawn anew from its range.
///
/// Jaderberg et al. 2017, section 4.1.1, with factors 1.2 and 0.8. Those lower a value by 2 % a move when nothing is
/// selected (their geometric mean is 0.98), so the default here is 1.25 and 0.8, whose product is 1. What the paper does
/// not say is decided in ``Domain/perturbed(_:by:_:random:)``.
struct Perturb: ExploreRule {
  static let name = "perturb"
  static let version = 1
  static let summary = "Each value is multiplied by a factor drawn from a list, and now and then drawn anew."
  static let settings = [
    Setting(
      "factors", standard: .numbers([0.8, 1.25]), limits: 0.01...100,
      summary: "The factors, each as likely as the others. An ordered value moves up for a factor above 1."
    ) { factors in
      guard case .numbers(let factors) = factors, factors.allSatisfy({ $0 == 1 }) else { return nil }
      return Setting.Objection(
        "has only ones, so that nothing would ever change",
        remedy: "write for example `[0.8, 1.25]`, or `explore: none`")
    },
    Setting(
      "resample_probability", standard: .number(0.1), limits: 0...1,
      summary: "Probability that a value is drawn anew from its range instead."),
    Setting(
      "choice_probability", standard: .number(0.25), limits: 0...1,
      summary: "Probability that a choice, which cannot be multiplied, is drawn anew."),
  ]

  private let factors: [Double]
  private let resampleProbability: Double
  private let choiceProbability: Double

  init(_ settings: RuleChoice) {
    factors = settings.numbers("factors")
    resampleProbability = settings.number("resample_probability")
    choiceProbability = settings.number("choice_probability")
  }

  func explore(_ inherited: Hyperparameters, _ context: ExploreContext) -> Hyperparameters {
    var values = inherited
    for hyperparameter in context.explored {
      guard let value = inherited[hyperparameter.name] else { continue }
      let domain = hyperparameter.domain
      var random = context.random(for: hyperparameter)
      let isDrawnAnew = random.chance(domain.isChoice ? choiceProbability : resampleProbability)
      let factor = factors[random.integer(below: factors.count)]
      values[hyperparameter.name] =
        isDrawnAnew
        ? domain.sample(member: context.member, random: &random)
        : domain.perturbed(value, by: factor, context.bounds(of: hyperparameter), random: &random)
    }
    return values
  }
}
