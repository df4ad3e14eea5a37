import PoptrainStoreTesting
import Testing

@testable import PopulationBasedTraining

/// Decisions where the rules name several objectives, or require something of metrics.
@Suite struct SeveralObjectivesTests {
  private static let rules: [any ExploitRule.Type] = [Truncation.self, BinaryTournament.self]

  private func rules(
    _ seed: Int, exploit: any ExploitRule.Type = Truncation.self, mode: Rules.Mode = .max, turned: Bool = false
  ) -> Rules {
    var rules = Rules.example(
      seed: UInt64(seed), members: 9, steps: 60, mode: mode, space: Space([Hyperparameter("rate", .uniform(0, 1))]),
      exploit: RuleChoice(exploit))
    rules.objectives = [Objective("second", turned ? .max : .min), Objective("third", turned ? .min : .max)]
    rules.requirements = [Requirement("third", isAtMost: turned, limit: turned ? 3 : -3)]
    rules.order = seed.isMultiple(of: 2) ? .synchronous : .asynchronous
    return rules
  }

  /// What a member is ranked by, read from its last own interval.
  private func entry(_ member: Member) -> Ranking.Entry? {
    member.published.map {
      .example(member.id, $0.score, $0.objectives, violation: $0.violation, tie: $0.tie)
    }
  }

  @Test("Every question about ranks has the answer that the definition gives", arguments: 0..<6)
  func questions(_ seed: Int) {
    var rules = rules(seed)
    rules.subpopulations = [Subpopulation(size: 4), Subpopulation(size: 5)]
    ToyRun.random(rules, order: seed).audit { _, population in
      let entries = population.members.compactMap(entry)
      #expect(population.ranking.entries.map(\.member) == BruteForce.order(entries))
      #expect(Set(population.front) == BruteForce.front(entries))
      #expect(population.front == Array(population.ranking.entries.prefix(population.front.count)).map(\.member))
      for part in 0...1 {
        let own = entries.filter { population.rules.subpopulation(of: $0.member) == part }
        let ranking = population.ranking(ofSubpopulation: part)
        #expect(ranking.entries.map(\.member) == BruteForce.order(own))
        for (rank, entry) in ranking.entries.enumerated() { #expect(ranking.rank(of: entry) == rank) }
      }
      for member in population.members {
        guard let own = member.published else { continue }
        let ranking = population.ranking(for: member)
        #expect(ranking[ranking.rank(of: Ranking.Entry(member.id, own))].member == member.id)
      }
    }
  }

  @Test("At equal experience all objectives are those of the same age", arguments: 0..<8)
  func equalExperience(_ seed: Int) {
    var rules = rules(seed)
    rules.compare = .equalExperience
    rules.order = .asynchronous
    var wasOlder = false
    let run = ToyRun.random(rules, order: seed)
    run.audit { decision, population in
      let member = population.members[decision.member]
      guard let own = member.published else { return }
      var published: [Member.ID: Published] = [:]
      for interval in run.intervals where interval.sequence <= decision.saw && interval.endAge <= own.age {
        // Only what the present model of a member has scored.
        let isOwn = population.members[interval.member].scores.contains { $0.age == interval.endAge }
        if isOwn, let scored = population.rules.published(by: interval) { published[interval.member] = scored }
      }
      let entries = published.compactMap { id, published in
        population.members[id].published.map { now in
          wasOlder = wasOlder || now != published
          return Ranking.Entry.example(
            id, published.score, published.objectives, violation: published.violation, tie: now.tie)
        }
      }
      let ranking = population.ranking(for: member)
      #expect(ranking.entries.map(\.member) == BruteForce.order(entries))
      #expect(ranking[ranking.rank(of: Ranking.Entry(member.id, own))].member == member.id)
    }
    #expect(wasOlder)
  }

  @Test("To minimise a metric is the mirror image of maximising its negative", arguments: 0..<10)
  func mirrorImage(_ seed: Int) {
    for exploit in Self.rules {
      func decisions(_ sign: Double) -> [Decision] {
        var run = ToyRun(
          rules(seed, exploit: exploit, mode: sign > 0 ? .max : .min, turned: sign < 0), order: seed
        ) { task in
          var dice = SeededGenerator(seed: UInt64(task.member * 1009 + task.startSteps + seed))
          func number() -> Double { sign * Double(dice.integer(-5...5)) }
          return ToyRun.Result(model: [], metrics: ["score": number(), "second": number(), "third": number()])
        }
        run.finish()
        return run.decisions
      }
      #expect(decisions(1) == decisions(-1))
    }
  }

  @Test("A donor ranks before who copies it, also where its score is lower")
  func donors() {
    var hasLowerScore = false
    for seed in 0..<20 {
      ToyRun.random(rules(seed, exploit: Self.rules[seed % 2]), order: seed).audit { decision, population in
        guard let donor = decision.result.donor, let own = population.members[decision.member].published,
          let donated = population.members[donor.member].published
        else { return }
        let order = BruteForce.order(population.members.compactMap(entry))
        #expect(order.firstIndex(of: donor.member)! < order.firstIndex(of: decision.member)!)
        #expect(decision.threshold == nil)
        if donated.violation == own.violation, donated.score < own.score { hasLowerScore = true }
      }
    }
    #expect(hasLowerScore)
  }

  @Test("With one objective the front is everyone with the best score")
  func frontOfOneObjective() {
    let population = Population.scored([1, 3, nil, 3, 2], ties: [0, 1, 2, 5, 0])
    #expect(population.front == [3, 1])
    #expect(Population.scored([nil, nil]).front.isEmpty)
  }

  @Test("Who leaves a population that became too large is the last one by rank")
  func retiring() {
    var rules = Rules.example(members: 3)
    rules.objectives = [Objective("second", .max)]
    let values: [(Double, Double)] = [(0, 9), (5, 5), (9, 0), (4, 4)]
    let members = values.enumerated().map { id, value in
      var member = Member.example(id, score: 0, hyperparameters: [:])
      member.published = Published(
        score: value.0, tie: 0, checkpoint: CheckpointID("c"), hyperparameters: [:], age: 10, sequence: 1,
        objectives: [value.1])
      return member
    }
    let population = Population(rules: rules, members: members, best: nil, sequence: 9, completedIntervals: 4)
    #expect(retirement(in: population)?.member == 3)
  }
}

/// What is required of metrics.
@Suite struct RequirementTests {
  private func rules(_ seed: Int, exploit: any ExploitRule.Type) -> Rules {
    var rules = Rules.example(
      seed: UInt64(seed), members: 8, steps: 60, space: Space([Hyperparameter("rate", .uniform(0, 1))]),
      exploit: RuleChoice(exploit))
    rules.requirements = [
      Requirement("second", isAtMost: true, limit: 0), Requirement("third", isAtMost: false, limit: -2),
    ]
    return rules
  }

