import Testing

@testable import PopulationBasedTraining

/// What the explore rules do to the hyperparameters of many members.
@Suite struct ExploreRuleTests {
  private static let wide = Domain.logUniform(1e-6, 1e6)

  private func perturb(
    factors: [Double] = [0.8, 1.25], resample: Double = 0, choice: Double = 0.25
  ) -> RuleChoice {
    RuleChoice(
      Perturb.self,
      [
        "factors": .numbers(factors), "resample_probability": .number(resample), "choice_probability": .number(choice),
      ])
  }

  private func explore(
    _ values: Hyperparameters, _ rule: RuleChoice, _ space: Space, member: Int, ordinal: Int = 1
  ) -> Hyperparameters {
    let population = Population(rules: .example(seed: 11, space: space, explore: rule))
    return population.explored(values, member: member, ordinal: ordinal, fallback: values)
  }

  private func explore(_ value: Value, _ rule: RuleChoice, _ domain: Domain, member: Int, ordinal: Int = 1) -> Value {
    let space = Space([Hyperparameter("h", domain)])
    return explore(["h": value], rule, space, member: member, ordinal: ordinal)["h"] ?? .text("lost")
  }

  @Test("What is structural, fixed or a member's own is never changed")
  func constantsAreLeft() {
    let space = Space.example
    for rule in [perturb(resample: 1, choice: 1), perturb(), RuleChoice(Resample.self, ["probability": .number(1)])] {
      for member in 0..<50 {
        let values = space.sample(member: 0, ordinal: 0, seed: 1)
        let explored = explore(values, rule, space, member: member)
        #expect(["layers", "shard", "width"].allSatisfy { explored[$0] == values[$0] })
        #expect(explored["rate"] != values["rate"])
      }
    }
  }

  @Test("A value is drawn anew as often as the resample probability says", arguments: [0, 0.1, 0.5, 1])
  func resampleProbability(_ probability: Double) {
    let rule = perturb(factors: [1], resample: probability, choice: 0.7)
    let drawn = (0..<4000).count { explore(.number(1), rule, Self.wide, member: $0) != .number(1) }
    #expect(isPlausible(drawn, of: 4000, probability: probability))
  }

  @Test("A value that is drawn anew may be anywhere in its range")
  func resampledValuesAreSamples() {
    let above = (0..<4000).count { explore(.number(1e-6), perturb(resample: 1), Self.wide, member: $0).asNumber! > 1 }
    #expect(isPlausible(above, of: 4000, probability: 0.5))
  }

  @Test("A choice is drawn anew as often as the choice probability says", arguments: [0, 0.25, 1])
  func choiceProbability(_ probability: Double) {
    let domain = Domain.choice((0..<4).map { .integer($0) })
    let rule = perturb(resample: 0.6, choice: probability)
    let moved = (0..<4000).count { explore(.integer(0), rule, domain, member: $0) != .integer(0) }
    #expect(isPlausible(moved, of: 4000, probability: 0.75 * probability))
  }

  @Test("The rule resample draws anew as often as its probability says, and else inherits", arguments: [0, 0.25, 1])
  func resampleRule(_ probability: Double) {
    let rule = RuleChoice(Resample.self, ["probability": .number(probability)])
    let drawn = (0..<4000).count { explore(.number(1), rule, Self.wide, member: $0) != .number(1) }
    #expect(isPlausible(drawn, of: 4000, probability: probability))
  }

  @Test("The rule none leaves everything")
  func noExploreLeavesEverything() {
    let values = Space.example.sample(member: 4, ordinal: 0, seed: 1)
    #expect(explore(values, RuleChoice(NoExplore.self), .example, member: 2) == values)
  }

  @Test("Each factor is as likely as the others")
  func factorsAreEquallyLikely() {
    let factors = [0.5, 0.8, 1.25, 2]
    var counts = [0, 0, 0, 0]
    for member in 0..<4000 {
      let ratio = explore(.number(1), perturb(factors: factors), Self.wide, member: member).asNumber!
      counts[factors.firstIndex { abs($0 - ratio) < 1e-9 }!] += 1
    }
    #expect(areEquallyLikely(counts))
  }

  /// After 50 moves the standard deviation of the logarithm is √50 times that of one, and its mean over 300 members
  /// has 1/√300 of that. For 0.8 and 1.25 it is 0.091; factors of 0.8 and 1.2 would drift to −1.02.
  @Test(
    "Fifty moves that nobody selects leave the geometric mean where it was, for factors whose product is 1",
    arguments: [[0.8, 1.25], [0.5, 2], [0.4, 1, 2.5]] as [[Double]], [wide, .integer(1, 1_000_000_000)])
  func movesDoNotDrift(_ factors: [Double], _ domain: Domain) {
    let start: Value = domain == Self.wide ? .number(1) : .integer(30_000)
    let rule = perturb(factors: factors)
    let logarithms = (0..<300).map { member in
      let end = (1...50).reduce(start) { explore($0, rule, domain, member: member, ordinal: $1) }
      return logarithm(end.asNumber! / start.asNumber!)
    }
    let variance = factors.reduce(0) { $0 + logarithm($1) * logarithm($1) } / Double(factors.count)
    #expect(abs(logarithms.reduce(0, +) / 300) < 4 * (50 * variance / 300).squareRoot())
  }
}
