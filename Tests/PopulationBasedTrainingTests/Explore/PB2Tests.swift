import Testing

@testable import PopulationBasedTraining

/// The rule `pb2` in populations that have a history.
@Suite struct PB2Tests {
  private static let space = Space(
    [
      Hyperparameter("rate", .uniform(0, 1)), Hyperparameter("batch", .integer(1, 16)),
      Hyperparameter("layers", .integer(1, 4), isStructural: true), Hyperparameter("width", .fixed(.integer(64))),
      Hyperparameter("shard", .perMember((0..<8).map { .integer($0) })),
    ])

  /// A population at its third ready moment, in which gains were the higher the nearer the rate was to 0.8.
  private func population(
    window: Int = 200, observations count: Int = 12, space: Space = space, inherit: Inheritance = .both
  ) -> Population {
    var rules = Rules.example(
      members: 5, space: space, explore: RuleChoice(PB2.self, ["window": .number(Double(window))]))
    rules.inherit = inherit
    let members = (0..<5).map { id in
      Member.example(id, score: Double(id), hyperparameters: space.sample(member: id, ordinal: 0, seed: 5))
    }
    let observations = (0..<count).map { number in
      let values = space.sample(member: number, ordinal: 1, seed: 5)
      let away = (values["rate"]?.asNumber ?? 0) - 0.8
      return Observation(
        member: number % 5, startSteps: 10 * (number / 5), steps: 10, startScore: Double(number),
        score: Double(number) - away * away, hyperparameters: values)
    }
    return Population(
      rules: rules, members: members, best: nil, sequence: 200, completedIntervals: count, observations: observations)
  }

  private func explored(
    _ population: Population, startScore: Double? = 3, decided: [Decision] = []
  ) -> Hyperparameters {
    let values = population.members[4].hyperparameters
    return population.explored(
      values, member: 0, ordinal: 1, startScore: startScore, decided: decided, fallback: values)
  }

  /// What the rule draws where it has nothing to learn from.
  private var drawn: Hyperparameters { explored(population(observations: 0)) }

  @Test("Members that copy get values that the model chose; what is not explored stays")
  func chosenValues() {
    let population = population()
    let decision = decide(0, in: population)
    #expect(decision.result.donor?.member == 4)
    #expect(abs((decision.hyperparameters["rate"]?.asNumber ?? 0) - 0.8) < 0.1)
    #expect(decision.hyperparameters["layers"] == population.members[4].hyperparameters["layers"])
    #expect(decision.hyperparameters["width"] == .integer(64))
    #expect(decision.hyperparameters["shard"] == .integer(0))
    #expect(decide(0, in: population) == decision)
  }

