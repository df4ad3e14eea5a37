import Foundation
import Poptrain
import PopulationBasedTraining
import Testing

@testable import PoptrainFindings

private func logarithm(_ value: Double) -> Double { 10 * (Double(value.exponent) + value.significand - 1) / 33.2 }

@Suite struct RangeEndTests {
  /// The names of those whose values pile up.
  private func names(_ climb: Climb) async throws -> Set<String> {
    let found = try await climb.findings().filter { $0.kind == .rangeEnd }
    return Set(found.compactMap { $0.evidence["hyperparameter"]?.description })
  }

  /// Copies are sent away from the end: 0.99 becomes 0.79, or by reflection 0.76. What is copied stays there.
  @Test(arguments: 1...4)
  func `Values that should be higher pile up at the upper end`(seed: Int) async throws {
    let climb = Climb(members: 20, intervals: 40, seed: UInt64(seed), .init(gain: { $0["rate"] }, noise: 0.1))
    let finding = try #require(try await climb.finding(.rangeEnd))
    #expect(finding.evidence["end"] == .text("upper") && finding.evidence["limit"] == .number(1))
    #expect(finding.severity == .warning)
    #expect(
      finding.sentence.contains(
        "were of models that had rate in the highest tenth of its range, which ends at 1 (median "))
    #expect(finding.advice?.contains("log_uniform") == false)
  }

  @Test(arguments: 1...3) func `So do integers`(seed: Int) async throws {
    let layers = [Hyperparameter("layers", .integer(1, 10))]
    let climb = Climb(
      intervals: 40, seed: UInt64(seed), space: layers, .init(gain: { $0["layers"] }, noise: 1))
    #expect(try await climb.finding(.rangeEnd)?.evidence["end"] == .text("upper"))
  }

  /// They copy one another early, until all of them are at the end.
  @Test(arguments: 1...6) func `So do integers of members that decide when they like`(seed: Int) async throws {
    let layers = [Hyperparameter("layers", .integer(1, 10))]
    let climb = Climb(
      intervals: 40, seed: UInt64(seed), order: .asynchronous, space: layers, .init(gain: { $0["layers"] }, noise: 1))
    #expect(try await climb.finding(.rangeEnd)?.evidence["end"] == .text("upper"))
  }

  @Test(arguments: 1...6) func `An end that was best at first is not told later`(seed: Int) async throws {
    let climb = Climb(
      intervals: 60, seed: UInt64(seed), order: .asynchronous,
      .init(gain: { -abs($0["rate"] - 1 + Double($0.steps.lowerBound) / 600) }, noise: 0.1))
    #expect(try await names(climb).isEmpty)
  }

  @Test(arguments: 1...3) func `So do those of members that decide when they like`(seed: Int) async throws {
    let climb = Climb(
      members: 20, intervals: 40, seed: UInt64(seed), order: .asynchronous, .init(gain: { $0["rate"] }, noise: 0.3))
    #expect(try await climb.finding(.rangeEnd)?.evidence["end"] == .text("upper"))
  }

  @Test(arguments: 1...3) func `A best value that moves to an end is there in the end`(seed: Int) async throws {
    let climb = Climb(
      members: 20, intervals: 60, seed: UInt64(seed), space: [Hyperparameter("rate", .logUniform(1e-4, 1))],
      .init(gain: { 1 - abs(logarithm($0["rate"]) + Double($0.steps.lowerBound) / 40) }, noise: 0.1))
    #expect(try await climb.finding(.rangeEnd)?.evidence["end"] == .text("lower"))
  }

  @Test(arguments: 1...6) func `What comes along with what is selected is not selected`(seed: Int) async throws {
    let space = ["rate", "idle"].map { Hyperparameter($0, .uniform(0, 1)) }
    let logarithmic = [Hyperparameter("logarithmic", .logUniform(1e-4, 1))]
    let climb = Climb(
      members: 20, intervals: 40, seed: UInt64(seed), space: space + logarithmic,
      .init(gain: { $0["rate"] }, noise: 0.1))
    #expect(try await names(climb) == ["rate"])
  }

  @Test(arguments: 1...6) func `What luck selects is no finding`(seed: Int) async throws {
    let space = ["rate", "idle"].map { Hyperparameter($0, .uniform(0, 1)) }
    let logarithmic = [Hyperparameter("logarithmic", .logUniform(1e-4, 1))]
    let climb = Climb(
      members: 10, intervals: 60, seed: UInt64(seed), order: .asynchronous, space: space + logarithmic,
      .init(noise: 1))
    let kinds = Set(try await climb.findings().map(\.kind))
    #expect(kinds.contains(.selection) && kinds.isDisjoint(with: [.rangeEnd, .flatSchedule]))
  }

  @Test(arguments: [0.15, 0.8], [1, 2]) func `Values near an end are not at it`(best: Double, seed: Int) async throws {
    let climb = Climb(
      members: 20, intervals: 40, seed: UInt64(seed), .init(gain: { -abs($0["rate"] - best) }, noise: 0.1))
    #expect(try await names(climb).isEmpty)
  }

  @Test func `Small values of a linear range are not told to be at its end, but to be searched on a logarithmic one`()
    async throws
  {
    let space = [Hyperparameter("dropout", .uniform(0.001, 0.6))]
    let climb = Climb(intervals: 40, space: space, .init(gain: { -abs($0["dropout"] - 0.02) }))
    let finding = try #require(try await climb.finding(.rangeEnd))
    #expect(finding.sentence.contains("in the lowest tenth of its range, which ends at 0.001 (median 0.0"))
    #expect(finding.advice?.contains("log_uniform") == true)
  }

  @Test func `And at the lower end of a list, by its numbers`() async throws {
    let sizes = Hyperparameter("size", .ordered([8, 16, 32, 64, 128, 256].map { .integer($0) }))
    var climb = Climb(intervals: 40, space: [sizes], .init(gain: { -$0["size"] }))
    climb.rules.bounds = .clip
    let finding = try #require(try await climb.finding(.rangeEnd))
    #expect(finding.evidence["end"] == .text("lower") && finding.evidence["limit"] == .number(8))
  }

  @Test func `Values in the middle do not`() async throws {
    let climb = Climb(intervals: 40, .init(gain: { -abs($0["rate"] - 0.5) }, noise: 0.01))
    #expect(try await climb.finding(.rangeEnd) == nil)
  }
}

