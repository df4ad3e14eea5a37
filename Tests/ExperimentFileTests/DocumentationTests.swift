import Foundation
import PopulationBasedTraining
import Testing

@testable import PoptrainExperimentFile

/// `docs/experiment-file.md` says what the code does.
struct DocumentationTests {
  private let page: String

  init() throws {
    let repository = URL(fileURLWithPath: #filePath).deletingLastPathComponent().appending(path: "../..")
    page = try String(contentsOf: repository.appending(path: "docs/experiment-file.md"), encoding: .utf8)
  }

  @Test(
    arguments: ExperimentReader.keys + ExperimentReader.resourceKeys + TrainerReader.keys
      + DomainReader.domains + HyperparameterReader.extras + RulesReader.objectiveKeys + RulesReader.subpopulationKeys
      + RulesReader.gapKeys + StopReader.keys)
  func everyKeyIsDescribed(key: String) {
    let isOtherName = ["perturbation_interval", "burn_in_period"].contains(key)
    #expect(page.contains(isOtherName ? "`\(key)`" : "\n| `\(key)` |"))
  }

  @Test(
    arguments: DomainReader.Transform.allCases.map(\.rawValue) + Rules.Comparison.allCases.map(\.rawValue)
      + Inheritance.allCases.map(\.rawValue) + Bounds.allCases.map(\.rawValue)
      + Rules.FirstDraws.allCases.map(\.rawValue) + Constraint.Comparison.allCases.map(\.rawValue)
      + RulesReader.windows.map { "{\($0): 5}" })
  func everyWordIsNamed(word: String) {
    #expect(page.contains("`\(word)`"))
  }

  @Test(arguments: CommandTemplate.known)
  func everyPlaceholderIsNamed(name: String) {
    #expect(page.contains("`{\(name)}`"))
  }

  @Test func everyRuleAndSettingIsDescribed() {
    for rules in [ExploitRules.all.map { $0 as any Rule.Type }, ExploreRules.all.map { $0 as any Rule.Type }] {
      for rule in rules {
        let rows = ["| `\(rule.name)` | | | | \(rule.summary) |"] + rule.settings.map(row)
        #expect(page.contains(rows.joined(separator: "\n")), "\(rows.joined(separator: "\n"))")
      }
    }
  }

  private func row(_ setting: Setting) -> String {
    let standard =
      switch setting.standard {
      case .number(let number): setting.isWhole ? "\(Int(number))" : "\(number)"
      case .numbers(let numbers): "\(numbers)"
      }
    let limits = [setting.limits.lowerBound, setting.limits.upperBound]
    let shown = limits.map { Int(exactly: $0).map(String.init) ?? "\($0)" }.joined(separator: " to ")
    return "| | `\(setting.name)` | `\(standard)` | \(shown) | \(setting.summary) |"
  }

  @Test func everyExampleIsValid() {
    let blocks = page.components(separatedBy: "```yaml\n").dropFirst().map { $0.components(separatedBy: "```")[0] }
    #expect(blocks.count >= 6)
    for block in blocks { #expect(findings(in: block, programs: nil) == "", "\(block)") }
  }

  @Test func defaultsAreAsDescribed() throws {
    let experiment = try ExperimentFile.parse(text: complete(""), path: "runs/mnist/experiment.yaml")
    #expect(experiment.name == "mnist")
    let defaults = [
      "population_size", "workers", "seed", "first_draws", "order", "durability", "max_failures", "hang_timeout",
      "stop_timeout",
    ]
    for line in experiment.yaml.split(separator: "\n") {
      let parts = line.components(separatedBy: ": ")
      guard defaults.contains(parts[0]) else { continue }
      #expect(page.contains(try Regex("\\n\\| `\(parts[0])` \\| [^|]* \\| `\(parts[1])` \\|")), "\(line)")
    }
    #expect(experiment.rules.exploit == ExploitRules.standard)
    #expect(experiment.rules.explore == ExploreRules.standard)
    #expect(experiment.resources == Experiment.Resources(gpus: 0, workersPerGPU: 1, cpus: nil))
  }

  @Test func defaultsThatAreNotWrittenAreAsDescribed() throws {
    let rules = try ExperimentFile.parse(text: complete(""), path: "e.yaml").rules
    let defaults = [
      "score": rules.score.yaml, "burn_in": "\(rules.burnIn)", "compare": rules.compare.rawValue,
      "improvement_gap": rules.improvementGap.yaml, "inherit": rules.inherit.rawValue,
      "evaluate_copies": "\(rules.evaluatesCopies)", "bounds": rules.bounds.rawValue,
      "absolute": "\(rules.improvementGap.absolute)", "deviations": "\(rules.improvementGap.deviations)",
    ]
    for (key, value) in defaults {
      #expect(page.contains(try Regex("\\n\\| `\(key)` \\| [^|]* \\| `\(value)` \\|")), "\(key): \(value)")
    }
    #expect(rules.objectives.isEmpty && rules.requirements.isEmpty && rules.subpopulations.isEmpty)
    #expect(rules.stop == Rules.Stop() && rules.space.constraints.isEmpty)
  }
}
