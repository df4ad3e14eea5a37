import PoptrainStoreTesting
import PoptrainExperimentFile
import PopulationBasedTraining

/// Experiments of every kind that a file can describe.
extension Experiment {
  static func random(using random: inout SeededGenerator) -> Experiment {
    let metric = "m" + String.random(using: &random)
    let gpus = Int.random(in: 0...2, using: &random)
    return Experiment(
      name: "run"
        + String.random(using: &random).filter { $0 != "/" && !$0.unicodeScalars.contains(where: \.isControl) },
      trainer: .random(using: &random), metric: metric,
      rules: .random(metric: metric, using: &random),
      workers: Bool.random(using: &random) ? .auto : .count(Int.random(in: 1...99, using: &random)),
      resources: Resources(
        gpus: gpus, workersPerGPU: gpus == 1 ? Int.random(in: 1...4, using: &random) : 1,
        cpus: Bool.random(using: &random) ? Int.random(in: 1...64, using: &random) : nil),
      durability: random.pick(Durability.allCases), hangTimeout: .random(from: 1, using: &random),
      stopTimeout: .random(from: 0, using: &random),
      wallClock: Bool.random(using: &random) ? .random(from: 1, using: &random) : nil)
  }
}

extension Experiment.Trainer {
  fileprivate static func random(using random: inout SeededGenerator) -> Self {
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

extension Duration {
  fileprivate static func random(from least: Int, using random: inout SeededGenerator) -> Duration {
    let unit = random.pick([1, 1000, 60_000, 3_600_000])
    return .milliseconds(Int.random(in: least...1000, using: &random) * unit)
  }
}

extension Double {
  static func random(using random: inout SeededGenerator) -> Double {
    let size = random.pick([1e-12, 1e-3, 1, 1e3, 1e15])
    return Double.random(in: -1...1, using: &random) * size
  }
}

extension String {
  /// Up to six pieces which YAML treats specially, or which many programs do.
  static func random(using random: inout SeededGenerator) -> String {
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

extension SeededGenerator {
  /// Now and then the value that a test is about, otherwise none.
  mutating func maybe<T>(_ value: (inout SeededGenerator) -> T) -> T? {
    Bool.random(using: &self) ? value(&self) : nil
  }

  mutating func pick<Choices: RandomAccessCollection>(_ choices: Choices) -> Choices.Element {
    choices[choices.index(choices.startIndex, offsetBy: Int.random(in: 0..<choices.count, using: &self))]
  }
}

extension Unicode.Scalar {
  var isControl: Bool { properties.generalCategory == .control }
}
