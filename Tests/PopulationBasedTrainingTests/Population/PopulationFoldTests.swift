import PoptrainStoreTesting
import Testing

@testable import PopulationBasedTraining

/// A population is a fold over history; every question must have the answer that reading all members would give.
@Suite struct PopulationFoldTests {
  private func history(_ seed: Int) -> RandomHistory {
    var dice = SeededGenerator(seed: UInt64(seed))
    var rules = Rules.example(
      seed: UInt64(seed), members: dice.integer(2...9), steps: 55, exploit: RuleChoice(dice.pick(ExploitRules.all)),
      explore: RuleChoice(dice.pick(ExploreRules.all)))
    rules.score = dice.pick([.last, .mean(3), .median(4), .best(2)])
    rules.compare = dice.pick(Rules.Comparison.allCases)
    rules.inherit = dice.pick(Inheritance.allCases)
    rules.interval = dice.pick([10, .linear(from: 3, to: 12), .listed([2, 20, 7])])
    rules.evaluatesCopies = dice.chance(0.5)
    rules.improvementGap.deviations = dice.pick([0, 0.5])
    return RandomHistory(seed: UInt64(seed), rules: rules)
  }

  @Test("After every record each index agrees with the members", arguments: 0..<40)
  func indexesAgreeWithTheMembers(_ seed: Int) {
    var history = history(seed)
    for step in 0..<250 {
      expectAnswers(of: history.population, "at step \(step)")
      history.advance()
    }
  }

  @Test(
    "The best has the highest score, then the most training, then the highest tie, and completed intervals are counted",
    arguments: 0..<40)
  func bestAndCount(_ seed: Int) {
    var history = history(seed)
    for _ in 0..<250 { history.advance() }
    var best: Population.Best?
    var completed = 0
    for case .interval(let interval) in history.records {
      if interval.kind == .train, interval.end != nil { completed += 1 }
      guard let published = history.population.rules.published(by: interval) else { continue }
      if let best,
        (published.score, published.age, published.tie)
          <= (best.published.score, best.published.age, best.published.tie)
      {
        continue
      }
      best = Population.Best(member: interval.member, published: published)
    }
    #expect(history.population.best == best)
    #expect(history.population.completedIntervals == completed)
    #expect(history.population.sequence == history.records.last?.sequence)
  }

  @Test("The records applied again, without the leases, make the same population", arguments: 0..<40)
  func historyIsEnough(_ seed: Int) {
    var history = history(seed)
    for _ in 0..<250 { history.advance() }
    var again = Population(rules: history.population.rules)
    for record in history.records { again.apply(record) }
    var now = history.population
    for member in now.members where member.state == .leased { now.setLeased(member.id, false) }
    #expect(again.members == now.members)
    #expect(again.best == now.best)
    #expect(again.sequence == now.sequence)
    expectAnswers(of: again)
  }

  @Test("A population restored from its members gives the same answers, and goes on the same way", arguments: 0..<40)
  func restoredPopulationsAreTheSame(_ seed: Int) {
    var history = history(seed)
    for _ in 0..<120 { history.advance() }
    let before = history.population
    var restored = Population(
      rules: before.rules, members: before.members, best: before.best, sequence: before.sequence,
      completedIntervals: before.completedIntervals, intervalsSinceBest: before.intervalsSinceBest,
      restarts: before.restarts, intervalsSinceRestart: before.intervalsSinceRestart,
      observations: before.observations)
    expectAnswers(of: restored)
    let seen = history.records.count
    for member in restored.members where member.state == .leased { restored.setLeased(member.id, false) }
    for _ in 0..<60 { history.advance() }
    for record in history.records[seen...] { restored.apply(record) }
    var now = history.population
    for member in now.members where member.state == .leased { now.setLeased(member.id, false) }
    #expect(restored.members == now.members)
    #expect(restored.best == now.best)
    expectAnswers(of: restored)
  }

  @Test("A decision that is made again at the sequence it saw is the same", arguments: 0..<20)
  func decisionsCanBeAudited(_ seed: Int) {
    var history = history(seed)
    for _ in 0..<250 { history.advance() }
    var population = Population(rules: history.population.rules)
    for record in history.records {
      if case .decision(let decision) = record, decision.ordinal > 0 {
        #expect(population.sequence == decision.saw)
        #expect(decide(decision.member, in: population) == decision)
      }
      population.apply(record)
    }
  }
}

/// Every question has the answer that reading all members gives.
func expectAnswers(of population: Population, _ comment: Comment? = nil) {
  let members = population.members
  let ranked = population.sortedAnew
  #expect(population.scoredCount == ranked.count, comment)
  let ranking = population.ranking(ofSubpopulation: 0)
  #expect(ranking.entries.map(\.member) == ranked, comment)
  for (rank, id) in ranked.enumerated() {
    #expect(members[id].published.map { ranking.rank(of: Ranking.Entry(id, $0)) } == rank, comment)
  }
  let ready = members.filter { $0.state == .ready }.sorted { ($0.steps, $0.id) < ($1.steps, $1.id) }.map(\.id)
  #expect(population.leastAdvancedReady(members.count) == ready, comment)
  #expect(population.leastAdvancedReady(2) == Array(ready.prefix(2)), comment)
  #expect(population.due == members.filter { $0.state == .due }.map(\.id), comment)
  for state in Member.State.allCases {
    #expect(population.count(state) == members.count { $0.state == state }, comment)
  }
  #expect(population.size == members.count { $0.state != .retired }, comment)
  #expect(
    (population.ending == .budget) == members.allSatisfy { [.done, .failed, .retired].contains($0.state) }, comment)
}
