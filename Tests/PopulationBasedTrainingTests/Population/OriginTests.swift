import Testing

@testable import PopulationBasedTraining

/// Where the model of a member comes from.
@Suite struct OriginTests {
  @Test("It is the donor of its weights, and none for a model that began fresh", arguments: 0..<4)
  func origin(_ seed: Int) {
    var rules = Rules.example(
      seed: UInt64(seed), members: 6, steps: 400, exploit: RuleChoice(Restart.self, ["patience": .number(2)]))
    rules.order = .synchronous
    rules.inherit = [.both, .weights, .hyperparameters][seed % 3]
    let run = ToyRun.random(rules, order: seed)
    var origins = [Decision.Donor?](repeating: nil, count: 6)
    var hasBegunAfresh = false
    var population = Population(rules: rules)
    for record in run.records {
      population.apply(record)
      guard case .decision(let decision) = record else { continue }
      if let donor = decision.result.donor, donor.inherits != .hyperparameters { origins[decision.member] = donor }
      if decision.result == .fresh {
        hasBegunAfresh = hasBegunAfresh || origins[decision.member] != nil
        origins[decision.member] = nil
      }
      #expect(population.members[decision.member].origin == origins[decision.member])
    }
    #expect(hasBegunAfresh)
  }
}
