import PoptrainStoreTesting
import PopulationBasedTraining

/// Spaces of every kind that a file can describe.
extension Space {
  static func random(populationSize: Int, hasRanges: Bool, using random: inout SeededGenerator) -> Space {
    var names: [String] = []
    for _ in 0..<Int.random(in: 1...6, using: &random) {
      let name = String.random(using: &random).filter {
        !"{}=".contains($0) && !$0.unicodeScalars.contains(where: \.isControl)
      }
      if !name.isEmpty, !names.contains(name) { names.append(name) }
    }
    let others = names.map { Hyperparameter.random($0, populationSize: populationSize, using: &random) }
    // Values of which it is known what they satisfy.
    let searched = [Hyperparameter("low", .uniform(-1, 0.4)), Hyperparameter("high:#1", .uniform(0.5, 1))]
    let constant = Hyperparameter("<", .fixed(.integer(3)))
    let constraints: [Constraint] = [
      Constraint("low", .less, .hyperparameter("high:#1")), Constraint("low", .atMost, .number(0.45)),
      Constraint("high:#1", .greater, .hyperparameter("low")), Constraint("high:#1", .atLeast, .number(1e-12)),
      Constraint("<", .equal, .number(3)), Constraint("<", .different, .hyperparameter("low")),
    ].filter { _ in Bool.random(using: &random) }
    if !hasRanges, Bool.random(using: &random) {
      return Space((others.filter { !$0.domain.isSearched } + [constant]).shuffled(using: &random))
    }
    return Space((searched + [constant] + others).shuffled(using: &random), constraints: constraints)
  }
}

extension Hyperparameter {
  fileprivate static func random(_ name: String, populationSize: Int, using random: inout SeededGenerator) -> Self {
    let domain = Domain.random(populationSize: populationSize, using: &random)
    guard domain.isSearched, Bool.random(using: &random) else { return Hyperparameter(name, domain) }
    var stream = RandomStream(seed: random.next(), member: 0, ordinal: 0, purpose: "test")
    let initial = random.maybe { _ in domain.sample(member: 0, random: &stream) }
    if initial == nil, Bool.random(using: &random) {
      let count = Int.random(in: 1...populationSize, using: &random)
      return Hyperparameter(name, domain, initials: (0..<count).map { _ in domain.sample(member: 0, random: &stream) })
    }
    if Bool.random(using: &random) { return Hyperparameter(name, domain, initial: initial, isStructural: true) }
    return Hyperparameter(
      name, domain, initial: initial, explore: random.maybe { .random(ExploreRules.all.map { $0 }, using: &$0) },
      bounds: domain.isChoice ? nil : random.maybe { $0.pick(Bounds.allCases) })
  }
}

extension Domain {
  fileprivate static func random(populationSize: Int, using random: inout SeededGenerator) -> Domain {
    let numbers = [Double.random(using: &random), .random(using: &random)].sorted()
    let integers = [Int.random(in: -9...0, using: &random), .random(in: 1...(1 << 53), using: &random)]
    let texts = (0..<5).map { Value.text("\($0)" + .random(using: &random)) }
    switch Int.random(in: 0..<12, using: &random) {
    case 0: return .uniform(numbers[0], numbers[1] + 1)
    case 1: return .logUniform(abs(numbers[1]) + 1e-9, abs(numbers[1]) + 1)
    case 2: return .integer(integers[0], integers[1])
    case 3: return .ordered(texts)
    case 4: return .ordered([.number(numbers[0]), .number(numbers[0] + 1), .number(numbers[0] + 7)])
    case 5: return .choice([.boolean(true), .integer(integers[0]), texts[0], .text(""), .text("true"), .text("1")])
    case 6: return .perMember((0..<populationSize).map { .integer($0 % 2) })
    case 7: return .fixed(.text(.random(using: &random)))
    case 8: return .oneMinus(-abs(numbers[1]), .random(in: 0.1..<1, using: &random))
    case 9: return .scheduled(Schedule([(0, texts[0]), (1, texts[1]), (1 << 40, .boolean(true))]))
    case 10: return .scheduled(Schedule([(0, random.pick([.number(numbers[0]), .integer(integers[0])]))]))
    default: return .fixed(random.pick([.number(numbers[0]), .integer(integers[1]), .boolean(false)]))
    }
  }
}
