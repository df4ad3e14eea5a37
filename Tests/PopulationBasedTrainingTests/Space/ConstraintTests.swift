import Testing

@testable import PopulationBasedTraining

@Suite struct ConstraintTests {
  private static let space = Space(
    [
      Hyperparameter("low", .uniform(0, 1)), Hyperparameter("high", .uniform(0, 1)),
      Hyperparameter("count", .integer(1, 8)), Hyperparameter("name", .choice([.text("a"), .text("b")])),
    ],
    constraints: [
      Constraint("low", .less, .hyperparameter("high")), Constraint("count", .atMost, .number(5)),
      Constraint("count", .different, .number(3)),
    ])

  @Test("Each comparison says what its sign says", arguments: Constraint.Comparison.allCases)
  func comparisons(_ comparison: Constraint.Comparison) {
    let signs: [String: (Double, Double) -> Bool] = [
      "<": (<), "<=": (<=), ">": (>), ">=": (>=), "==": (==), "!=": (!=),
    ]
    for (left, right) in [(1.0, 2.0), (2, 2), (3, 2)] {
      let expected = signs[comparison.rawValue]?(left, right)
      #expect(Constraint("a", comparison, .number(right)).holds(for: ["a": .number(left)]) == expected)
      #expect(
        Constraint("a", comparison, .hyperparameter("b")).holds(for: ["a": .integer(Int(left)), "b": .number(right)])
          == expected)
    }
  }

  @Test("Members start, start again and copy within the constraints", arguments: ExploreRules.all.indices)
  func constraintsHold(_ index: Int) {
    let rule = RuleChoice(ExploreRules.all[index])
    for member in 0..<20 {
      var values = Self.space.sample(member: member, ordinal: 0, seed: 3)
      #expect(Self.space.allows(values))
      #expect(Self.space.allows(Self.space.sample(member: member, ordinal: 7, seed: 3)))
      let population = Population(rules: .example(space: Self.space, explore: rule))
      for ordinal in 1...50 {
        let explored = population.explored(values, member: member, ordinal: ordinal, fallback: values)
        #expect(Self.space.allows(explored))
        values = explored
      }
    }
  }

  @Test("Where nothing satisfies a constraint, a copy keeps what its donor had")
  func fallback() {
    let space = Space(
      [Hyperparameter("a", .integer(1, 2)), Hyperparameter("b", .integer(1, 2))],
      constraints: [Constraint("a", .different, .hyperparameter("b")), Constraint("a", .less, .number(2))])
    let population = Population(rules: .example(space: space))
    let donor: Hyperparameters = ["a": .integer(1), "b": .integer(2)]
    let broken: Hyperparameters = ["a": .integer(2), "b": .integer(2)]
    for ordinal in 1...20 {
      let explored = population.explored(broken, member: 0, ordinal: ordinal, fallback: donor)
      #expect(space.allows(explored))
    }
    let impossible = Population(
      rules: .example(space: Space([space["a"]!], constraints: [Constraint("a", .greater, .number(9))])))
    #expect(impossible.explored(["a": .integer(1)], member: 0, ordinal: 1, fallback: donor) == donor)
  }
}
