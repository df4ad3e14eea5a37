public import PopulationBasedTraining

/// A row of a study: the project's default rules with a change.
public struct Variant: Sendable {
  /// Names it in tables.
  public let name: String
  /// What is changed.
  public let change: @Sendable (inout Rules) -> Void

  /// Names a change of the rules.
  public init(_ name: String, change: @escaping @Sendable (inout Rules) -> Void) {
    self.name = name
    self.change = change
  }

  /// The project's default rules.
  public static let standard = Variant("default") { _ in }

  /// No member copies another.
  public static let randomSearch = exploit(ExploitRules.none)

  private static func exploit(_ rule: RuleChoice) -> Variant {
    Variant("exploit: \(rule.name)") { $0.exploit = rule }
  }

  private static func explore(_ rule: RuleChoice) -> Variant {
    Variant("explore: \(rule.name)") { $0.explore = rule }
  }

  /// Every exploit rule with the default explore rule, then every other explore rule with the default exploit rule, all
  /// with their standard settings, or quicker ones where those take long.
  public static let everyRule =
    ExploitRules.all.map { exploit(RuleChoice($0)) }
    + ExploreRules.all.filter { $0.name != ExploreRules.standard.name }.map { explore(RuleChoice(quick: $0)) }

  /// The defaults, and other settings of the default rules, one at a time; the paper's are factors of 0.8 and 1.2, and no
  /// resampling beside them.
  public static let settings: [Variant] = {
    let (truncation, perturb) = ("truncation", "perturb")
    func quantile(_ fraction: Double) -> Variant {
      Variant("quantile_fraction: \(fraction)") {
        $0.exploit = RuleChoice(
          named: truncation, of: ExploitRules.all, settings: ["quantile_fraction": .number(fraction)])
      }
    }
    func explored(_ name: String, _ settings: [String: Setting.Value]) -> Variant {
      Variant(name) { $0.explore = RuleChoice(named: perturb, of: ExploreRules.all, settings: settings) }
    }
    func factors(_ factors: [Double]) -> Variant { explored("factors: \(factors)", ["factors": .numbers(factors)]) }
    func resampling(_ probability: Double) -> Variant {
      explored("resample_probability: \(probability)", ["resample_probability": .number(probability)])
    }
    func deviation(_ deviation: Double) -> Variant {
      Variant("additive, deviation: \(deviation)") {
        $0.explore = RuleChoice(named: "additive", of: ExploreRules.all, settings: ["deviation": .number(deviation)])
      }
    }
    let paper = explored(
      "the paper's explore", ["factors": .numbers([0.8, 1.2]), "resample_probability": .number(0)])
    return [standard, paper] + [0.1, 0.25, 0.35, 0.5].map(quantile)
      + [[0.9, 1.1], [0.8, 1.2], [0.5, 2], [0.25, 4]].map(factors) + [0, 0.25, 0.5].map(resampling)
      + [0.05, 0.1, 0.2].map(deviation) + [Variant("score: mean of 5") { $0.score = .mean(5) }]
  }()
}

extension RuleChoice {
  /// The rule of this name; settings that are not given have their standard values.
  init(named name: String, of rules: [any Rule.Type], settings: [String: Setting.Value] = [:]) {
    guard let rule = rules.first(where: { $0.name == name }) else { preconditionFailure("there is no rule \(name)") }
    self.init(rule, settings)
  }
}
