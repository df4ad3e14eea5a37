import PopulationBasedTraining
import Testing

@testable import PoptrainSimulation

/// The study of `docs/notebook/rules.md`, small.
@Suite struct StudyTests {
  private static let study = Study(seeds: 0..<6, width: 2)
  private static let task = StudyTask("small bowl", .bowl(directions: 8, steps: 100))

  @Test(arguments: Variant.everyRule.map(\.name))
  func `No rule finds a schedule that is better than the best`(_ name: String) async throws {
    let variant = try #require(Variant.everyRule.first { $0.name == name })
    let outcomes = try await Self.study.outcomes(Self.task, variant, populationSize: 6, interval: 10)
    #expect(outcomes.count == 6)
    #expect(outcomes.allSatisfy { $0.schedule >= 1 && $0.schedule.isFinite && $0.model > 0 })
  }

  @Test func `Every rule is a row, once`() {
    let names = Variant.everyRule.map(\.name)
    #expect(Set(names).count == names.count)
    #expect(names.count == ExploitRules.all.count + ExploreRules.all.count - 1)
    #expect(names.contains("exploit: none") && names.contains("explore: additive"))
  }

  @Test func `The default rules find better schedules than random search, with the same seeds`() async throws {
    let standard = Variant("standard") { _ in }
    let pbt = try await Self.study.outcomes(Self.task, standard, populationSize: 12, interval: 5)
    let random = try await Self.study.outcomes(Self.task, .randomSearch, populationSize: 12, interval: 5)
    #expect(zip(pbt, random).count { $0.schedule < $1.schedule } >= 5)
    // A constant of its own for each seed cannot be better than the best.
    #expect(random.allSatisfy { $0.schedule >= Self.task.constantRatio })
    #expect(Estimate(pbt.map(\.schedule)).mean < 0.8 * Estimate(random.map(\.schedule)).mean)
  }

  @Test func `A study is the same again, whatever its width`() async throws {
    let standard = Variant("standard") { _ in }
    let once = try await Self.study.outcomes(Self.task, standard, populationSize: 6, interval: 10)
    let again = try await Study(seeds: 0..<6, width: 5).outcomes(Self.task, standard, populationSize: 6, interval: 10)
    #expect(once == again)
    #expect(Set(once).count == 6)
  }

  @Test func `An estimate is a geometric mean with the interval of Student's t`() {
    let estimate = Estimate([1, 2, 4, 8].map { $0 * 3 })
    #expect(abs(estimate.mean - 3 * 8.0.squareRoot()) < 1e-12)
    // scipy.stats.t.ppf(0.975, 3) * std([0, 1, 2, 3], ddof=1) / 2, in logarithms to base 2.
    #expect(abs(logarithm(estimate.factor) / logarithm(2) - 2.0542594) < 1e-6)
  }
}
