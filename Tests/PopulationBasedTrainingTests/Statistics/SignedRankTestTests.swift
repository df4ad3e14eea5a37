import PoptrainStoreTesting
import Testing

@testable import PopulationBasedTraining

@Suite struct SignedRankTestTests {
  private func test(_ differences: [Double]) throws -> SignedRankTest {
    SignedRankTest(differences: try #require(Sample(differences)))
  }

  @Test("Probabilities are scipy's, exact and normal, and with ties those that counting gives")
  func numbersAreScipys() throws {
    let references = try Reference.all("ranks")
    #expect(references.contains { $0.fields[0].count > SignedRankTest.exactLimit })
    for reference in references {
      let p = try test(reference.fields[0]).twoSidedP
      #expect(isClose(p, reference[1]), "\(reference): \(p)")
    }
  }

  @Test("With the signs turned round the probability is the same, and without zeros too", arguments: 0..<50)
  func symmetry(_ seed: Int) throws {
    var dice = SeededGenerator(seed: UInt64(seed))
    let differences = (0..<dice.integer(1...70)).map { _ in Double(dice.integer(-5...7)) }
    let test = try test(differences)
    let turned = try self.test(differences.map { -$0 })
    #expect(isClose(test.twoSidedP, turned.twoSidedP))
    #expect(test.count == turned.count)
    #expect(test.positiveRankSum + turned.positiveRankSum == Double(test.count * (test.count + 1)) / 2)
    let withoutZeros = differences.filter { $0 != 0 }
    if !withoutZeros.isEmpty { #expect(try self.test(withoutZeros) == test) }
  }

  @Test("The least probability is that of differences that are all of one sign", arguments: 1...40)
  func least(_ count: Int) throws {
    #expect(try test((1...count).map(Double.init)).twoSidedP == SignedRankTest.leastP(count: count))
    #expect(try test(Array(repeating: -1, count: count)).twoSidedP == SignedRankTest.leastP(count: count))
  }

  @Test("Five pairs cannot show a difference at 0.05, six can")
  func fivePairs() {
    #expect(SignedRankTest.leastP(count: 0) == 1)
    #expect(SignedRankTest.leastP(count: 5) == 0.0625)
    #expect(SignedRankTest.leastP(count: 6) == 0.03125)
  }

  @Test("Where nothing differs, nothing is shown")
  func nothingDiffers() throws {
    let test = try test([0, -0.0, 0])
    #expect(test.count == 0)
    #expect(test.twoSidedP == 1)
  }
}
