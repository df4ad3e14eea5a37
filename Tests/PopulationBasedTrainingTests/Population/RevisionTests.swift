import PoptrainStoreTesting
import Testing

@testable import PopulationBasedTraining

/// A run may go on under other rules: a larger or smaller budget, more or fewer members.
@Suite struct RevisionTests {
  /// A history in which the budget and the size change at random moments.
  private func history(_ seed: Int, lookingAt look: (RandomHistory) -> Void = { _ in }) -> RandomHistory {
    var dice = SeededGenerator(seed: UInt64(seed))
    var rules = Rules.example(
      seed: UInt64(seed), members: dice.integer(2...7), steps: 55, exploit: RuleChoice(dice.pick(ExploitRules.all)))
    rules.score = dice.pick([.last, .mean(3)])
    rules.compare = dice.pick(Rules.Comparison.allCases)
    rules.interval = dice.pick([10, .linear(from: 3, to: 12), .listed([2, 20, 7])])
    rules.evaluatesCopies = dice.chance(0.3)
    if dice.chance(0.3) { rules.subpopulations = [Subpopulation(size: 1), Subpopulation(size: 1, intervals: 2)] }
    var history = RandomHistory(seed: UInt64(seed), rules: rules)
    for _ in 0..<6 {
      for _ in 0..<dice.integer(0...60) {
        history.advance()
        look(history)
      }
      rules.steps = dice.integer(10...120)
      rules.populationSize = dice.integer(1...9)
      history.revise(rules)
      look(history)
    }
    return history
  }

