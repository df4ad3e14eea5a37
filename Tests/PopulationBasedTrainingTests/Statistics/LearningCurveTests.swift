import Testing

@testable import PopulationBasedTraining

@Suite struct LearningCurveTests {
  private func curve(_ scores: [Double]) throws -> LearningCurve { try #require(LearningCurve(scores)) }

  @Test("Numbers are those of numpy and scipy")
  func numbersAreNumpys() throws {
    for reference in try Reference.all("curves", in: "curves") {
      let (first, second) = (try curve(reference.fields[0]), try curve(reference.fields[1]))
      let overlap = first.overlap(with: second)
      let found = overlap.map { [$0.mine.startIndex, $0.theirs.startIndex, $0.mine.count] } ?? [-1, -1, -1]
      #expect(found.map { Double($0) } == reference.fields[2])
      #expect(isClose(first.bestScoreDifference(to: second), reference[3], scale: 1), "\(reference)")
      #expect(isClose(first.chanceOfBeingAbove(second), reference[4]), "\(reference)")
    }
  }

  @Test("A single score is no curve, and a curve is not above itself")
  func single() throws {
    #expect(LearningCurve([]) == nil)
    #expect(LearningCurve([1]) == nil)
    let curve = try curve([1, 3, 2, 4])
    #expect(curve.bestScoreDifference(to: curve) == 0)
    #expect(curve.chanceOfBeingAbove(curve) == 1)
  }

  @Test("Who improves faster from the same score on is better, whoever stands higher")
  func rates() throws {
    let steep = try curve((0..<12).map { Double($0) })
    let flat = try curve((0..<12).map { 5 + Double($0) / 10 })
    #expect(steep.bestScoreDifference(to: flat) > 0)
    #expect(flat.bestScoreDifference(to: steep) < 0)
    let flatFarAbove = try curve((0..<12).map { 50 + Double($0) / 10 })
    #expect(flatFarAbove.bestScoreDifference(to: steep) == 0)
    let steepFarAbove = try curve((0..<12).map { 50 + Double($0) })
    #expect(steepFarAbove.bestScoreDifference(to: flat) > 0)
    #expect(flat.bestScoreDifference(to: steepFarAbove) == 0)
  }

  @Test("A lead in ten scores of eleven is hardly chance, in nine of ten it may be")
  func significance() throws {
    func chance(_ count: Int) throws -> Double {
      // The fast one begins a little higher, so it is compared from the second score of the slow one on.
      let (fast, slow) = try (curve((0...count).map { 0.01 + 2 * Double($0) }), curve((0...count).map { Double($0) }))
      return fast.chanceOfBeingAbove(slow)
    }
    #expect(try isClose(chance(10), 11 / 1024))
    #expect(try isClose(chance(11), 12 / 2048))
  }

  @Test("The greatest numbers neither trap nor become infinite")
  func hugeNumbers() throws {
    let huge = Double.greatestFiniteMagnitude
    let curves = try [curve([huge, huge, huge]), curve([-huge, huge]), curve([-huge, -huge, -huge, -huge])]
    for first in curves {
      for second in curves {
        #expect(!first.bestScoreDifference(to: second).isNaN)
        #expect((0...1).contains(first.chanceOfBeingAbove(second)))
      }
    }
  }
}
