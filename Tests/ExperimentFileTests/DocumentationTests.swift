import Foundation
import PopulationBasedTraining
import Testing

@testable import PoptrainExperimentFile

/// `docs/experiment-file.md` says what the code does, and `docs/rules.md` explains every rule.
struct DocumentationTests {
  private let page: String
  private let rules: String

  init() throws {
    let docs = URL(fileURLWithPath: #filePath).deletingLastPathComponent().appending(path: "../../docs")
    page = try String(contentsOf: docs.appending(path: "experiment-file.md"), encoding: .utf8)
    rules = try String(contentsOf: docs.appending(path: "rules.md"), encoding: .utf8)
  }

  private func expect(_ text: String) {
    let isThere = page.contains(text)
    #expect(isThere, "docs/experiment-file.md lacks \(text)")
  }

  @Test(arguments: Key.all + Key.all.flatMap(\.keys))
  func everyKeyIsDescribedAsDeclared(key: Key) {
    let row = "\n| `\(key.name)` | \(key.type) | \(key.shownDefault) | \(key.summary)"
    expect(row)
    if let otherName = key.otherName { expect("`\(otherName)` is another name for it") }
  }

  @Test func theKeysThatMayChangeOnResumeAreThoseDeclared() throws {
    let table = try #require(page.components(separatedBy: "\n| may change when a run is resumed | keys |\n").last)
    // The rows below those two are about values.
    let rows = table.split(separator: "\n").filter { $0.hasPrefix("| how ") }
    let named = rows.flatMap { $0.matches(of: /`(\w+)`/).map { String($0.1) } }.filter { $0 != "subpopulations" }
    #expect(named.sorted() == Key.all.filter(\.isSafe).map(\.name).sorted())
  }

  @Test(
    arguments: DomainReader.domains + HyperparameterReader.extras + Kind<[Objective]>.keys + Kind<[Subpopulation]>.keys)
  func everyKeyOfAnEntryIsDescribed(key: String) {
    expect("\n| `\(key)` |")
  }

  @Test(
    arguments: DomainReader.Transform.allCases.map(\.rawValue) + Rules.Comparison.allCases.map(\.rawValue)
      + Inheritance.allCases.map(\.rawValue) + Bounds.allCases.map(\.rawValue)
      + Rules.FirstDraws.allCases.map(\.rawValue) + Constraint.Comparison.allCases.map(\.rawValue)
      + Kind<ScoreWindow>.windows.map { "{\($0): 5}" })
  func everyWordIsNamed(word: String) {
    expect("`\(word)`")
  }

  @Test(arguments: CommandTemplate.known)
  func everyPlaceholderIsNamed(name: String) {
    expect("`{\(name)}`")
  }

  @Test func everyRuleAndSettingIsDescribed() {
    for rule in ExploitRules.all.map({ $0 as any Rule.Type }) + ExploreRules.all.map({ $0 as any Rule.Type }) {
      let rows = ["| `\(rule.name)` | | | | \(rule.summary) |"] + rule.settings.map(row)
      expect(rows.joined(separator: "\n"))
      let headings = rules.split(separator: "\n").filter { $0.hasPrefix("### ") }
      let isExplained = headings.contains { $0.contains("`\(rule.name)`") }
      #expect(isExplained, "docs/rules.md has no heading with `\(rule.name)`")
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
}
