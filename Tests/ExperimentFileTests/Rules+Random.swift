import PoptrainStoreTesting
import PopulationBasedTraining

@testable import PoptrainExperimentFile

/// Rules of every kind that a file can describe.
extension Rules {
  static func random(metric: String, using random: inout SeededGenerator) -> Rules {
    let exploit = RuleChoice.random(ExploitRules.all.map { $0 }, using: &random)
    let copiesNobody = ExploitRules.rule(exploit).copiesNobody
    let needsParts = ExploitRules.rule(exploit).fewestSubpopulations > 1
    let populationSize = Int.random(in: copiesNobody ? 1...6 : needsParts ? 6...9 : 2...9, using: &random)
    let threeParts = [2, 2, populationSize - 4].map { Subpopulation(size: $0) }
    let steps = Int.random(in: 1...1_000_000, using: &random)
    let objectives = random.maybe { [Objective].random(besides: metric, using: &$0) } ?? []
    return Rules(
      seed: UInt64.random(in: 0...(1 << 53), using: &random), populationSize: populationSize, steps: steps,
      totalSteps: random.maybe { .randomBudget(using: &$0) }, interval: .random(upTo: steps, using: &random),
      burnIn: random.maybe { Int.random(in: 0..<steps, using: &$0) } ?? 0, mode: random.pick(Mode.allCases),
      score: .random(using: &random), objectives: objectives,
      requirements: random.maybe { [Requirement].random(using: &$0) } ?? [],
      order: random.pick([
        .asynchronous, .asynchronous(copiesYounger: true), .synchronous,
        .synchronous(fraction: .random(in: 0.001...1, using: &random)),
      ]),
      compare: random.pick(Comparison.allCases),
      space: .random(populationSize: populationSize, hasRanges: ExploitRules.rule(exploit).needsSearch, using: &random),
      firstDraws: random.pick(FirstDraws.allCases),
      bounds: random.pick(Bounds.allCases), exploit: exploit, improvementGap: .random(using: &random),
      inherit: random.pick(Inheritance.allCases),
      explore: .random(ExploreRules.all.map { $0 }, using: &random), evaluatesCopies: Bool.random(using: &random),
      subpopulations: needsParts
        ? threeParts : random.maybe { [Subpopulation].random(of: populationSize, using: &$0) } ?? [],
      stop: Stop(
        target: random.maybe { Double.random(using: &$0) },
        stagnation: random.maybe { Int.random(in: 1...99, using: &$0) }),
      maxFailures: Int.random(in: 1...9, using: &random),
      keep: random.pick([.needed, .last(.random(in: 1...9, using: &random)), .all]))
  }
}

extension Schedule {
  fileprivate static func randomBudget(using random: inout SeededGenerator) -> Schedule {
    let ages = [0] + random.pick([[], [7], [7, 1 << 40]])
    return Schedule(ages.map { (age: $0, value: .integer(Int.random(in: 1...1 << 40, using: &random))) })
  }
}

extension IntervalLength {
  fileprivate static func random(upTo steps: Int, using random: inout SeededGenerator) -> IntervalLength {
    let lengths = (0..<3).map { _ in Int.random(in: 1...steps, using: &random) }
    return random.pick([
      .every(lengths[0]), .linear(from: lengths[0], to: lengths[1]), .listed(Array(lengths.prefix(lengths[0] % 3 + 1))),
    ])
  }
}

extension ScoreWindow {
  fileprivate static func random(using random: inout SeededGenerator) -> ScoreWindow {
    let length = Int.random(in: 1...50, using: &random)
    return random.pick([.last, .mean(length), .median(length), .best(length), .exponentialMean(span: length)])
  }
}

extension [Objective] {
  fileprivate static func random(besides metric: String, using random: inout SeededGenerator) -> [Objective] {
    let names = Set((0..<2).map { _ in "o" + String.random(using: &random) })
    return names.sorted().filter { $0 != metric }.map { Objective($0, random.pick(Rules.Mode.allCases)) }
  }
}

extension [Requirement] {
  /// On metrics whose names have no spaces, with limits that do not contradict each other.
  fileprivate static func random(using random: inout SeededGenerator) -> [Requirement] {
    let name =
      "r" + String.random(using: &random).filter { !$0.unicodeScalars.contains(where: \.properties.isWhitespace) }
    let limits = [Double.random(using: &random), .random(using: &random)].sorted()
    return [
      Requirement(name, isAtMost: false, limit: limits[0]), Requirement(name, isAtMost: true, limit: limits[1]),
      Requirement("other/1", isAtMost: Bool.random(using: &random), limit: 7),
    ].shuffled(using: &random)
  }
}

extension Rules.ImprovementGap {
  fileprivate static func random(using random: inout SeededGenerator) -> Self {
    Self(
      absolute: random.maybe { abs(Double.random(using: &$0)) } ?? 0,
      deviations: random.maybe { abs(Double.random(using: &$0)) } ?? 0)
  }
}

extension [Subpopulation] {
  /// Parts of at least two members; none, where there are too few for two of them.
  fileprivate static func random(of populationSize: Int, using random: inout SeededGenerator) -> [Subpopulation] {
    guard populationSize >= 4 else { return [] }
    let first = Int.random(in: 2...populationSize - 2, using: &random)
    return [first, populationSize - first].map {
      Subpopulation(size: $0, intervals: random.maybe { Int.random(in: 1...50, using: &$0) } ?? 1)
    }
  }
}

extension RuleChoice {
  static func random(_ rules: [any Rule.Type], using random: inout SeededGenerator) -> RuleChoice {
    let rule = random.pick(rules)
    var given: [String: Setting.Value] = [:]
    for setting in rule.settings where Bool.random(using: &random) {
      let drawn = Double.random(in: setting.limits, using: &random)
      let number = setting.isWhole ? drawn.rounded() : drawn
      if case .number = setting.standard {
        given[setting.name] = .number(number)
      } else {
        given[setting.name] = .numbers([number, setting.limits.upperBound])
      }
    }
    return RuleChoice(rule, given)
  }
}
