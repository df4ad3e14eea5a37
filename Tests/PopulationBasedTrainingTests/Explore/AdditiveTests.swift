import Testing

@testable import PopulationBasedTraining

@Suite struct AdditiveTests {
  private func moves(_ domain: Domain, from value: Value, deviation: Double, bounds: Bounds = .reflect) -> [Double] {
    let space = Space([Hyperparameter("h", domain, bounds: bounds)])
    let rule = RuleChoice(Additive.self, ["deviation": .number(deviation)])
    return (0..<4000).map { rule.explored(["h": value], in: space, seed: $0)["h"]?.asNumber ?? .nan }
  }

  @Test("Moves are normally distributed, as wide as the deviation says, in the unit of the range")
  func deviations() throws {
    let uniform = try #require(Sample(moves(.uniform(-1000, 1000), from: .number(0), deviation: 0.01)))
    #expect(abs(uniform.mean) < 1.5 && abs(uniform.standardDeviation! / 20 - 1) < 0.05)
    let log = try #require(
      Sample(moves(.logUniform(1e-6, 1e6), from: .number(1), deviation: 0.01).map { logarithm($0) }))
    let width = 2 * logarithm(1e6)
    #expect(abs(log.standardDeviation! / (0.01 * width) - 1) < 0.05)
    let distances = moves(.oneMinus(0.9, 0.9999), from: .number(0.997), deviation: 0.01).map { logarithm(1 - $0) }
    let oneMinus = try #require(Sample(distances))
    #expect(abs(oneMinus.standardDeviation! / (0.01 * logarithm(1000)) - 1) < 0.05)
    let integer = try #require(Sample(moves(.integer(0, 1000), from: .integer(500), deviation: 0.01)))
    #expect(abs(integer.mean - 500) < 0.8 && abs(integer.standardDeviation! / 10 - 1) < 0.05)
  }

  @Test("Zero is no trap, and clipped moves stay at the end that they have passed")
  func bounds() {
    let reflected = moves(.uniform(0, 1), from: .number(0), deviation: 0.1)
    #expect(reflected.allSatisfy { $0 > 0 })
    let clipped = moves(.uniform(0, 1), from: .number(0), deviation: 0.1, bounds: .clip)
    #expect((1850...2150).contains(clipped.count { $0 == 0 }))
    #expect(clipped.allSatisfy { $0 >= 0 && $0 <= 1 })
  }

  @Test("Perturbed values are clipped where that is asked for, and stay on the grid", arguments: Bounds.allCases)
  func clippedFactors(_ bounds: Bounds) {
    var random = RandomStream(seed: 1, member: 0, ordinal: 0, purpose: "moves")
    let cases: [(Domain, Value, Double, clipped: Value, reflected: Value)] = [
      (.uniform(0, 1), .number(0.9), 1.25, .number(1), .number(2 - 0.9 * 1.25)),
      (.integer(1, 8), .integer(8), 2, .integer(8), .integer(1)),
      (.ordered([.integer(1), .integer(2)]), .integer(2), 2, .integer(2), .integer(1)),
    ]
    for (domain, value, factor, clipped, reflected) in cases {
      let moved = domain.perturbed(value, by: factor, bounds, random: &random)
      let expected = bounds == .clip ? clipped : reflected
      #expect(abs((moved.asNumber ?? .nan) - (expected.asNumber ?? 0)) < 1e-12, "\(domain)")
    }
  }

  @Test("Of a one-minus range the distance to 1 is drawn log-uniformly, and multiplied")
  func oneMinus() {
    let domain = Domain.oneMinus(0.9, 0.999)
    var random = RandomStream(seed: 1, member: 0, ordinal: 0, purpose: "moves")
    let drawn = (0..<4000).map { _ in domain.sample(member: 0, random: &random).asNumber ?? .nan }
    #expect(drawn.allSatisfy { (0.9...0.999).contains($0) })
    #expect((1850...2150).contains(drawn.count { $0 < 0.99 }))
    let moved = domain.perturbed(.number(0.98), by: 0.5, .reflect, random: &random).asNumber ?? .nan
    #expect(abs(moved - 0.99) < 1e-12)
  }

  @Test("A hyperparameter with a rule of its own is explored by that, the others by the experiment's")
  func overrides() {
    let space = Space([
      Hyperparameter("a", .logUniform(1e-6, 1e6)),
      Hyperparameter(
        "b", .logUniform(1e-6, 1e6),
        explore: RuleChoice(Perturb.self, ["factors": .numbers([2]), "resample_probability": .number(0)])),
      Hyperparameter("c", .logUniform(1e-6, 1e6), explore: RuleChoice(NoExplore.self)),
    ])
    let values: Hyperparameters = ["a": .number(1), "b": .number(1), "c": .number(1)]
    for seed in 0..<20 {
      let explored = RuleChoice(Additive.self).explored(values, in: space, seed: seed)
      #expect(
        abs((explored["b"]?.asNumber ?? 0) - 2) < 1e-12 && explored["c"] == .number(1) && explored["a"] != .number(1))
    }
  }
}
