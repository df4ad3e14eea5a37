import PoptrainStoreTesting
import Testing

@testable import PopulationBasedTraining

/// Hyperparameters as numbers between 0 and 1.
@Suite struct UnitIntervalTests {
  @Test("Every place has a value in the range and on the grid, and the value stands nearby", arguments: 0..<100)
  func placesHaveValues(_ seed: Int) {
    var dice = SeededGenerator(seed: UInt64(seed))
    let domain = Domain.random(&dice)
    for place in [0, 1, -0.1, 1.1, 0.5, 1e-300, 1 - 1e-16] + (0..<50).map({ _ in dice.real(0...1) }) {
      guard let value = domain.value(atUnit: place) else {
        #expect(!domain.isSearched)
        return
      }
      #expect(domain.contains(value), "\(place) in \(domain)")
      let back = domain.unit(of: value) ?? .nan
      let tolerance = domain.gridCount.map { 0.5 / Double($0) } ?? 0
      #expect(abs(back - min(max(place, 0), 1)) <= tolerance + 1e-6, "\(place) in \(domain)")
    }
  }

  @Test("Every drawn value is found again where it stands", arguments: 0..<100)
  func valuesHavePlaces(_ seed: Int) {
    var dice = SeededGenerator(seed: UInt64(seed))
    var random = RandomStream(seed: UInt64(seed), member: 0, ordinal: 0, purpose: "places")
    let domain = Domain.random(&dice)
    for _ in 0..<50 where domain.isSearched {
      let value = domain.sample(member: 0, random: &random)
      let place = domain.unit(of: value) ?? .nan
      #expect((0...1).contains(place))
      let found = domain.value(atUnit: place) ?? .text("lost")
      if domain.gridCount != nil { #expect(found == value) }
      if let number = value.asNumber, let other = found.asNumber {
        #expect(abs(number - other) <= 1e-9 * max(abs(number), 20))
      }
    }
  }

  @Test("Places are those of the logarithm in a log range, and the middles of equal parts on a grid")
  func places() {
    #expect(Domain.uniform(-1, 3).unit(of: .number(0)) == 0.25)
    #expect(abs((Domain.logUniform(1e-4, 1).unit(of: .number(1e-3)) ?? 0) - 0.25) < 1e-12)
    #expect(Domain.integer(1, 4).unit(of: .integer(1)) == 0.125)
    #expect(Domain.integer(1, 4).unit(of: .integer(4)) == 0.875)
    #expect(Domain.ordered([.integer(16), .integer(64)]).unit(of: .integer(64)) == 0.75)
    #expect(Domain.choice([.text("a"), .text("b")]).unit(of: .text("a")) == 0.25)
    #expect(Domain.integer(-1 << 53, 1 << 53).value(atUnit: 1) == .integer(1 << 53))
  }

  @Test("Equally many places belong to each value of a grid")
  func gridsAreEven() {
    for domain in [Domain.integer(-3, 4), .ordered((0..<8).map { .integer($0) })] {
      let values = (0..<800).map { domain.value(atUnit: (Double($0) + 0.5) / 800) }
      let counts = Dictionary(grouping: values) { $0 }.map(\.value.count)
      #expect(counts == [Int](repeating: 100, count: 8))
    }
  }

  @Test("A real number a little outside stands at the end; what is on no grid stands nowhere")
  func strangers() {
    #expect(Domain.uniform(0, 0.8).unit(of: .number(0.800000011920929)) == 1)
    #expect(Domain.logUniform(1e-4, 1).unit(of: .number(-1)) == 0)
    #expect(Domain.uniform(2, 2).unit(of: .number(2)) == 0.5)
    #expect(Domain.integer(1, 4).unit(of: .integer(5)) == nil)
    #expect(Domain.integer(1, 4).unit(of: .number(2)) == nil)
    #expect(Domain.choice([.text("a")]).unit(of: .text("b")) == nil)
    #expect(Domain.fixed(.integer(1)).unit(of: .integer(1)) == nil)
    #expect(Domain.perMember([.integer(1)]).value(atUnit: 0) == nil)
  }
}
