import PoptrainStoreTesting
import Testing

@testable import PopulationBasedTraining

@Suite struct SpaceTests {
  @Test("Every hyperparameter of a member has a value of its domain", arguments: 0..<100)
  func valuesAreInside(_ seed: Int) {
    var dice = SeededGenerator(seed: UInt64(seed))
    let space = Space.random(&dice)
    for member in 0..<16 {
      let values = space.sample(member: member, ordinal: dice.integer(0...3), seed: UInt64(seed))
      #expect(values.count == space.hyperparameters.count)
      #expect(space.hyperparameters.allSatisfy { $0.domain.contains(values[$0.name]!) })
    }
  }

  @Test("All members start at an initial value, but none is drawn there again")
  func initialValuesAreForTheStart() {
    let space = Space([Hyperparameter("rate", .logUniform(1e-4, 1), initial: .number(3e-4))])
    for member in 0..<20 {
      #expect(space.sample(member: member, ordinal: 0, seed: 1)["rate"] == .number(3e-4))
      #expect(space.sample(member: member, ordinal: 1, seed: 1)["rate"] != .number(3e-4))
    }
  }

  @Test("The first members start at their initial values, the others at a draw")
  func initialValuesPerMember() {
    let values = [Value.number(1), .number(0), .number(1)]
    let space = Space([Hyperparameter("rate", .uniform(0, 1), initials: values)])
    #expect((0..<3).map { space.sample(member: $0, ordinal: 0, seed: 1)["rate"] } == values)
    let drawn = (3..<10).compactMap { space.sample(member: $0, ordinal: 0, seed: 1)["rate"]?.asNumber }
    #expect(Set(drawn).count == 7 && drawn.allSatisfy { 0 < $0 && $0 < 1 })
    #expect((0..<3).allSatisfy { !values.contains(space.sample(member: $0, ordinal: 1, seed: 1)["rate"] ?? values[0]) })
  }

  @Test("Each member has its own value of a list per member, and all have a fixed one")
  func constants() {
    for member in 0..<20 {
      let values = Space.example.sample(member: member, ordinal: member % 3, seed: 7)
      #expect(values["shard"] == .integer(member))
      #expect(values["width"] == .integer(64))
    }
  }

  @Test("Members, decisions and seeds draw different values")
  func drawsAreDifferent() {
    var rates: Set<Value> = []
    for (member, ordinal, seed) in [(0, 0, 1), (1, 0, 1), (0, 1, 1), (0, 0, 2)] as [(Int, Int, UInt64)] {
      rates.insert(Space.example.sample(member: member, ordinal: ordinal, seed: seed)["rate"]!)
    }
    #expect(rates.count == 4)
  }

  @Test("What is drawn for a name does not depend on the other names or their order")
  func namesAreIndependent() {
    let alone = Space([Space.example["dropout"]!])
    let turned = Space(Space.example.hyperparameters.reversed())
    for member in 0..<20 {
      let values = Space.example.sample(member: member, ordinal: 0, seed: 3)
      #expect(alone.sample(member: member, ordinal: 0, seed: 3)["dropout"] == values["dropout"])
      #expect(turned.sample(member: member, ordinal: 0, seed: 3) == values)
    }
  }

  @Test("A copy has the donor's searched values, the structural ones among them, and its own constants")
  func onlySearchedValuesAreInherited() {
    let space = Space.example
    let own = space.sample(member: 1, ordinal: 0, seed: 5)
    let donor = space.sample(member: 2, ordinal: 0, seed: 5)
    let inherited = space.inherit(own, from: donor, .both)
    for hyperparameter in space.hyperparameters {
      let name = hyperparameter.name
      #expect(inherited[name] == (["shard", "width"].contains(name) ? own : donor)[name])
    }
  }
}
