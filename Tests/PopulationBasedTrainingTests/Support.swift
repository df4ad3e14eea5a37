import PopulationBasedTraining

/// A small generator for drawing test cases (SplitMix64), so that every run of a test draws the same ones.
struct Dice: RandomNumberGenerator {
  private var state: UInt64

  init(_ seed: UInt64) { state = seed }

  mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var mixed = state
    mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
    mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
    return mixed ^ (mixed >> 31)
  }

  mutating func integer(_ range: ClosedRange<Int>) -> Int { .random(in: range, using: &self) }
  mutating func real(_ range: ClosedRange<Double>) -> Double { .random(in: range, using: &self) }
  mutating func pick<Element>(_ elements: [Element]) -> Element { elements[integer(0...elements.count - 1)] }
  mutating func chance(_ probability: Double) -> Bool { real(0...1) < probability }
}

extension Domain {
  /// A domain of any kind, from tiny to wide, with zero and negative numbers in it now and then.
  static func random(_ dice: inout Dice, members: Int = 16) -> Domain {
    switch dice.integer(0...6) {
    case 0:
      let low = dice.integer(0...1) == 0 ? 0 : dice.real(-10...10)
      return .uniform(low, low + dice.real(1e-6...20))
    case 1:
      let low = exponent(dice.integer(-12...3)) * dice.real(1...9)
      return .logUniform(low, low * dice.real(1.001...1e6))
    case 2:
      let low = dice.integer(-20...20)
      return .integer(low, low + dice.integer(0...40))
    case 3: return .ordered((0...dice.integer(1...6)).map { .integer(1 << $0) })
    case 4: return .choice([.text("none"), .boolean(true), .integer(3), .number(0.5)])
    case 5: return .perMember((0..<members).map { .integer(100 + $0) })
    default: return .fixed(.text("adam"))
    }
  }

  private static func exponent(_ power: Int) -> Double {
    (0..<abs(power)).reduce(1.0) { result, _ in power < 0 ? result / 10 : result * 10 }
  }
}

extension Space {
  /// A space of hyperparameters of every kind.
  static func random(_ dice: inout Dice, members: Int = 16) -> Space {
    Space(
      (0..<dice.integer(1...6)).map {
        Hyperparameter("h\($0)", .random(&dice, members: members), isStructural: dice.chance(0.2))
      })
  }
}

extension Rules {
  /// Rules of a small experiment.
  static func example(
    seed: UInt64 = 1, members: Int = 10, steps: Int = 100, mode: Mode = .max, space: Space = .example,
    exploit: RuleChoice = ExploitRules.standard, explore: RuleChoice = ExploreRules.standard
  ) -> Rules {
    Rules(
      seed: seed, populationSize: members, steps: steps, interval: 10, mode: mode, space: space, exploit: exploit,
      explore: explore)
  }
}

extension Space {
  /// One hyperparameter of each kind.
  static let example = Space([
    Hyperparameter("rate", .logUniform(1e-5, 1)),
    Hyperparameter("dropout", .uniform(0, 0.8)),
    Hyperparameter("accumulation", .integer(1, 8)),
    Hyperparameter("batch", .ordered([.integer(16), .integer(32), .integer(64)])),
    Hyperparameter("augmentation", .choice([.text("none"), .text("flip"), .text("crop")])),
    Hyperparameter("layers", .integer(1, 4), isStructural: true),
    Hyperparameter("shard", .perMember((0..<64).map { .integer($0) })),
    Hyperparameter("width", .fixed(.integer(64))),
  ])
}

extension Population {
  /// A population whose members have just finished an interval with these scores; none: without a score of their own.
  static func scored(
    _ scores: [Double?], ties: [UInt64]? = nil, rules: Rules? = nil
  ) -> Population {
    let rules = rules ?? .example(members: scores.count)
    let members = scores.enumerated().map { id, score in
      let values = rules.space.sample(member: id, ordinal: 0, seed: rules.seed)
      let published = score.map {
        Published(
          score: $0, tie: ties?[id] ?? UInt64(id), checkpoint: CheckpointID("\(id)-1-a"), hyperparameters: values,
          age: 10 + id, sequence: scores.count + id + 1)
      }
      return Member(
        id: id, state: .due, steps: 10, age: 10 + id, checkpoint: CheckpointID("\(id)-1-a"), hyperparameters: values,
        published: published, intervals: 1, decisions: 0, failures: 0)
    }
    return Population(
      rules: rules, members: members, best: nil, sequence: 2 * scores.count, completedIntervals: scores.count)
  }
}

extension Population {
  /// The scored members from the best to the worst, sorted anew.
  var sortedAnew: [Member.ID] {
    members.compactMap { member in member.published.map { (score: $0.score, tie: $0.tie, id: member.id) } }
      .sorted { ($1.score, $1.tie, $1.id) < ($0.score, $0.tie, $0.id) }
      .map(\.id)
  }
}

/// Whether counts of equally likely cases are as uneven as only one experiment in a thousand would be (chi-square test,
/// with the quantile after Wilson and Hilferty).
func areEquallyLikely(_ counts: [Int]) -> Bool {
  let expected = Double(counts.reduce(0, +)) / Double(counts.count)
  let statistic = counts.reduce(0.0) { $0 + (Double($1) - expected) * (Double($1) - expected) / expected }
  let freedom = Double(counts.count - 1)
  let spread = 2 / (9 * freedom)
  let root = 1 - spread + 3.09 * spread.squareRoot()
  return statistic < freedom * root * root * root
}

/// Whether a count of successes is within five standard deviations of what its probability says.
func isPlausible(_ count: Int, of trials: Int, probability: Double) -> Bool {
  let expected = Double(trials) * probability
  return abs(Double(count) - expected) <= 5 * (expected * (1 - probability)).squareRoot()
}
