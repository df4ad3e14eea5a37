import PoptrainStoreTesting
import Testing

@testable import PopulationBasedTraining

/// What holds for every explore rule, seen through the decisions of members that copy another. There is nothing that a rule
/// could have learnt from: what a model chooses has tests of its own.
@Suite struct EveryExploreRuleTests {
  /// The rules that change values.
  private static let moving = ExploreRules.all.filter { $0.name != "none" }

  private func explored(
    _ value: Value, _ rule: RuleChoice, _ domain: Domain, _ bounds: Bounds? = nil, seed: Int = 1, ordinal: Int = 1
  ) -> Value {
    let space = Space([Hyperparameter("h", domain, bounds: bounds)])
    return rule.explored(["h": value], in: space, seed: seed, ordinal: ordinal)["h"] ?? .text("lost")
  }

  @Test("A hundred thousand values are in their range, on their grid and of their kind", arguments: 0..<100)
  func valuesAreInside(_ seed: Int) {
    var dice = SeededGenerator(seed: UInt64(seed))
    var count = 0
    while count < 1000 {
      let space = Space((0..<12).map { Hyperparameter.random("h\($0)", &dice) })
      let own = space.sample(member: 1, ordinal: 0, seed: UInt64(seed))
      for rule in ExploreRules.all {
        let choice = RuleChoice.random(rule, &dice)
        let donated = space.sample(member: 0, ordinal: dice.integer(1...9), seed: UInt64(seed))
        var values = donated
        for ordinal in 1...5 {
          values = choice.explored(values, in: space, seed: seed, ordinal: ordinal)
          for hyperparameter in space.hyperparameters {
            let (name, domain) = (hyperparameter.name, hyperparameter.domain)
            guard let value = values[name], domain.contains(value) else {
              Issue.record("\(String(describing: values[name])) is outside \(domain) after \(choice)")
              return
            }
            if !domain.isSearched {
              #expect(value == own[name])
            } else if hyperparameter.isStructural {
              #expect(value == donated[name])
            } else {
              count += 1
            }
          }
        }
      }
    }
  }

  @Test("What a value becomes does not depend on which others there are, nor on their ranges", arguments: 0..<30)
  func valuesAreIndependent(_ seed: Int) {
    var dice = SeededGenerator(seed: UInt64(seed))
    let kept = Hyperparameter.random("kept", &dice)
    let others = (0..<3).map { Hyperparameter.random("other \($0)", &dice) }
    let changed = others.map { Hyperparameter.random($0.name, &dice) }
    let spaces = [[kept], [kept] + others, others + [kept], [kept] + changed].map { Space($0) }
    for rule in ExploreRules.all {
      let choice = RuleChoice.random(rule, &dice)
      for ordinal in 1...10 {
        let becomes = spaces.map { space in
          let donated = space.sample(member: 0, ordinal: 0, seed: UInt64(seed))
          return choice.explored(donated, in: space, seed: seed, ordinal: ordinal)["kept"]
        }
        #expect(Set(becomes).count == 1, "\(becomes) of \(choice) in \(kept.domain)")
      }
    }
  }

  @Test(
    "Moves of two hyperparameters, two members and two decisions are uncorrelated",
    arguments: moving.map { RuleChoice($0) })
  func movesAreUncorrelated(_ rule: RuleChoice) {
    let domain = Domain.logUniform(1e-6, 1e6)
    let space = Space([Hyperparameter("a", domain), Hyperparameter("b", domain)])
    let count = 1000
    func moves(_ name: String, member: Member.ID = 1, ordinal: Int = 1) -> [Double] {
      (0..<count).map { seed in
        let values = rule.explored(
          ["a": .number(1), "b": .number(1)], in: space, seed: seed, member: member, ordinal: ordinal)
        return logarithm(values[name]?.asNumber ?? .nan)
      }
    }
    let first = moves("a")
    for other in [moves("b"), moves("a", member: 2), moves("a", ordinal: 2)] {
      // The standard error of the correlation of independent numbers is 1/√n.
      #expect(abs(correlation(first, other)) < 5 / Double(count).squareRoot())
    }
  }

  private func correlation(_ one: [Double], _ other: [Double]) -> Double {
    func centred(_ numbers: [Double]) -> [Double] {
      let mean = numbers.reduce(0, +) / Double(numbers.count)
      return numbers.map { $0 - mean }
    }
    func product(_ one: [Double], _ other: [Double]) -> Double { zip(one, other).reduce(0) { $0 + $1.0 * $1.1 } }
    let (one, other) = (centred(one), centred(other))
    return product(one, other) / (product(one, one) * product(other, other)).squareRoot()
  }

