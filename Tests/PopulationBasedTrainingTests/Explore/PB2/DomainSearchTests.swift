import PoptrainStoreTesting
import Testing

@testable import PopulationBasedTraining

/// The search for the values at which a function is greatest.
@Suite struct DomainSearchTests {
  private func best(_ domains: [Domain], seed: UInt64 = 1, _ value: @escaping ([Double]) -> Double) -> [Double] {
    var random = RandomStream(seed: seed, member: 0, ordinal: 0, purpose: "search")
    return DomainSearch(domains: domains, value: value).best(random: &random)
  }

  @Test("The top of a hill is found, inside and in a corner, within a thousandth", arguments: 0..<10)
  func hills(_ seed: Int) {
    var dice = SeededGenerator(seed: UInt64(seed))
    let domains = [.uniform(-1, 1), .logUniform(1e-6, 1)] + [Domain](repeating: .uniform(0, 1), count: 8)
    let top = domains.map { _ in min(max(dice.real(-0.3...1.3), 0), 1) }
    let found = best(domains, seed: UInt64(seed)) { place in
      -zip(place, top).reduce(0) { $0 + ($1.0 - $1.1) * ($1.0 - $1.1) }
    }
    #expect(zip(found, top).allSatisfy { abs($0 - $1) < 2e-3 })
  }

  @Test("On a grid the best value is found exactly, next to a number that matters more", arguments: 1...12)
  func grids(_ best: Int) {
    let domains = [Domain.integer(1, 12), .uniform(0, 1), .ordered((1...12).map { .integer($0) })]
    let top = (Double(best) - 0.5) / 12
    let found = self.best(domains) { place in
      -abs(place[0] - top) - 100 * abs(place[1] - 0.3) - abs(place[2] - top)
    }
    #expect(domains[0].value(atUnit: found[0]) == .integer(best))
    #expect(domains[2].value(atUnit: found[2]) == .integer(best))
  }

  @Test("On grids of two and three values, too many to draw all, the best values are found", arguments: [2, 3])
  func coarseGrids(_ count: Int) {
    let domains = (0..<12).map { _ in Domain.integer(1, count) }
    let found = best(domains) { place in
      place.enumerated().reduce(0) { $0 + ($1.offset % 2 == 0 ? $1.element : -$1.element) }
    }
    #expect(zip(domains, found).map { $0.value(atUnit: $1) } == (0..<12).map { .integer($0 % 2 == 0 ? count : 1) })
  }

  @Test("Of ten choices, each of three the right one is found, though nothing leads there")
  func choices() {
    let domain = Domain.choice((0..<10).map { .integer($0) })
    let found = best([domain, domain, domain]) { place in
      zip(place, [7, 0, 9]).reduce(0) { $0 + (Int($1.0 * 10) == $1.1 ? 1 : 0) }
    }
    #expect(found.map { domain.value(atUnit: $0) } == [.integer(7), .integer(0), .integer(9)])
  }

  @Test("Every place that is tried is on its grid", arguments: 0..<10)
  func placesAreOnGrids(_ seed: Int) {
    var dice = SeededGenerator(seed: UInt64(seed))
    let domains = (0..<4).map { _ in Domain.random(&dice) }.filter(\.isSearched)
    _ = best(domains) { place in
      for (unit, domain) in zip(place, domains) {
        let back = domain.value(atUnit: unit).flatMap(domain.unit(of:)) ?? .nan
        #expect(abs(back - unit) < 1e-6)
      }
      return -place.reduce(0, +)
    }
  }

  @Test("The search is a function of its stream")
  func streams() {
    let domains = [Domain.uniform(0, 1), .uniform(0, 1)]
    let flat: ([Double]) -> Double = { _ in 0 }
    #expect(best(domains, seed: 1, flat) == best(domains, seed: 1, flat))
    #expect(best(domains, seed: 1, flat) != best(domains, seed: 2, flat))
    #expect(best([], flat) == [])
  }
}