  @Test(
    "After every revision each index agrees with the members, and the population has the size asked for",
    arguments: 0..<60)
  func indexesAgree(_ seed: Int) {
    var isOneRanking = false
    _ = history(seed) { history in
      isOneRanking = history.population.rules.subpopulations.isEmpty
      if isOneRanking { expectAnswers(of: history.population) }
      #expect(history.population.size == history.population.rules.populationSize)
      let budget = history.population.rules.steps
      for member in history.population.members {
        if [.ready, .leased, .due].contains(member.state) { #expect(member.steps < budget) }
        if member.state == .done { #expect(member.steps >= budget) }
      }
    }
  }

  @Test(
    "The records and the revisions applied again make the same population, and every decision again", arguments: 0..<60)
  func historyIsEnough(_ seed: Int) {
    let history = history(seed)
    var again = Population(rules: history.firstRules)
    for record in history.records {
      if case .decision(let recorded) = record {
        #expect(again.sequence == recorded.saw)
        let decision =
          recorded.ordinal == 0
          ? initialDecision(recorded.member, in: again)
          : recorded.result == .retire ? retirement(in: again) : decide(recorded.member, in: again)
        #expect(decision == recorded)
      }
      again.apply(record)
      if let rules = history.revisions[record.sequence] { again.revise(rules) }
    }
    let now = history.population.withoutLeases
    #expect(again.members == now.members && again.best == now.best && again.rules == now.rules)
    #expect(again.intervalsSinceBest == now.intervalsSinceBest && again.observations == now.observations)
    #expect(again.leastAdvancedReady(.max) == now.leastAdvancedReady(.max) && again.due == now.due)
    for part in 0..<again.rules.subpopulationCount {
      #expect(again.ranking(ofSubpopulation: part).entries == now.ranking(ofSubpopulation: part).entries)
    }
  }

  @Test("Whatever is revised, a population comes to the end of its budget", arguments: 0..<40)
  func comesToAnEnd(_ seed: Int) {
    var history = history(seed)
    var moments = 0
    while !history.population.isFinished, moments < 50_000 {
      history.advance()
      moments += 1
    }
    #expect(history.population.ending == .budget)
    for member in history.population.members where member.state == .done {
      #expect(member.steps >= history.population.rules.steps)
    }
  }

  // MARK: One after the other

  @Test("With a larger budget who was done has to decide, and with a smaller one who is beyond it is done")
  func budget() {
    var population = Population.scored([3, 2, 1, nil, 4])
    for id in [0, 1] { population.apply(.decision(decide(id, in: population))) }
    #expect(population.members.map(\.state) == [.ready, .ready, .due, .due, .due])
    var rules = population.rules
    rules.steps = 10
    population.revise(rules)
    #expect(population.members.allSatisfy { $0.state == .done })
    #expect(population.ending == .budget && population.leastAdvancedReady(9).isEmpty && population.due.isEmpty)
    rules.steps = 11
    population.revise(rules)
    #expect(population.members.allSatisfy { $0.state == .due })
    #expect(population.ending == nil && population.due == [0, 1, 2, 3, 4])
  }

  @Test("Whoever has failed or left stays so, whatever the budget")
  func failedAndRetired() {
    var population = Population.scored([1, nil, 2], rules: .example(members: 3, exploit: RuleChoice(NoExploit.self)))
    population.apply(.decision(decide(1, in: population)))
    var rules = population.rules
    rules.populationSize = 2
    population.revise(rules)
    let leaving = retirement(in: population)
    #expect(leaving?.member == 1, "who has failed is of no use")
    leaving.map { population.apply(.decision($0)) }
    rules.populationSize = 1
    population.revise(rules)
    retirement(in: population).map { population.apply(.decision($0)) }
    #expect(population.members.map(\.state) == [.retired, .retired, .due])
    rules.steps = 10_000
    population.revise(rules)
    #expect(population.members.map(\.state) == [.retired, .retired, .due])
    #expect(retirement(in: population) == nil)
  }

  @Test("The worst leave first: without a score, of equals the last; then by score and tie")
  func whoLeaves() {
    var population = Population.scored([3, nil, 1, 1, nil, 2], ties: [0, 0, 9, 5, 0, 0])
    var rules = population.rules
    rules.populationSize = 1
    population.revise(rules)
    var left: [Member.ID] = []
    while let retirement = retirement(in: population) {
      #expect(retirement.ownScore == population.members[retirement.member].published?.score)
      population.apply(.decision(retirement))
      left.append(retirement.member)
    }
    #expect(left == [4, 1, 3, 2, 5])
    for id in left {
      let member = population.members[id]
      #expect(member.references.isEmpty && member.published == nil && member.scores.isEmpty)
    }
    #expect(population.scoredCount == 1 && population.size == 1)
  }

  @Test("Who joins a population at work is as far as the least advanced that trains, and copies at once")
  func joins() throws {
    var population = Population.scored([3, 2, 1])
    population.apply(.decision(decide(0, in: population)))
    population.apply(.interval(.example(of: population.members[0], sequence: 100, score: 5)))
    var rules = population.rules
    rules.populationSize = 4
    population.revise(rules)
    population.apply(.decision(initialDecision(3, in: population)))
    #expect(population.members[3].state == .due && population.members[3].steps == 10)
    let decision = decide(3, in: population)
    let donor = try #require(decision.result.donor)
    #expect(decision.ordinal == 1 && donor.inherits == .both)
    population.apply(.decision(decision))
    let member = population.members[3]
    #expect(member.state == .ready && member.checkpoint == donor.checkpoint && member.age == donor.age)
    #expect(member.steps == 10)
  }

  @Test("Where nobody trains any more, and where nobody copies, who joins trains the whole budget")
  func joinsAtTheEnd() {
    for (exploit, state) in [(ExploitRules.standard, Member.State.due), (RuleChoice(NoExploit.self), .ready)] {
      var population = Population.scored([3, 2], rules: .example(members: 2, exploit: exploit))
      var rules = population.rules
      rules.steps = 10
      rules.populationSize = 3
      population.revise(rules)
      population.apply(.decision(initialDecision(2, in: population)))
      #expect(population.members[2].steps == 0 && population.members[2].state == state)
      rules.steps = 20
      rules.populationSize = 4
      population.revise(rules)
      population.apply(.decision(initialDecision(3, in: population)))
      #expect(population.members[3].steps == 0)
    }
    var fresh = Population(rules: .example(members: 1))
    for id in 0..<3 { fresh.apply(.decision(initialDecision(id, in: fresh))) }
    #expect(fresh.members.allSatisfy { $0.state == .ready && $0.steps == 0 })
  }

  @Test("Values of their own begin again for those who join")
  func valuesPerMember() {
    let space = Space([Hyperparameter("shard", .perMember([.text("a"), .text("b")]))])
    var population = Population(rules: .example(members: 5, space: space))
    for id in 0..<5 { population.apply(.decision(initialDecision(id, in: population))) }
    #expect(
      population.members.map { $0.hyperparameters["shard"] }
        == [.text("a"), .text("b"), .text("a"), .text("b"), .text("a")])
  }

  @Test("Steps that are planned: the budget of each, but what has failed or left trains no more")
  func plannedSteps() {
    var population = Population.scored(
      [4, nil, 2, 1], rules: .example(members: 4, exploit: RuleChoice(NoExploit.self)))
    #expect(population.trainedSteps == 40 && population.plannedSteps == 400)
    population.apply(.decision(decide(1, in: population)))
    #expect(population.plannedSteps == 310)
    var rules = population.rules
    rules.populationSize = 2
    rules.steps = 5
    population.revise(rules)
    while let retirement = retirement(in: population) { population.apply(.decision(retirement)) }
    #expect(population.trainedSteps == 40 && population.plannedSteps == 40)
  }
}

extension RandomHistory {
  /// The rules before the first revision.
  fileprivate var firstRules: Rules {
    var rules = population.rules
    let joined = records.prefix { if case .decision(let decision) = $0 { decision.ordinal == 0 } else { false } }
    (rules.steps, rules.populationSize) = (55, joined.count)
    return rules
  }
}

extension Population {
  fileprivate var withoutLeases: Population {
    var population = self
    for member in members where member.state == .leased { population.setLeased(member.id, false) }
    return population
  }
}
