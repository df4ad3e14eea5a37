import PoptrainStoreTesting
import Testing

@testable import PopulationBasedTraining

@Suite struct DomainTests {
  private static let ordered = Domain.ordered([.integer(16), .integer(32), .integer(64)])
  private static let choice = Domain.choice([.text("none"), .boolean(true), .number(0.5)])

  private func draw(_ domain: Domain, _ count: Int, seed: UInt64 = 1) -> [Value] {
    var random = RandomStream(seed: seed, member: 0, ordinal: 0, purpose: "sample")
    return (0..<count).map { _ in domain.sample(member: 3, random: &random) }
  }

  @Test("A drawn value is in the range and on the grid", arguments: 0..<200)
  func drawnValuesAreInside(_ seed: Int) {
    var dice = SeededGenerator(seed: UInt64(seed))
    let domain = Domain.random(&dice)
    #expect(draw(domain, 100, seed: UInt64(seed)).allSatisfy(domain.contains))
  }

  @Test(
    "A value outside the range, off the grid or of another kind is not contained",
    arguments: [
      (.uniform(0, 1), .number(1.0000001)), (.uniform(0, 1), .number(-1e-9)), (.uniform(0, 1), .number(.nan)),
      (.uniform(0, 1), .integer(1)), (.uniform(0, 1), .text("0.5")), (.logUniform(1e-4, 1), .number(0)),
      (.logUniform(1e-4, 1), .number(.infinity)), (.integer(1, 4), .integer(0)), (.integer(1, 4), .integer(5)),
      (.integer(1, 4), .number(2)), (ordered, .integer(33)), (ordered, .number(16)), (choice, .text("crop")),
      (choice, .boolean(false)), (.perMember([.integer(1)]), .integer(2)), (.fixed(.integer(64)), .integer(65)),
    ] as [(Domain, Value)])
  func foreignValuesAreNotContained(_ domain: Domain, _ value: Value) {
    #expect(!domain.contains(value))
  }

  @Test("The ends of a range are contained")
  func endsAreContained() {
    #expect([0, 1].allSatisfy { Domain.uniform(0, 1).contains(.number($0)) })
    #expect([1e-4, 1].allSatisfy { Domain.logUniform(1e-4, 1).contains(.number($0)) })
    #expect([-2, 4].allSatisfy { Domain.integer(-2, 4).contains(.integer($0)) })
  }

  @Test(
    "Each value of a grid is as likely as the others",
    arguments: [.integer(-3, 3), .integer(0, 1), .integer(5, 104), ordered, choice] as [Domain])
  func gridValuesAreEquallyLikely(_ domain: Domain) {
    let counts = Dictionary(grouping: draw(domain, 20_000)) { $0 }.mapValues(\.count)
    let size =
      switch domain {
      case .integer(let low, let high): high - low + 1
      case .ordered(let values), .choice(let values): values.count
      default: 0
      }
    #expect(counts.count == size)
    #expect(areEquallyLikely(Array(counts.values)))
  }

  @Test(
    "Each tenth of a uniform range is as likely as the others", arguments: [(0.0, 1.0), (-5.0, 3.0), (0.9, 0.999)])
  func tenthsAreEquallyLikely(_ low: Double, _ high: Double) {
    var counts = Array(repeating: 0, count: 10)
    for value in draw(.uniform(low, high), 20_000) {
      counts[min(Int((value.asNumber! - low) / (high - low) * 10), 9)] += 1
    }
    #expect(areEquallyLikely(counts))
  }

  @Test(
    "Half of a log range lies below the geometric mean of its ends",
    arguments: [(1e-6, 1.0), (1e-4, 1e4), (2.0, 3.0), (1e-300, 1e300)])
  func medianOfLogRangeIsGeometric(_ low: Double, _ high: Double) {
    let middle = low.squareRoot() * high.squareRoot()
    let below = draw(.logUniform(low, high), 10_000).count { $0.asNumber! < middle }
    #expect(isPlausible(below, of: 10_000, probability: 0.5))
  }

  @Test(
    "The widest ranges can be drawn from, and not only at their ends",
    arguments: [
      .integer(-1 << 53, 1 << 53), .integer(0, 1 << 53), .uniform(-1e307, 1e307), .uniform(0, 1e-300),
      .logUniform(1e-300, 1e300), .logUniform(.leastNonzeroMagnitude, 1.7e308),
    ] as [Domain])
  func widestRanges(_ domain: Domain) {
    let values = draw(domain, 200)
    #expect(values.allSatisfy(domain.contains))
    #expect(Set(values).count > 150)
  }

  @Test("A value that is not searched is the member's own")
  func constantsAreTheMembersOwn() {
    #expect(draw(.perMember((0..<5).map { .integer(10 * $0) }), 1) == [.integer(30)])
    #expect(draw(.fixed(.text("adam")), 1) == [.text("adam")])
  }

  @Test("A value whose kind of number got lost on the way is restored", arguments: 0..<300)
  func lostKindsAreRestored(_ seed: Int) {
    var dice = SeededGenerator(seed: UInt64(seed))
    let domain =
      seed.isMultiple(of: 3)
      ? .ordered([.number(0), .number(1), .number(2.5)])
      : seed.isMultiple(of: 7) ? .uniform(0, 4) : Domain.random(&dice)
    for value in draw(domain, 50, seed: UInt64(seed)) + (domain.contains(.number(1)) ? [.number(1)] : []) {
      #expect(domain.restored(value) == value)
      guard let number = value.asNumber else { continue }
      #expect(domain.restored(.number(number)) == value)
      if let integer = Int(exactly: number) { #expect(domain.restored(.integer(integer)) == value) }
    }
  }

  @Test("Zero and one of a real range stay real numbers")
  func zeroAndOneStayReal() {
    #expect(Domain.uniform(0, 1).restored(.integer(0)) == .number(0))
    #expect(Domain.logUniform(0.1, 1).restored(.integer(1)) == .number(1))
    #expect(Domain.fixed(.number(1)).restored(.integer(1)) == .number(1))
    #expect(Domain.perMember([.number(1), .number(2)]).restored(.integer(2)) == .number(2))
  }

  @Test(
    "What is no value of the domain is left as it is",
    arguments: [
      (.integer(1, 4), .number(1.5)), (.integer(1, 4), .number(1e300)), (.uniform(0, 1), .text("1")),
      (.fixed(.integer(64)), .integer(65)), (.fixed(.text("1")), .integer(1)), (choice, .number(0.25)),
      (choice, .text("0.5")),
    ] as [(Domain, Value)])
  func foreignValuesAreLeft(_ domain: Domain, _ value: Value) {
    #expect(domain.restored(value) == value)
  }

  @Test("Only ranges, lists and sets are searched")
  func searchedDomains() {
    let searched: [Domain] = [.uniform(0, 1), .logUniform(1, 2), .integer(0, 1), Self.ordered, Self.choice]
    #expect(searched.allSatisfy { $0.isSearched })
    #expect(!Domain.perMember([.integer(1)]).isSearched)
    #expect(!Domain.fixed(.integer(1)).isSearched)
  }
}