  @Test("Whoever breaks a requirement ranks below all that do not, and those by how much", arguments: 0..<10)
  func infeasibleBelowFeasible(_ seed: Int) {
    ToyRun.random(rules(seed, exploit: Truncation.self), order: seed).audit { _, population in
      let violations = population.ranking.entries.map(\.violation)
      #expect(violations == violations.sorted())
      for (earlier, later) in zip(population.ranking.entries, population.ranking.entries.dropFirst()) {
        if earlier.violation == later.violation { #expect(earlier.score >= later.score) }
      }
      let best = population.best?.published
      if population.members.contains(where: { $0.published?.violation == 0 }) { #expect(best?.violation == 0) }
    }
  }

  @Test("No feasible member copies one that is not")
  func donorsAreFeasible() {
    var isLowerScore = false
    for seed in 0..<20 {
      let exploit: any ExploitRule.Type = seed.isMultiple(of: 2) ? Truncation.self : BinaryTournament.self
      ToyRun.random(rules(seed, exploit: exploit), order: seed).audit { decision, population in
        guard let donor = decision.result.donor, let own = population.members[decision.member].published,
          let published = population.members[donor.member].published
        else { return }
        #expect(published.violation <= own.violation)
        if published.score < own.score { isLowerScore = true }
      }
    }
    #expect(isLowerScore)
  }

  @Test("By how much a requirement is broken: relative to a limit that is not small")
  func violations() {
    let latency = Requirement("latency", isAtMost: true, limit: 0.1)
    #expect(latency.violation(of: ["latency": 0.1]) == 0)
    #expect(latency.violation(of: ["latency": 0.6]) == 0.5)
    #expect(latency.violation(of: [:]) == .infinity)
    #expect(latency.violation(of: ["latency": .nan]) == .infinity)
    #expect(latency.violation(of: ["latency": .infinity]) == .infinity)
    let size = Requirement("size", isAtMost: false, limit: -200)
    #expect(size.violation(of: ["size": -200]) == 0)
    #expect(size.violation(of: ["size": -300]) == 0.5)
  }
}