@Suite struct FlatScheduleTests {
  private let space = [Hyperparameter("rate", .logUniform(1e-4, 1))]

  @Test func `Where a constant is best the schedule is flat, and the constant is named`() async throws {
    let climb = Climb(
      members: 20, intervals: 60, space: space,
      .init(gain: { 1 - abs(logarithm($0["rate"]) + 2) }, noise: 0.01))
    let finding = try #require(try await climb.finding(.flatSchedule))
    let constant = try #require(finding.evidence["constant"].flatMap { Double($0.description) })
    #expect((0.004...0.025).contains(constant), "\(finding.sentence)")
  }

  @Test func `Where the best value moves it is not`() async throws {
    let climb = Climb(
      members: 20, intervals: 60, space: space,
      .init(gain: { 1 - abs(logarithm($0["rate"]) + Double($0.steps.lowerBound) / 150) }, noise: 0.01))
    #expect(try await climb.finding(.flatSchedule) == nil)
  }

  @Test(arguments: 1...3) func `A constant at an end of its range is called so`(seed: Int) async throws {
    let climb = Climb(
      members: 20, intervals: 40, seed: UInt64(seed), space: space, .init(gain: { -logarithm($0["rate"]) }, noise: 0.3))
    let finding = try #require(try await climb.finding(.flatSchedule))
    #expect(finding.advice?.hasPrefix("That is at the lower end of its range, 0.0001: extend the range, if ") == true)
  }

