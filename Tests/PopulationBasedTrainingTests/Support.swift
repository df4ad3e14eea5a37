import PoptrainStoreTesting
import PopulationBasedTraining

extension SeededGenerator {
  mutating func chance(_ probability: Double) -> Bool { real(0...1) < probability }
}

extension Domain {
  /// A domain of any kind, from tiny to wide, with zero and negative numbers in it now and then.
  static func random(_ dice: inout SeededGenerator, members: Int = 16) -> Domain {
    switch dice.integer(0...8) {
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
    case 6:
      let distance = exponent(-dice.integer(0...6)) * dice.real(0.01...1)
      return .oneMinus(1 - distance, 1 - distance * dice.real(0.001...0.9))
    case 7: return .scheduled(Schedule((0...dice.integer(0...3)).map { (10 * $0, .integer($0)) }))
    default: return .fixed(.text("adam"))
    }
  }

  private static func exponent(_ power: Int) -> Double {
    (0..<abs(power)).reduce(1.0) { result, _ in power < 0 ? result / 10 : result * 10 }
  }
}

extension Hyperparameter {
  /// A hyperparameter of any kind.
  static func random(_ name: String, _ dice: inout SeededGenerator, members: Int = 16) -> Hyperparameter {
    Hyperparameter(
      name, .random(&dice, members: members), isStructural: dice.chance(0.2), bounds: dice.pick([nil] + Bounds.allCases)
    )
  }
}

extension Space {
  /// A space of hyperparameters of every kind.
  static func random(_ dice: inout SeededGenerator, members: Int = 16) -> Space {
    Space(
      (0..<dice.integer(1...6)).map { Hyperparameter.random("h\($0)", &dice, members: members) })
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

extension RuleChoice {
  /// A rule with settings anywhere within their limits, at the limits now and then.
  static func random(_ rule: any Rule.Type, _ dice: inout SeededGenerator) -> RuleChoice {
    var given: [String: Setting.Value] = [:]
    for setting in rule.settings where dice.chance(0.7) {
      func number() -> Double {
        let number = dice.pick([
          setting.limits.lowerBound, setting.limits.upperBound, dice.real(setting.limits), dice.real(setting.limits),
        ])
        return setting.isWhole ? number.rounded() : number
      }
      switch setting.standard {
      case .number: given[setting.name] = .number(number())
      case .numbers: given[setting.name] = .numbers((0..<dice.integer(1...4)).map { _ in number() })
      }
    }
    return RuleChoice(rule, given)
  }

  /// What a member has after it has copied a donor with these values, where this is the explore rule.
  func explored(
    _ values: Hyperparameters, in space: Space, seed: Int = 1, member: Member.ID = 1, ordinal: Int = 1
  ) -> Hyperparameters {
    let rules = Rules.example(seed: UInt64(seed), members: member + 1, space: space, explore: self)
    let members = (0...member).map { id in
      Member.example(
        id, score: id == 0 ? 1 : nil,
        hyperparameters: id == 0 ? values : space.sample(member: id, ordinal: 0, seed: UInt64(seed)),
        decisions: ordinal - 1)
    }
    let population = Population(rules: rules, members: members, best: nil, sequence: 200, completedIntervals: 1)
    return decide(member, in: population).hyperparameters
  }
}

extension Member {
  /// A member that has just finished an interval with this score; none: without a score of its own.
  static func example(
    _ id: ID, score: Double?, tie: UInt64? = nil, evaluations: [Double] = [], hyperparameters: Hyperparameters,
    decisions: Int = 0, isDone: Bool = false
  ) -> Member {
    let checkpoint = CheckpointID("\(id)-1-a")
    let published = score.map {
      Published(
        score: $0, tie: tie ?? UInt64(id), checkpoint: checkpoint, hyperparameters: hyperparameters, age: 10 + id,
        sequence: 100 + id)
    }
    return Member(
      id: id, state: isDone ? .done : .due, steps: isDone ? 100 : 10, age: 10 + id, checkpoint: checkpoint,
      hyperparameters: hyperparameters, beginning: id, published: published, intervals: 1, decisions: decisions,
      scores: score.map { [Scored(age: 10 + id, score: $0, evaluations: evaluations)] } ?? [], failures: 0)
  }
}

extension Population {
  /// A population whose members have just finished an interval with these scores; none: without a score of their own.
  static func scored(
    _ scores: [Double?], ties: [UInt64]? = nil, done: Set<Member.ID> = [], rules: Rules? = nil
  ) -> Population {
    let rules = rules ?? .example(members: scores.count)
    let members = scores.enumerated().map { id, score in
      Member.example(
        id, score: score, tie: ties?[id], hyperparameters: rules.space.sample(member: id, ordinal: 0, seed: rules.seed),
        isDone: done.contains(id))
    }
    return Population(
      rules: rules, members: members, best: nil, sequence: 200, completedIntervals: scores.count)
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
