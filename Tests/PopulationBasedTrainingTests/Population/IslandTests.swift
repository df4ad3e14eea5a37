import PoptrainStoreTesting
import Testing

@testable import PopulationBasedTraining

/// Parts of the population that select within themselves, under the ordinary rules.
@Suite struct IslandTests {
  /// Rules that compare a member with those of its part only; backtracking goes back to the best of the run.
  private static let islandRules: [any ExploitRule.Type] = [Truncation.self, BinaryTournament.self, TTest.self]

  private func rules(
    _ seed: Int, _ sizes: [Int], exploit: any ExploitRule.Type, order: Rules.Order = .synchronous
  ) -> Rules {
    var rules = Rules.example(
      seed: UInt64(seed), members: sizes.reduce(0, +), steps: 90, exploit: RuleChoice(exploit, exploit.fewEvaluations))
    rules.subpopulations = sizes.map { Subpopulation(size: $0) }
    rules.order = order
    return rules
  }

  /// A run in which the scores of members from `first` on are multiplied.
  private func run(_ rules: Rules, order seed: Int, from first: Member.ID = .max, times factor: Double = 1) -> ToyRun {
    var run = ToyRun(rules, order: seed) { task in
      var dice = SeededGenerator(seed: UInt64(task.member * 1_000_003 + task.startSteps * 17 + seed))
      func number() -> Double { Double(dice.integer(-9...9)) * (task.member < first ? 1 : factor) }
      return ToyRun.Result(
        model: [], metrics: ["score": number()], logged: (0..<3).map { _ in ["score": number()] })
    }
    run.finish()
    return run
  }

  @Test("Members belong to parts in the order of their ids; who joins later is dealt out in turn")
  func membership() {
    var rules = Rules.example(members: 9)
    rules.subpopulations = [Subpopulation(size: 2), Subpopulation(size: 4), Subpopulation(size: 3)]
    #expect((0..<14).map(rules.subpopulation(of:)) == [0, 0, 1, 1, 1, 1, 2, 2, 2, 0, 1, 2, 0, 1])
    let population = Population.scored((0..<9).map { Double($0) }, rules: rules)
    #expect((0...2).map(population.size(ofSubpopulation:)) == [2, 4, 3])
    #expect(population.ranking(ofSubpopulation: 1).entries.map(\.member) == [5, 4, 3, 2])
    rules.subpopulations = []
    #expect((0..<9).map(rules.subpopulation(of:)) == Array(repeating: 0, count: 9))
  }

  @Test("A member copies only members of its own part, while one of them has a score", arguments: 0..<5)
  func donors(_ seed: Int) {
    for rule in Self.islandRules {
      var copies = 0
      let order: Rules.Order = seed.isMultiple(of: 2) ? .synchronous : .asynchronous
      let run = ToyRun.random(rules(seed, [5, 2, 6], exploit: rule, order: order), order: seed, divergence: 0.2)
      run.audit { decision, population in
        guard let donor = decision.result.donor else { return }
        let part = population.rules.subpopulation(of: decision.member)
        copies += 1
        #expect(
          population.rules.subpopulation(of: donor.member) == part
            || population.ranking(ofSubpopulation: part).count == 0)
      }
      #expect(copies > 0)
    }
  }

  @Test("What others score does not change what a part decides", arguments: 0..<4, [-3, 0, 1e9])
  func independence(_ seed: Int, _ factor: Double) {
    for rule in Self.islandRules {
      func decisions(_ factor: Double) -> [Decision] {
        run(rules(seed, [6, 7], exploit: rule), order: seed, from: 6, times: factor).decisions.filter { $0.member < 6 }
      }
      #expect(decisions(factor) == decisions(1))
    }
  }

  @Test("A part decides as it would if it were alone", arguments: 0..<5)
  func alone(_ seed: Int) {
    for rule in Self.islandRules {
      func decisions(_ sizes: [Int]) -> [[String]] {
        // The order in which members finish does not matter, nor what else is recorded.
        var rules = rules(seed, sizes, exploit: rule)
        // Otherwise the first draws depend on how many members there are.
        rules.firstDraws = .independent
        return run(rules, order: seed).decisions.filter { $0.member < 6 }
          .map {
            [
              "\($0.member)", "\($0.ordinal)", $0.reason, "\($0.result.donor?.member ?? -1)",
              "\($0.hyperparameters.sorted { $0.key < $1.key })",
            ]
          }
          .sorted { $0.lexicographicallyPrecedes($1) }
      }
      #expect(decisions([6]) == decisions([6, 3, 8]))
    }
  }

  @Test("In a part where nobody has a score, a member copies one of the others' best")
  func rescue() {
    var rules = Rules.example(members: 8)
    rules.subpopulations = [Subpopulation(size: 3), Subpopulation(size: 5)]
    let population = Population.scored([nil, nil, nil, 1, 2, 3, 4, 5], rules: rules)
    #expect((0..<3).map { decide($0, in: population).result.donor?.member } == [7, 7, 7])
  }

  @Test("Each part decides at its own moments")
  func turns() {
    var rules = rules(1, [3, 3], exploit: Truncation.self)
    rules.subpopulations = [Subpopulation(size: 3, intervals: 2), Subpopulation(size: 3, intervals: 3)]
    run(rules, order: 1).audit { decision, population in
      let moment = population.members[decision.member].steps / 10
      let isTurn = moment.isMultiple(of: decision.member < 3 ? 2 : 3)
      #expect((decision.reason == Judgement.Reason.notItsTurn.rawValue) == !isTurn)
    }
  }
}

extension ExploitRule {
  /// Settings under which a few evaluations are enough.
  fileprivate static var fewEvaluations: [String: Setting.Value] {
    settings.contains { $0.name == "evaluations" } ? ["evaluations": .number(4), "p_value": .number(0.6)] : [:]
  }
}
