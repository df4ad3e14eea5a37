import PoptrainStoreTesting
import Testing

@testable import PopulationBasedTraining

@Suite struct FirstDrawsTests {
  private static let space = Space([
    Hyperparameter("rate", .logUniform(1e-5, 1)), Hyperparameter("dropout", .uniform(-0.5, 0.8)),
    Hyperparameter("discount", .oneMinus(0.9, 0.999)), Hyperparameter("accumulation", .integer(1, 8)),
    Hyperparameter("frames", .integer(-1000, 1000)),
    Hyperparameter("batch", .ordered([.integer(16), .integer(32), .integer(64)])),
    Hyperparameter("augmentation", .choice([.text("none"), .text("flip"), .text("crop"), .text("both")])),
    Hyperparameter("shard", .perMember((0..<64).map { .integer($0) })),
  ])

  /// What the first members draw, in the order in which they join.
  private func draws(_ space: Space, members: Int, seed: Int, _ how: Rules.FirstDraws = .stratified)
    -> [Hyperparameters]
  {
    var rules = Rules.example(seed: UInt64(seed), members: members, space: space)
    rules.firstDraws = how
    let population = Population(rules: rules)
    return (0..<members).map { initialDecision($0, in: population).hyperparameters }
  }

  @Test("Each part of each range is drawn from exactly once", arguments: [1, 2, 3, 7, 12, 100], 0..<10)
  func everyPartOnce(_ members: Int, _ seed: Int) {
    let drawn = draws(Self.space, members: members, seed: seed)
    for hyperparameter in Self.space.hyperparameters where hyperparameter.domain.gridCount == nil {
      guard hyperparameter.domain.isSearched else { continue }
      let places = drawn.compactMap { $0[hyperparameter.name].flatMap(hyperparameter.domain.unit(of:)) }.sorted()
      #expect(places.count == members)
      for (part, place) in places.enumerated() {
        #expect(abs(place * Double(members) - Double(part) - 0.5) <= 0.5 + 1e-9, "\(hyperparameter.name): \(places)")
      }
    }
    #expect(drawn.enumerated().allSatisfy { $1["shard"] == .integer($0 % 64) })
  }

  @Test("Values of a grid are drawn equally often, give or take one", arguments: [1, 2, 3, 7, 12, 100], 0..<10)
  func gridsAreBalanced(_ members: Int, _ seed: Int) {
    let drawn = draws(Self.space, members: members, seed: seed)
    for hyperparameter in Self.space.hyperparameters {
      guard let count = hyperparameter.domain.gridCount else { continue }
      let counts = Dictionary(grouping: drawn.compactMap { $0[hyperparameter.name] }) { $0 }.mapValues(\.count)
      let least = members / count
      #expect(counts.values.allSatisfy { $0 == least || $0 == least + 1 }, "\(hyperparameter.name): \(counts)")
      #expect(counts.count == min(members, count))
    }
  }

  @Test("Every value is in its range and on its grid, whatever the space", arguments: 0..<100)
  func valuesAreInside(_ seed: Int) {
    var dice = SeededGenerator(seed: UInt64(seed))
    let space = Space.random(&dice)
    for values in draws(space, members: dice.integer(1...16), seed: seed) {
      #expect(values.count == space.hyperparameters.count)
      #expect(space.hyperparameters.allSatisfy { $0.domain.contains(values[$0.name]!) })
    }
  }

  @Test("A value of a grid is as likely as the others for each member")
  func gridsAreFair() {
    let space = Space([Hyperparameter("a", .integer(0, 4))])
    var counts = [Int](repeating: 0, count: 5)
    for seed in 0..<2000 {
      guard case .integer(let value) = draws(space, members: 3, seed: seed)[1]["a"] else { continue }
      counts[value] += 1
    }
    #expect(areEquallyLikely(counts), "\(counts)")
  }

