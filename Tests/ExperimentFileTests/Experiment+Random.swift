import ExperimentFile
import PopulationBasedTraining

/// Experiments of every kind that a file can describe.
extension Experiment {
  static func random(using random: inout SplitMix) -> Experiment {
    let populationSize = Int.random(in: 2...6, using: &random)
    let steps = Int.random(in: 1...1_000_000, using: &random)
    var names: [String] = []
    for _ in 0..<Int.random(in: 1...6, using: &random) {
      let name = String.random(using: &random).filter {
        !"{}=".contains($0) && !$0.unicodeScalars.contains(where: \.isControl)
      }
      if !name.isEmpty, !names.contains(name) { names.append(name) }
    }
    let hyperparameters =
      [Hyperparameter("searched", .uniform(0, 1))]
      + names.map { Hyperparameter.random($0, populationSize: populationSize, using: &random) }
    let rules = Rules(
      seed: UInt64.random(in: 0...(1 << 53), using: &random), populationSize: populationSize, steps: steps,
      interval: Int.random(in: 1...steps, using: &random), mode: random.pick(Rules.Mode.allCases),
      order: random.pick(Rules.Order.allCases), space: Space(hyperparameters.shuffled(using: &random)),
      exploit: .random(ExploitRules.all.map { $0 }, using: &random),
      explore: .random(ExploreRules.all.map { $0 }, using: &random), maxFailures: Int.random(in: 1...9, using: &random))
    let gpus = Int.random(in: 0...2, using: &random)
    return Experiment(
      name: "run"
        + String.random(using: &random).filter { $0 != "/" && !$0.unicodeScalars.contains(where: \.isControl) },
      trainer: .random(using: &random), metric: "m" + .random(using: &random), rules: rules,
      workers: Bool.random(using: &random) ? .auto : .count(Int.random(in: 1...99, using: &random)),
      resources: Resources(
        gpus: gpus, workersPerGPU: gpus == 1 ? Int.random(in: 1...4, using: &random) : 1,
        cpus: Bool.random(using: &random) ? Int.random(in: 1...64, using: &random) : nil),
      durability: random.pick(Durability.allCases), hangTimeout: .random(from: 1, using: &random),
      stopTimeout: .random(from: 0, using: &random))
  }
}

extension Experiment.Trainer {
  fileprivate static func random(using random: inout SplitMix) -> Self {
    if Bool.random(using: &random) {
      let text = String.random(using: &random).filter { !"{}".contains($0) }
      return Self(command: ["./p" + text, "{save}", "{{" + text, "{args}"], contract: .command)
    }
    var environment: [String: String] = [:]
    for name in ["A", "yes", "1", "é x", "a: b", "null"].shuffled(using: &random).prefix(2) {
      environment[name] = .random(using: &random)
    }
    return Self(
      command: ["p", .random(using: &random), .random(using: &random)], environment: environment,
      intervalsPerProcess: Bool.random(using: &random) ? 1 : nil, contract: .session)
  }
}

extension Hyperparameter {
  fileprivate static func random(_ name: String, populationSize: Int, using random: inout SplitMix) -> Self {
    let numbers = [Double.random(using: &random), .random(using: &random)].sorted()
    let integers = [Int.random(in: -9...0, using: &random), .random(in: 1...(1 << 53), using: &random)]
    let texts = (0..<5).map { Value.text("\($0)" + .random(using: &random)) }
    let domain: Domain =
      switch Int.random(in: 0..<9, using: &random) {
      case 0: .uniform(numbers[0], numbers[1] + 1)
      case 1: .logUniform(abs(numbers[1]) + 1e-9, abs(numbers[1]) + 1)
      case 2: .integer(integers[0], integers[1])
      case 3: .ordered(texts)
      case 4: .ordered([.number(numbers[0]), .number(numbers[0] + 1), .number(numbers[0] + 7)])
      case 5: .choice([.boolean(true), .integer(integers[0]), texts[0], .text(""), .text("true"), .text("1")])
      case 6: .perMember((0..<populationSize).map { .integer($0 % 2) })
      case 7: .fixed(.text(.random(using: &random)))
      default: .fixed(random.pick([.number(numbers[0]), .integer(integers[1]), .boolean(false)]))
      }
    guard domain.isSearched, Bool.random(using: &random) else { return Hyperparameter(name, domain) }
    var stream = RandomStream(seed: random.next(), member: 0, ordinal: 0, purpose: "test")
    return Hyperparameter(
      name, domain, initial: domain.sample(member: 0, random: &stream), isStructural: Bool.random(using: &random))
  }
}

extension RuleChoice {
  fileprivate static func random(_ rules: [any Rule.Type], using random: inout SplitMix) -> RuleChoice {
    let rule = random.pick(rules)
    var given: [String: Setting.Value] = [:]
    for setting in rule.settings where Bool.random(using: &random) {
      let number = Double.random(in: setting.limits, using: &random)
      if case .number = setting.standard {
        given[setting.name] = .number(number)
      } else {
        given[setting.name] = .numbers([number, 1])
      }
    }
    return RuleChoice(rule, given)
  }
}

extension Duration {
  fileprivate static func random(from least: Int, using random: inout SplitMix) -> Duration {
    let unit = random.pick([1, 1000, 60_000, 3_600_000])
    return .milliseconds(Int.random(in: least...1000, using: &random) * unit)
  }
}

extension Double {
  fileprivate static func random(using random: inout SplitMix) -> Double {
    let size = random.pick([1e-12, 1e-3, 1, 1e3, 1e15])
    return Double.random(in: -1...1, using: &random) * size
  }
}

extension String {
  /// Up to six pieces which YAML treats specially, or which many programs do.
  fileprivate static func random(using random: inout SplitMix) -> String {
    let pieces = [
      "a", "Z", "9", " ", ":", ": ", "#", " #", "-", "- ", "?", ",", "[", "]", "&", "*", "!", "|", ">", "'", "\"", "%",
      "@", "`", "\\",
      "~", "=", "<<", ".", "_", "\n", "\t", "\r", "\u{7F}", "\u{85}", "\u{A0}", "\u{2028}", "\u{FFFE}", "é",
      "e\u{301}", "🙂",
      "null", "true", "no", "1e5", "0x1", "---", "...", "/",
    ]
    return (0..<Int.random(in: 0...6, using: &random)).map { _ in random.pick(pieces) }.joined()
  }
}

extension SplitMix {
  fileprivate mutating func pick<Choices: RandomAccessCollection>(_ choices: Choices) -> Choices.Element {
    choices[choices.index(choices.startIndex, offsetBy: Int.random(in: 0..<choices.count, using: &self))]
  }
}

extension Unicode.Scalar {
  fileprivate var isControl: Bool { properties.generalCategory == .control }
}