  @Test(arguments: 1...3) func `What shows no effect is not called flat too`(seed: Int) async throws {
    let idle = ["one", "two", "three"].map { Hyperparameter($0, .logUniform(1e-4, 1)) }
    let climb = Climb(
      members: 20, intervals: 40, seed: UInt64(seed), space: space + idle,
      .init(gain: { -abs(logarithm($0["rate"]) + 2) }, noise: 0.1))
    let named = try await climb.findings().filter { [.flatSchedule, .noEffect].contains($0.kind) }
      .compactMap { $0.evidence["hyperparameter"]?.description }
    #expect(Set(named).count == named.count, "\(named)")
  }

  @Test func `A choice is flat where it never changed`() async throws {
    let kinds = Hyperparameter("kind", .choice([.text("good"), .text("bad"), .text("worse")]))
    let climb = Climb(
      intervals: 60, space: space + [kinds],
      .init(gain: { $0.value("kind") == .text("good") ? 1 - abs(logarithm($0["rate"]) + 2) : 0 }))
    let findings = try await climb.findings().filter { $0.kind == .flatSchedule }
    #expect(findings.contains { $0.evidence["constant"] == .text("good") }, "\(findings)")
  }

  @Test func `What is never explored has no schedule`() async throws {
    var climb = Climb(intervals: 60, space: space, .init(gain: { 1 - abs(logarithm($0["rate"]) + 2) }))
    climb.rules.explore = ExploreRules.none
    #expect(try await climb.finding(.flatSchedule) == nil)
  }
}

@Suite struct NoEffectTests {
  private let space = [
    Hyperparameter("rate", .logUniform(1e-4, 1)), Hyperparameter("idle", .uniform(0, 1)),
    Hyperparameter("middle", .uniform(0, 1)), Hyperparameter("kind", .choice([.text("a"), .text("b"), .text("c")])),
    Hyperparameter("flag", .choice([.boolean(true), .boolean(false)])),
  ]

  private func unimportant(_ seed: Int) async throws -> Set<String> {
    let climb = Climb(
      members: 40, intervals: 40, seed: UInt64(seed), space: space,
      .init(
        gain: {
          logarithm($0["rate"]) - 8 * ($0["middle"] - 0.5) * ($0["middle"] - 0.5)
            + ($0.value("kind") == .text("b") ? 1 : 0)
        }, noise: 0.5))
    let names = try await climb.findings().filter { $0.kind == .noEffect }.compactMap { $0.evidence["hyperparameter"] }
    return Set(names.map(\.description))
  }

  /// What has no order, or is best in the middle, matters too. With some seeds it cannot be told of the others.
  @Test func `Only what does not matter is named`() async throws {
    var named: Set<String> = []
    for seed in 1...3 { named.formUnion(try await unimportant(seed)) }
    #expect(named.isDisjoint(with: ["rate", "middle", "kind"]), "\(named)")
    #expect(!named.isDisjoint(with: ["idle", "flag"]), "\(named)")
  }

  /// What matters is by which part a loss sinks: from 50 to 25 is no more than from 0.1 to 0.05.
  @Test(arguments: 1...3) func `A value that lets a loss sink by parts matters`(seed: Int) async throws {
    let space = [Hyperparameter("rate", .uniform(0, 1)), Hyperparameter("idle", .uniform(0, 1))]
    var climb = Climb(
      members: 30, intervals: 20, seed: UInt64(seed), space: space,
      .init(
        gain: { $0.steps.lowerBound == 0 ? Double($0.seed % 1000) / 250 : 0.6 * $0["rate"] }, measured: { exp(4 - $0) })
    )
    climb.rules.mode = .min
    let named = try await climb.findings().filter { $0.kind == .noEffect }.map {
      $0.evidence["hyperparameter"]?.description
    }
    #expect(!named.contains("rate"))
  }

  @Test func `Over few intervals nothing is said to have had no effect`() async throws {
    let findings = try await Climb(members: 6, intervals: 6, space: space, .init(noise: 1)).findings()
    #expect(!findings.contains { $0.kind == .noEffect })
    #expect(findings.contains { $0.sentence.contains("whether every hyperparameter matters") })
  }
}