  @Test("What a member draws depends on the seed, the space and how many begin, not on who has joined or other names")
  func independence() {
    let whole = draws(Self.space, members: 12, seed: 3)
    let turned = draws(Space(Self.space.hyperparameters.reversed()), members: 12, seed: 3)
    #expect(turned == whole)
    var population = Population(rules: .example(seed: 3, members: 12, space: Self.space))
    for id in 0..<12 {
      let decision = initialDecision(id, in: population)
      #expect(decision.hyperparameters == whole[id])
      population.apply(.decision(decision))
    }
    #expect(draws(Self.space, members: 12, seed: 4) != whole)
    #expect(draws(Self.space, members: 13, seed: 3).dropLast() != whole[...])
    // The orders of two hyperparameters are not the same one.
    func order(_ name: String) -> [Int] {
      let places = whole.compactMap { $0[name].flatMap { Self.space[name]!.domain.unit(of: $0) } }
      return places.map { Int($0 * 12) }
    }
    #expect(order("rate") != order("dropout"))
  }

  @Test("Constraints hold, and who need not draw again keeps its part")
  func constraints() {
    let space = Space(
      [
        Hyperparameter("low", .uniform(0, 1)), Hyperparameter("high", .uniform(0, 1)),
        Hyperparameter("count", .integer(1, 8)), Hyperparameter("other", .uniform(0, 1)),
      ],
      constraints: [
        Constraint("low", .less, .hyperparameter("high")), Constraint("count", .different, .number(3)),
      ])
    let free = Space(space.hyperparameters)
    for seed in 0..<20 {
      let (bound, unbound) = (draws(space, members: 12, seed: seed), draws(free, members: 12, seed: seed))
      #expect(bound.allSatisfy(space.allows))
      for (values, freely) in zip(bound, unbound) where space.allows(freely) { #expect(values == freely) }
    }
    // Nothing in the parts of its own satisfies this one, so most members draw from whole ranges.
    let narrow = Space(free.hyperparameters, constraints: [Constraint("low", .less, .number(0.1))])
    #expect(draws(narrow, members: 12, seed: 1).allSatisfy(narrow.allows))
  }

  @Test("Initial values win")
  func initialValues() {
    let space = Space([
      Hyperparameter("rate", .logUniform(1e-4, 1), initial: .number(3e-4)),
      Hyperparameter("dropout", .uniform(0, 1), initials: [.number(1), .number(0)]),
    ])
    let drawn = draws(space, members: 5, seed: 2)
    #expect(drawn.allSatisfy { $0["rate"] == .number(3e-4) })
    #expect(drawn.prefix(2).map { $0["dropout"] } == [.number(1), .number(0)])
    #expect(Set(drawn.map { $0["dropout"] }).count == 5)
  }

  @Test("Independent draws are those of each member alone")
  func independentDraws() {
    let drawn = draws(Self.space, members: 12, seed: 5, .independent)
    #expect(drawn == (0..<12).map { Self.space.sample(member: $0, ordinal: 0, seed: 5) })
  }

  @Test("Who joins later draws independently, and every decision zero made again from history is the same")
  func joiningLater() {
    var rules = Rules.example(seed: 6, members: 4, space: Self.space)
    rules.exploit = ExploitRules.none
    var population = Population(rules: rules)
    var history: [HistoryRecord] = []
    func append(_ record: HistoryRecord) {
      history.append(record)
      population.apply(record)
    }
    func join(_ size: Int) {
      rules.populationSize = size
      append(.event(Event(sequence: population.sequence + 1, .revised(experiment: "\(size)"), at: 0)))
      population.revise(rules)
      while population.size < size { append(.decision(initialDecision(population.members.count, in: population))) }
    }
    join(4)
    // Before anything was trained, too.
    join(7)
    #expect(population.members.prefix(4).map(\.hyperparameters) == draws(Self.space, members: 4, seed: 6))
    for id in 4..<7 {
      #expect(population.members[id].hyperparameters == Self.space.sample(member: id, ordinal: 0, seed: 6))
    }
    // A population that a store gives back is no new one.
    let stored = Population(
      rules: rules, members: population.members, best: nil, sequence: population.sequence, completedIntervals: 0)
    #expect(
      initialDecision(7, in: stored).hyperparameters == Self.space.sample(member: 7, ordinal: 0, seed: 6))

    var recomputation = Recomputation(rules: rules)
    for record in history {
      let again = recomputation.take(record) { event -> Rules in
        var revised = rules
        revised.populationSize = Int(event.what.detail) ?? 0
        return revised
      }
      if case .decision(let recorded) = record { #expect(again == recorded) }
    }
  }
}
