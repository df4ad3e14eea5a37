import PoptrainStoreTesting
import Testing

@testable import PopulationBasedTraining

@Suite struct WelchTestTests {
  private func test(_ first: [Double], _ second: [Double]) throws -> WelchTest {
    let samples = (try #require(Sample(first)), try #require(Sample(second)))
    return try #require(WelchTest(samples.0, samples.1))
  }

  @Test("Statistic, degrees of freedom and probabilities are scipy's")
  func numbersAreScipys() throws {
    for reference in try Reference.all("welch") {
      let test = try test(reference.fields[0], reference.fields[1])
      #expect(isClose(test.statistic, reference[2], scale: 1), "\(reference): \(test.statistic)")
      #expect(isClose(test.degreesOfFreedom, reference[3]), "\(reference): \(test.degreesOfFreedom)")
      #expect(isClose(test.oneSidedP, reference[4], scale: 1e-3), "\(reference): \(test.oneSidedP)")
      #expect(isClose(test.twoSidedP, reference[5], scale: 1e-3), "\(reference): \(test.twoSidedP)")
    }
  }

  @Test("Exchanging the samples turns the side round", arguments: 0..<50)
  func symmetry(_ seed: Int) throws {
    var dice = SeededGenerator(seed: UInt64(seed))
    let first = (0..<dice.integer(2...12)).map { _ in dice.real(-1...2) }
    let second = (0..<dice.integer(2...12)).map { _ in dice.real(-3...3) }
    let (there, back) = (try test(first, second), try test(second, first))
    #expect(there.statistic == -back.statistic)
    #expect(there.degreesOfFreedom == back.degreesOfFreedom)
    #expect(isClose(there.oneSidedP + back.oneSidedP, 1))
    #expect(there.twoSidedP == back.twoSidedP)
    #expect(isClose(there.twoSidedP, 2 * min(there.oneSidedP, back.oneSidedP)))
  }

  @Test("Neither the unit nor an offset matters", arguments: [-900, -550, -2, 1, 550, 900])
  func invariance(_ exponent: Int) throws {
    let (first, second) = ([1.5, 2.25, 1.75, 3.0], [0.5, 2.5, 0.25])
    let expected = try test(first, second)
    let unit = Double(sign: .plus, exponent: exponent, significand: 1)
    #expect(try test(first.map { $0 * unit }, second.map { $0 * unit }) == expected)
    #expect(try test(first.map { $0 + 0x1p48 }, second.map { $0 + 0x1p48 }) == expected)
  }

  @Test("Samples that do not vary differ for certain or not at all")
  func withoutVariance() throws {
    let same = try test([0.1, 0.1, 0.1], [0.1, 0.1])
    #expect(same.statistic == 0)
    #expect(same.degreesOfFreedom == 3)
    #expect(same.oneSidedP == 0.5)
    #expect(same.twoSidedP == 1)
    let higher = try test([0.2, 0.2, 0.2], [0.1, 0.1])
    #expect(higher.statistic == .infinity)
    #expect(higher.oneSidedP == 0)
    #expect(higher.twoSidedP == 0)
    #expect(try test([0.1, 0.1], [0.2, 0.2]).oneSidedP == 1)
  }

  @Test("Where one sample does not vary, the other has all degrees of freedom")
  func withOneVariance() throws {
    let test = try test([0.1, 0.4, 0.3], Array(repeating: 0.2, count: 50))
    #expect(test.degreesOfFreedom == 2)
    #expect(test.twoSidedP > 0.1)
  }

  @Test("Equal samples do not differ")
  func equalSamples() throws {
    let sample = [0.3, 0.1, 0.7]
    #expect(try test(sample, sample).twoSidedP == 1)
  }

  @Test("A single number is not tested")
  func tooSmall() throws {
    let (single, several) = (try #require(Sample([1])), try #require(Sample([1, 2, 3])))
    #expect(WelchTest(single, several) == nil)
    #expect(WelchTest(several, single) == nil)
  }
}
