import Testing

@testable import PopulationBasedTraining

/// When a population ends before its members have trained their budget.
@Suite struct EndingTests {
  private func population(_ scores: [Double?], mode: Rules.Mode = .max, stop: Rules.Stop) -> Population {
    var rules = Rules.example(members: scores.count, mode: mode)
    rules.stop = stop
    return .scored(scores, rules: rules)
  }

  private func after(_ score: Double?, outcome: Interval.Outcome = .completed, in population: inout Population) {
    let sequence = population.sequence + 1
    population.apply(.interval(.example(of: population.members[0], sequence: sequence, outcome: outcome, score: score)))
  }

  @Test("A target is reached by a metric that is as good or better", arguments: [Rules.Mode.max, .min])
  func target(_ mode: Rules.Mode) {
    var population = population([nil, nil], mode: mode, stop: Rules.Stop(target: 0.5))
    #expect(population.reasonToEnd == nil)
    after(mode == .max ? 0.49 : -0.51, in: &population)
    #expect(population.reasonToEnd == nil)
    after(mode == .max ? 0.5 : -0.5, in: &population)
    #expect(population.reasonToEnd == .target)
  }

  @Test("A metric that breaks a requirement reaches no target")
  func infeasible() {
    var population = population([nil, nil], stop: Rules.Stop(target: 1))
    var rules = population.rules
    rules.requirements = [Requirement("memory", isAtMost: true, limit: 1)]
    population.revise(rules)
    after(2, in: &population)
    #expect(population.best?.published.score == 2 && population.reasonToEnd == nil)
  }

  @Test("Stagnation counts whole intervals without a new best, so many for each member")
  func stagnation() {
    var population = population([nil, nil, nil], stop: Rules.Stop(stagnation: 2))
    after(1, in: &population)
    for _ in 0..<5 {
      after(1, outcome: .completed, in: &population)
      after(nil, outcome: .partial, in: &population)
      #expect(population.reasonToEnd == nil)
    }
    after(nil, outcome: .diverged, in: &population)
    #expect(population.intervalsSinceBest == 6 && population.reasonToEnd == .stagnation)
    after(1.1, in: &population)
    #expect(population.intervalsSinceBest == 0 && population.reasonToEnd == nil)
  }

  @Test("Without a rule nothing ends early")
  func noRule() {
    var population = population([nil, nil], stop: Rules.Stop())
    for _ in 0..<100 { after(1e9, in: &population) }
    #expect(population.reasonToEnd == nil)
  }

  @Test("A population that was ended stays so until it is revised", arguments: [Population.Ending.target, .wallClock])
  func ended(_ ending: Population.Ending) {
    var population = population([1, 2], stop: Rules.Stop(stagnation: 1))
    population.apply(.event(Event(sequence: 50, .ended(ending), at: 0)))
    #expect(population.ending == ending && population.isFinished)
    after(5, in: &population)
    #expect(population.ending == ending)
    population.apply(.event(Event(sequence: 70, .started(folder: ""), at: 0)))
    #expect(population.ending == ending)
    population.revise(population.rules)
    #expect(population.ending == nil && !population.isFinished)
  }

  @Test("When everyone has trained the budget, that is why it ended")
  func budgetFirst() {
    var population = population([1, 2], stop: Rules.Stop(target: 0))
    population.apply(.event(Event(sequence: 50, .ended(.target), at: 0)))
    var rules = population.rules
    rules.steps = 10
    population.revise(rules)
    population.apply(.event(Event(sequence: 51, .ended(.target), at: 0)))
    #expect(population.ending == .budget)
  }
}
