import PoptrainStoreTesting
import Testing

@testable import PopulationBasedTraining

@Suite struct DecideTests {
  private static let perturb = RuleChoice(Perturb.self, ["resample_probability": .number(0)])

  private func population(
    _ scores: [Double?], seed: UInt64 = 1, space: Space = .example, explore: RuleChoice = perturb,
    exploit: RuleChoice = ExploitRules.standard, mode: Rules.Mode = .max
  ) -> Population {
    .scored(
      scores,
      rules: .example(
        seed: seed, members: scores.count, mode: mode, space: space, exploit: exploit, explore: explore))
  }

  private func randomScores(_ dice: inout SeededGenerator) -> [Double?] {
    (0..<dice.integer(2...12)).map { _ in dice.chance(0.2) ? nil : Double(dice.integer(-3...3)) }
  }

  @Test("Who survives keeps every value; who copies a donor changes what is explored", arguments: 0..<50)
  func onlyCopiesExplore(_ seed: Int) {
    var dice = SeededGenerator(seed: UInt64(seed))
    let population = population(randomScores(&dice), seed: UInt64(seed))
    for member in population.members {
      let decision = decide(member.id, in: population)
      switch decision.result {
      case .stay, .fail, .retire: #expect(decision.hyperparameters == member.hyperparameters)
      case .inherit(let donor):
        let donated = population.members[donor.member].published!.hyperparameters
        for name in ["rate", "accumulation", "batch"] { #expect(decision.hyperparameters[name] != donated[name]) }
      case .fresh: #expect(population.scoredCount == 0)
      }
    }
  }

  @Test("A copy has the donor's searched values and its own constants, where nothing is explored")
  func onlySearchedValuesAreInherited() {
    let population = population([5, 4, 3, 2, 1], explore: RuleChoice(NoExplore.self))
    let decision = decide(4, in: population)
    let donor = population.members[0].published!.hyperparameters
    #expect(decision.result.donor?.member == 0)
    for hyperparameter in Space.example.hyperparameters {
      let source = hyperparameter.domain.isSearched ? donor : population.members[4].hyperparameters
      #expect(decision.hyperparameters[hyperparameter.name] == source[hyperparameter.name])
    }
  }

  @Test("What shapes the weights comes with them unchanged")
  func structuralValuesAreInherited() {
    for seed in 0..<20 {
      let population = population([5, 4, 3, 2, 1], seed: UInt64(seed))
      #expect(decide(4, in: population).hyperparameters["layers"] == population.members[0].hyperparameters["layers"])
    }
  }

  @Test("The donor gives what it has published, not what it will train next")
  func publishedValuesAreCopied() {
    let before = population([5, 4, 3, 2, 1], explore: RuleChoice(NoExplore.self))
    let members = before.members.map { member in
      Member(
        id: member.id, state: member.state, steps: 15, age: 99, checkpoint: CheckpointID("partial"),
        hyperparameters: Space.example.sample(member: member.id, ordinal: 9, seed: 9), beginning: 1,
        published: member.published, intervals: 2, decisions: 1, failures: 0)
    }
    let population = Population(rules: before.rules, members: members, best: nil, sequence: 40, completedIntervals: 5)
    let published = members[0].published!
    let decision = decide(4, in: population)
    let expected = Decision.Donor(
      member: 0, sequence: published.sequence, checkpoint: published.checkpoint, age: published.age,
      score: published.score)
    #expect(decision.result == .inherit(expected))
    #expect(decision.hyperparameters["rate"] == published.hyperparameters["rate"])
  }

  @Test("A decision records what it saw, its rules, its own score and the threshold")
  func decisionsAreRecords() {
    let population = population([5, 4, 3, 2, 1])
    for id in 0..<5 {
      let decision = decide(id, in: population)
      #expect(decision.member == id)
      #expect(decision.ordinal == 1)
      #expect(decision.saw == population.sequence)
      #expect(decision.sequence == population.sequence + 1)
      #expect(decision.rule == "truncation/2 perturb/1")
      #expect(decision.ownScore == Double(5 - id))
      #expect(decision.threshold == 1)
      #expect(decision.stream == "member \(id), decision 1")
      #expect(!decision.reason.isEmpty)
      #expect(decision.result.name == (id == 4 ? "inherit" : "stay"))
    }
  }

  @Test("A member without a score inherits, starts again with new values, or fails, as the rule says")
  func membersWithoutAScore() {
    #expect(decide(0, in: population([nil, nil, 7, nil])).result.donor?.member == 2)
    let nobody = population([nil, nil, nil])
    let fresh = decide(1, in: nobody)
    #expect(fresh.result == .fresh)
    #expect(fresh.hyperparameters == nobody.rules.space.sample(member: 1, ordinal: 1, seed: 1))
    #expect(fresh.hyperparameters["rate"] != nobody.members[1].hyperparameters["rate"])
    #expect(fresh.ownScore == nil)
    let none = population([nil, 1, 2, 3, 4, 5], exploit: RuleChoice(NoExploit.self))
    #expect(decide(0, in: none).result == .fail)
    #expect((1...5).allSatisfy { decide($0, in: none).result == .stay })
  }

  @Test("Another decision of the same member draws from another stream")
  func ordinalsNameStreams() {
    let first = population([5, 4, 3, 2, 1])
    var second = first
    second.apply(.decision(decide(4, in: first).with { $0.result = .stay }))
    let (one, two) = (decide(4, in: first), decide(4, in: second))
    #expect(two.ordinal == 2)
    #expect(one.hyperparameters != two.hyperparameters)
  }

  @Test("What others decided before does not change a draw, as long as the ranking is the same")
  func streamsAreIndependentOfOrder() {
    let frozen = population([5, 4, 3, 2, 1])
    var later = frozen
    for id in [2, 0, 1] { later.apply(.decision(decide(id, in: later))) }
    let (now, then) = (decide(4, in: frozen), decide(4, in: later))
    #expect(now.hyperparameters == then.hyperparameters)
    #expect(now.result == then.result)
  }

  @Test("The seed decides")
  func seedsDiffer() {
    let decisions = (0..<20).map { decide(4, in: population([5, 4, 3, 2, 1], seed: $0)).hyperparameters }
    #expect(Set(decisions).count > 15)
  }

  @Test("A metric that is not finite is no score, and a score gives its metric back", arguments: Rules.Mode.allCases)
  func scores(_ mode: Rules.Mode) {
    let rules = Rules.example(mode: mode)
    for metric in [Double.nan, .infinity, -.infinity] { #expect(rules.score(ofMetric: metric) == nil) }
    for metric in [0, -3.5, 1e300] {
      let score = rules.score(ofMetric: metric)!
      #expect(score == (mode == .max ? metric : -metric))
      #expect(rules.score(ofMetric: score) == metric)
    }
  }

  @Test("A member joins with its initial values, as its decision zero")
  func joining() {
    var rules = Rules.example(seed: 8)
    rules.firstDraws = .independent
    let decision = initialDecision(0, in: Population(rules: rules))
    #expect(decision.ordinal == 0)
    #expect(decision.result == .stay)
    #expect((decision.sequence, decision.saw) == (1, 0))
    #expect(decision.hyperparameters == rules.space.sample(member: 0, ordinal: 0, seed: 8))
  }

  @Test("A trainer's seed has 32 bits and follows from the member, its steps and the purpose")
  func trainerSeeds() {
    let rules = Rules.example(members: 20)
    var seeds: Set<UInt64> = []
    for member in 0..<20 {
      for steps in [0, 10, 20] {
        for kind in Interval.Kind.allCases {
          let seed = rules.trainerSeed(member: member, steps: steps, kind: kind)
          #expect(seed < 1 << 32)
          #expect(seed == rules.trainerSeed(member: member, steps: steps, kind: kind))
          seeds.insert(seed)
        }
      }
    }
    #expect(seeds.count == 120)
    #expect(Set((0..<100).map { rules.tie(member: $0, steps: 10) }).count == 100)
  }
}

extension Decision {
  fileprivate func with(_ change: (inout Decision) -> Void) -> Decision {
    var copy = self
    change(&copy)
    return copy
  }
}
