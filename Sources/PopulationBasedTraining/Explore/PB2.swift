/// Population based bandits: values are chosen that a model of past intervals expects to raise the score the most.
///
/// Parker-Holder et al. 2020 (arXiv 2002.02518), and 2021 (arXiv 2106.15883) for choices. The model and its search are
/// in the folder `PB2`. Values are drawn from their ranges as long as there are fewer than three intervals to learn from,
/// where the score of the copied model is not known, and where the values that the model chose broke a constraint.
struct PB2: ExploreRule {
  static let name = "pb2"
  static let version = 1
  static let summary = "A model of past intervals chooses the values that are likely to raise the score the most."
  static let settings = [
    Setting(
      "window", standard: .number(200), quick: .number(50), limits: 10...1000, isWhole: true,
      summary: "How many of the population's last intervals the model learns from; the time grows with the cube.")
  ]

  let observationsRemembered: Int

  init(_ settings: RuleChoice) {
    observationsRemembered = Int(settings.number("window"))
  }

  func explore(_ inherited: Hyperparameters, _ context: ExploreContext) -> Hyperparameters {
    let chosen = chosen(inherited, context) ?? drawn(context)
    return inherited.merging(chosen) { $1 }
  }

  private func chosen(_ inherited: Hyperparameters, _ context: ExploreContext) -> Hyperparameters? {
    let (population, space) = (context.population, context.population.rules.space)
    guard context.attempt == 0, let score = context.startScore else { return nil }
    let bandit = GainBandit(hyperparameters: context.explored) { values in
      space.constraints.isEmpty || space.allows(inherited.merging(values) { $1 })
    }
    func start(_ steps: Int, _ score: Double) -> GainBandit.Start {
      GainBandit.Start(time: Double(population.rules.readyMoments(until: steps)), score: score)
    }
    // In an order that does not depend on who finished first.
    let observations = population.observations.sorted { ($0.startSteps, $0.member) < ($1.startSteps, $1.member) }
    let trained = observations.suffix(observationsRemembered).compactMap {
      observation -> GainBandit.Trained? in
      guard let gain = observation.gain, let score = observation.startScore else { return nil }
      return GainBandit.Trained(
        start: start(observation.startSteps, score), gain: gain, hyperparameters: observation.hyperparameters)
    }
    guard trained.count >= GainBandit.fewestIntervals else { return nil }
    var random = context.random("explore pb2 \(context.explored.map(\.name).joined(separator: " "))")
    return bandit.choose(
      after: trained, for: start(population.members[context.member].steps, score), pending: context.pending,
      random: &random)
  }

  private func drawn(_ context: ExploreContext) -> Hyperparameters {
    context.explored.reduce(into: [:]) { values, hyperparameter in
      var random = context.random(for: hyperparameter)
      values[hyperparameter.name] = hyperparameter.domain.sample(member: context.member, random: &random)
    }
  }
}
