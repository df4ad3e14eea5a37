import Testing

@testable import PopulationBasedTraining

@Suite struct ClosenessTests {
  @Test("A number is close to what differs by no more than the share, either way", arguments: [1.0, -3e-300, 7e300])
  func share(_ number: Double) {
    let factors: [(Double, Bool)] = [
      (1.0, true), (1 + 9e-7, true), (1 - 9e-7, true), (1 + 2e-6, false), (0.0, false), (-1.0, false),
    ]
    for (factor, expected) in factors {
      #expect(number.isClose(to: number * factor, within: 1e-6) == expected)
      #expect((number * factor).isClose(to: number, within: 1e-6) == expected)
    }
    #expect(0.0.isClose(to: 0, within: 1e-6))
  }

  @Test("What is not finite is close to nothing", arguments: [Double.infinity, -Double.infinity, Double.nan])
  func notFinite(_ number: Double) {
    let others: [Double] = [0, 5, .greatestFiniteMagnitude, .infinity, -.infinity, .nan]
    for other in others {
      #expect(!number.isClose(to: other, within: 1e-6) && !other.isClose(to: number, within: 1e-6))
    }
  }
}