  private static let scales = [1e-12, 1e-3, 1, 1e6]

  @Test("Moves are as long as their range is wide: in a scaled range they are scaled", arguments: 0..<30)
  func movesScaleWithTheRange(_ seed: Int) {
    var dice = SeededGenerator(seed: UInt64(seed))
    let low = dice.real(0.5...2)
    let high = low * dice.real(1.1...100)
    let start = dice.real(low...high)
    for rule in ExploreRules.all {
      let choice = RuleChoice.random(rule, &dice)
      for makeDomain in [Domain.uniform, Domain.logUniform] {
        let moved = Self.scales.map { scale in
          let domain = makeDomain(low * scale, high * scale)
          return (explored(.number(start * scale), choice, domain, seed: seed).asNumber ?? .nan) / scale
        }
        #expect(moved.allSatisfy { abs($0 / moved[0] - 1) < 1e-9 }, "\(moved) of \(choice)")
      }
    }
  }

  @Test("A value at an end of a range never jumps to the other", arguments: moving.map { RuleChoice($0) })
  func valuesAtAnEndStayNear(_ rule: RuleChoice) {
    for scale in Self.scales {
      let (low, high) = (scale, 10 * scale)
      for domain in [Domain.uniform(low, high), .logUniform(low, high)] {
        for seed in 0..<100 {
          #expect(explored(.number(low), rule, domain, seed: seed) != .number(high))
          #expect(explored(.number(high), rule, domain, seed: seed) != .number(low))
        }
      }
    }
  }

  private static let smallDomains: [Domain] = [
    .integer(0, 1), .integer(0, 3), .integer(1, 2), .integer(1, 8), .integer(-3, 3), .integer(7, 10), .integer(-9, -6),
    .ordered([16, 32, 64, 128].map { .integer($0) }), .ordered([.number(0), .number(0.1), .number(0.5)]),
    .ordered([.boolean(false), .boolean(true)]), .choice([.boolean(false), .boolean(true)]),
    .choice([.text("none"), .text("flip"), .text("crop"), .text("both")]),
    .choice([.integer(0), .integer(1), .number(0.5), .text("auto")]),
  ]

  @Test(
    "From every value of a small range or list every other one is reached", arguments: moving.map { RuleChoice($0) },
    smallDomains)
  func noValueIsATrap(_ rule: RuleChoice, _ domain: Domain) {
    let values = domain.everyValue
    for bounds in Bounds.allCases {
      var next: [Value: Set<Value>] = [:]
      for (position, value) in values.enumerated() {
        for ordinal in 1...150 {
          next[value, default: []].insert(explored(value, rule, domain, bounds, seed: position, ordinal: ordinal))
        }
      }
      for start in values { #expect(reached(from: start, next) == Set(values), "from \(start)") }
    }
  }

  private func reached(from start: Value, _ next: [Value: Set<Value>]) -> Set<Value> {
    var reached: Set = [start]
    var open = [start]
    while let value = open.popLast() {
      for value in next[value] ?? [] where reached.insert(value).inserted { open.append(value) }
    }
    return reached
  }

  @Test("What is explored satisfies the constraints that the donor's values satisfy", arguments: 0..<30)
  func constraintsHold(_ seed: Int) {
    var dice = SeededGenerator(seed: UInt64(seed))
    let domain = dice.pick([Domain.uniform(0, 1), .logUniform(1e-6, 1), .oneMinus(0.9, 0.9999), .integer(0, 9)])
    let space = Space(
      ["a", "b", "c"].map { Hyperparameter($0, domain) },
      constraints: [Constraint("a", .atMost, .hyperparameter("b")), Constraint("c", .different, .hyperparameter("a"))])
    for rule in ExploreRules.all {
      let choice = RuleChoice.random(rule, &dice)
      var values = space.sample(member: 0, ordinal: 1, seed: UInt64(seed))
      #expect(space.allows(values))
      for ordinal in 1...20 {
        values = choice.explored(values, in: space, seed: seed, ordinal: ordinal)
        #expect(space.allows(values), "\(values) after \(choice)")
      }
    }
  }
}

extension Domain {
  /// All values of a small domain.
  var everyValue: [Value] {
    switch self {
    case .integer(let low, let high): (low...high).map { .integer($0) }
    case .ordered(let values), .choice(let values), .perMember(let values): values
    case .fixed(let value): [value]
    case .uniform, .logUniform, .oneMinus, .scheduled: []
    }
  }
}
