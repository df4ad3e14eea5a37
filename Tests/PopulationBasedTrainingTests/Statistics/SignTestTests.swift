import Testing

@testable import PopulationBasedTraining

@Suite struct SignTestTests {
  @Test("Probabilities are scipy's")
  func numbersAreScipys() throws {
    for reference in try Reference.all("signs") {
      let p = SignTest(wins: Int(reference[0]), losses: Int(reference[1])).twoSidedP
      #expect(isClose(p, reference[2]), "\(reference): \(p)")
    }
  }

  @Test("Probabilities of as many wins are scipy's")
  func oneSided() throws {
    for reference in try Reference.all("wins", in: "curves") {
      let p = SignTest(wins: Int(reference[0]), losses: Int(reference[1])).oneSidedP
      #expect(isClose(p, reference[2]), "\(reference): \(p)")
    }
    #expect(SignTest(wins: 0, losses: 0).oneSidedP == 1)
  }

  @Test("The more uneven, the less probable, and wins count as losses do", arguments: [1, 2, 9, 40, 2001])
  func uneven(_ count: Int) {
    let p = (0...count).map { SignTest(wins: $0, losses: count - $0).twoSidedP }
    #expect(p == p.reversed())
    #expect(p.allSatisfy { (0...1).contains($0) })
    #expect(zip(p, p.dropFirst()).prefix(count / 2).allSatisfy { $0 <= $1 })
  }
}