  @Test("Values are drawn while there are fewer than three intervals, or no score to start from")
  func drawnValues() {
    for count in 0...2 { #expect(explored(population(observations: count)) == drawn) }
    #expect(explored(population(), startScore: nil) == drawn)
    #expect(explored(population(observations: 3)) != drawn)
    #expect(explored(population()) != drawn)
  }

  @Test("The new interval starts from the donor's score, or from the member's own where it keeps its weights")
  func startScores() {
    func values(_ decision: Decision) -> [Value?] { ["rate", "batch"].map { decision.hyperparameters[$0] } }
    for (inherit, score) in [(Inheritance.both, 4.0), (.weights, 4), (.hyperparameters, 0)] {
      let population = population(inherit: inherit)
      let values = population.rules.space.inherit(
        population.members[0].hyperparameters, from: population.members[4].hyperparameters, inherit)
      let expected = population.explored(values, member: 0, ordinal: 1, startScore: score, fallback: values)
      #expect(decide(0, in: population).hyperparameters == expected)
    }
    #expect(explored(population(), startScore: 0) != explored(population(), startScore: 4))
  }

  @Test("How long ago intervals were counts from the steps of the member")
  func startTime() {
    var population = population(space: Space([Hyperparameter("rate", .uniform(0, 1))]))
    population.observations = (0..<20).map { number in
      let rate = Double(number % 5) / 4
      let away = rate - (number < 10 ? 0 : 1)
      return Observation(
        member: 0, startSteps: 10 * (number / 5), steps: 10, startScore: 1, score: 1 - away * away,
        hyperparameters: ["rate": .number(rate)])
    }
    let values = explored(population)
    population.members[0].steps = 90
    #expect(explored(population) != values)
  }

  @Test("Only the last intervals of the window count")
  func window() {
    let all = population(window: 1000, observations: 16)
    let last = population(window: 10, observations: 16)
    let rules = last.rules
    let kept = Population(
      rules: rules, members: last.members, best: nil, sequence: 200, completedIntervals: 16,
      observations: Array(last.observations.suffix(10)))
    #expect(explored(last) == explored(kept))
    #expect(explored(all) != explored(last))
    #expect(rules.observationsRemembered == 10 + rules.populationSize)
  }

  @Test("Members that decide together try different values")
  func togetherDecided() {
    let population = population(observations: 4, space: Space([Hyperparameter("rate", .uniform(0, 1))]))
    var decisions: [Decision] = []
    for ordinal in 1...4 {
      var decision = decide(0, in: population, after: decisions)
      decision.ordinal = ordinal
      decisions.append(decision)
    }
    let rates = decisions.map { $0.hyperparameters["rate"]?.asNumber ?? .nan }
    for (position, rate) in rates.enumerated() {
      #expect(rates[..<position].allSatisfy { abs($0 - rate) > 0.01 }, "\(rates)")
    }
  }

  @Test("What other members train under counts as tried, and what they have finished does not")
  func pending() {
    var training = population(space: Space([Hyperparameter("rate", .uniform(0, 1))]))
    let before = explored(training)
    let stay = { (id: Member.ID) in
      Decision(
        sequence: 201 + id, member: id, ordinal: 1, saw: 200, result: .stay, reason: "", rule: "", ownScore: nil,
        threshold: nil, hyperparameters: before)
    }
    let decided = explored(training, decided: [stay(2)])
    training.apply(.decision(stay(2)))
    #expect(explored(training) == decided)
    #expect(decided != before)
  }

  @Test("Chosen values satisfy the constraints")
  func constraints() {
    let space = Space(
      [Hyperparameter("rate", .uniform(0, 1)), Hyperparameter("batch", .integer(1, 16))],
      constraints: [Constraint("rate", .atMost, .number(0.5))])
    let chosen = explored(population(space: space))
    #expect(0.4...0.5 ~= chosen["rate"]?.asNumber ?? 1)
  }

  /// The other value is drawn anew, and so mostly breaks the constraint that the inherited one satisfies.
  @Test("Where what others made of the rest breaks a constraint, values are drawn: the model is asked once")
  func drawnAgain() {
    let rate = Hyperparameter("rate", .uniform(0, 1))
    let other = Hyperparameter(
      "other", .uniform(0, 1), explore: RuleChoice(Resample.self, ["probability": .number(1)]))
    let population = population(
      space: Space([rate, other], constraints: [Constraint("other", .greater, .number(0.9))]))
    let values: Hyperparameters = ["rate": .number(0.5), "other": .number(0.95)]
    let made = population.explored(values, member: 0, ordinal: 1, startScore: 3, fallback: values)
    let drawn = (1..<1000).map { attempt in
      var random = RandomStream(seed: 1, member: 0, ordinal: 1, purpose: "explore rate again \(attempt)")
      return rate.domain.sample(member: 0, random: &random)
    }
    #expect(made["other"] != values["other"])
    #expect(drawn.contains(made["rate"] ?? .text("lost")))
  }

  /// The best score of a population whose models gain the more the nearer their rates are to optima, of which one falls
  /// from 0.9 to 0.1. At best it is 16.
  private func bestScore(_ explore: RuleChoice, seed: UInt64) -> Double {
    let space = Space([Hyperparameter("falling", .uniform(0, 1)), Hyperparameter("resting", .uniform(0, 1))])
    var rules = Rules.example(seed: seed, members: 4, steps: 160, space: space, explore: explore)
    rules.order = .synchronous
    rules.exploit = RuleChoice(Truncation.self, ["quantile_fraction": .number(0.25)])
    var population = Population(rules: rules)
    for id in 0..<4 { population.apply(.decision(initialDecision(id, in: population))) }
    while !population.isFinished {
      for member in population.members {
        let optima = ["falling": 0.9 - 0.8 * Double(member.steps) / 160, "resting": 0.4]
        let gain = optima.reduce(1) { gain, optimum in
          let away = (member.hyperparameters[optimum.key]?.asNumber ?? .nan) - optimum.value
          return gain - 16 * away * away
        }
        population.apply(.interval(.example(of: member, in: population, gain: gain)))
      }
      let decisions = population.due.reduce(into: [Decision]()) { $0.append(decide($1, in: population, after: $0)) }
      for decision in decisions {
        var decision = decision
        decision.sequence = population.sequence + 1
        population.apply(.decision(decision))
      }
    }
    return population.best?.published.score ?? .nan
  }

  @Test("A population whose best values move ends far higher than with drawn and with perturbed ones")
  func populations() {
    let seeds = UInt64(1)...2
    let learnt = seeds.map { bestScore(RuleChoice(PB2.self, ["window": .number(24)]), seed: $0) }
    for other in [RuleChoice(Resample.self), RuleChoice(Perturb.self)] {
      let scores = seeds.map { bestScore(other, seed: $0) }
      #expect(learnt.reduce(0, +) > scores.reduce(0, +) + 4, "\(learnt) against \(scores)")
    }
  }
}

extension Interval {
  /// The next interval of a member, which raises its model's score by a gain.
  fileprivate static func example(of member: Member, in population: Population, gain: Double) -> Interval {
    let score = (member.startSelection ?? 0) + gain
    let number = member.intervals + 1
    return Interval(
      sequence: population.sequence + 1, member: member.id, number: number, kind: .train, outcome: .completed,
      start: member.checkpoint, end: CheckpointID(member: member.id, number: number, token: "a"),
      startSteps: member.steps, steps: population.rules.stepsOfNextInterval(of: member), startAge: member.age,
      hyperparameters: member.hyperparameters, score: score, selection: score, startSelection: member.startSelection,
      tie: UInt64(member.id), metrics: ["score": score], evaluations: [], seed: 0, token: "a", worker: "", message: nil,
      log: nil, startedAt: 0, finishedAt: 0)
  }
}
