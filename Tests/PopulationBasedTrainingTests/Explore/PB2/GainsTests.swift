import Testing

@testable import PopulationBasedTraining

/// What is done to scores before the model sees them.
@Suite struct GainsTests {
  @Test("Standardised gains do not depend on unit or offset", arguments: [1e-300, 1e-9, 1, 1e300])
  func unitsDoNotMatter(_ unit: Double) {
    let gains = [3, 1, 4, 1, 5, 9, 2, 6.0]
    for (scaled, plain) in zip(standardised(gains.map { $0 * unit }), standardised(gains)) {
      #expect(abs(scaled - plain) < 1e-12)
    }
    for (moved, plain) in zip(standardised(gains.map { $0 + 1000 }), standardised(gains)) {
      #expect(abs(moved - plain) < 1e-9)
    }
  }

  @Test("Standardised gains have mean 0 and deviation 1, and an outlier is clipped")
  func moments() {
    let targets = standardised([1, 2, 3, 4])
    #expect(abs(targets.reduce(0, +)) < 1e-12)
    #expect(abs(targets.reduce(0) { $0 + $1 * $1 } - 4) < 1e-12)
    #expect(standardised([0, 0, 0, 0, 0, 0, 0, 0, 0, -1e9]).min() == -2)
  }

  @Test(
    "Gains that are equal up to rounding are zero",
    arguments: [[], [7], [0, 0, 0], [0.1, 0.1, 0.1], [0.3, 0.1 + 0.2], [1e300, 1e300]])
  func constants(_ gains: [Double]) {
    #expect(standardised(gains) == gains.map { _ in 0 })
  }

  @Test("The gain is the change per step; the largest and the smallest numbers do not spoil it")
  func gains() {
    func gain(_ before: Double?, _ after: Double, _ steps: Int) -> Double {
      Observation(member: 0, startSteps: 0, steps: steps, startScore: before, score: after, hyperparameters: [:])
        .gain ?? .nan
    }
    #expect(gain(1, 3, 10) == 2 * gain(3, 5, 20))
    #expect(gain(3, 1, 10) == -gain(1, 3, 10))
    #expect(gain(-1.7e308, 1.7e308, 1) == 1.7e308)
    #expect(gain(nil, 1, 1).isNaN)
    #expect(gain(0, 1, 0).isNaN)
    let targets = standardised([gain(-1.7e308, 1.7e308, 1), gain(1.7e308, -1.7e308, 1), gain(0, 1, 1)])
    #expect(targets.allSatisfy { $0.isFinite } && targets[0] > 1 && targets[1] < -1)
  }

  @Test("A scale puts the least at 0 and the greatest at 1, and equal scores in the middle")
  func scale() {
    let scale = UnitScale([-1.7e308, 0, 1.7e308])
    #expect([-1.7e308, 0, 1.7e308].map(scale.unit(of:)) == [0, 0.5, 1])
    #expect([2, 3, 6].map(UnitScale([2, 6, 3]).unit(of:)) == [0, 0.25, 1])
    #expect(UnitScale([4, 4]).unit(of: 4) == 0.5)
  }
}
