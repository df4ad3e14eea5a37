import PoptrainStoreTesting
import Testing

@testable import PopulationBasedTraining

/// The descent in a box.
@Suite struct UnitBoxMinimumTests {
  private func minimum(from start: [Double], _ function: @escaping UnitBoxMinimum.Function) -> UnitBoxMinimum {
    UnitBoxMinimum(from: start, iterations: 200, function)
  }

  @Test("Long valleys of any direction, their bottoms inside the box or cut off by it", arguments: 0..<60)
  func valleys(_ seed: Int) {
    var dice = SeededGenerator(seed: UInt64(seed))
    let count = dice.integer(1...7)
    let b = (0..<count * count).map { _ in dice.real(-1...1) }
    let bottom = (0..<count).map { _ in dice.real(-0.3...1.3) }
    func image(_ x: [Double]) -> [Double] {
      (0..<count).map { row in (0..<count).reduce(0) { $0 + b[row * count + $1] * x[$1] } }
    }
    func function(_ x: [Double]) -> (value: Double, gradient: [Double]) {
      let away = zip(x, bottom).map { $0 - $1 }
      let along = image(away)
      let back = (0..<count).map { column in (0..<count).reduce(0) { $0 + b[$1 * count + column] * along[$1] } }
      let value = (along + away.map { 0.1 * $0 }).reduce(0) { $0 + $1 * $1 }
      return (value, (0..<count).map { 2 * back[$0] + 0.02 * away[$0] })
    }
    let found = minimum(from: (0..<count).map { _ in dice.real(0...1) }, function)
    let gradient = function(found.point).gradient
    for (place, slope) in zip(found.point, gradient) {
      #expect((0...1).contains(place))
      // At the minimum of a convex function in a box, the gradient vanishes or points out of the box.
      #expect(abs(slope) < 1e-3 || (place == 0 && slope > 0) || (place == 1 && slope < 0))
    }
    #expect(found.value == function(found.point).value)
  }

  @Test("A curved valley is followed to its end", arguments: [[0.1, 0.9], [0, 0], [1, 0]])
  func curvedValley(_ start: [Double]) {
    let found = minimum(from: start) { x in
      let (side, rest) = (x[1] - x[0] * x[0], 0.7 - x[0])
      return (100 * side * side + rest * rest, [-400 * side * x[0] - 2 * rest, 200 * side])
    }
    #expect(abs(found.point[0] - 0.7) < 1e-3 && abs(found.point[1] - 0.49) < 1e-3)
  }

  @Test("A slope is descended to the corner, and where all is flat the start is kept")
  func slopesAndPlains() {
    #expect(minimum(from: [0.3, 0.6]) { ([3 * $0[0], -$0[1]].reduce(0, +), [3, -1]) }.point == [0, 1])
    #expect(minimum(from: [0.3, 0.6]) { _ in (1, [0, 0]) }.point == [0.3, 0.6])
    #expect(minimum(from: [0, 1]) { ($0[0] - $0[1], [1, -1]) }.point == [0, 1])
  }

  @Test("A bottom without curvature, an edge and rounding noise end the descent", arguments: 0..<20)
  func roughFunctions(_ seed: Int) {
    var dice = SeededGenerator(seed: UInt64(seed))
    let (bottom, start) = (dice.real(0...1), dice.real(0...1))
    let fourth = minimum(from: [start]) { x in
      let away = x[0] - bottom
      return (away * away * away * away, [4 * away * away * away])
    }
    #expect(abs(fourth.point[0] - bottom) < 0.05)
    let edge = minimum(from: [start]) { x in (abs(x[0] - bottom), [x[0] > bottom ? 1 : -1]) }
    #expect(abs(edge.point[0] - bottom) < 0.05)
    let noise = minimum(from: [start, bottom]) { x in
      (1 + 1e-16 * x[0], [1e-16 * (x[0] - 0.5), -1e-9 * (x[1] - 0.5)])
    }
    #expect(noise.point.allSatisfy { (0...1).contains($0) })
  }
}
