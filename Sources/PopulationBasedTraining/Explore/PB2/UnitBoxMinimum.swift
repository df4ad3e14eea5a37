/// Finds a local minimum of a smooth function of a few variables, each in the unit interval.
///
/// A projected quasi-Newton method: BFGS in the variables that are not held at an end, with steps that are cut off at the
/// ends (Bertsekas, "Projected Newton methods for optimization problems with simple constraints", 1982). The published
/// code takes L-BFGS-B from scipy, which saves memory that seven variables do not need.
struct UnitBoxMinimum {
  /// A function's value and its derivatives.
  typealias Function = ([Double]) -> (value: Double, gradient: [Double])

  private(set) var point: [Double]
  private(set) var value: Double
  private var gradient: [Double]
  /// The approximate matrix of second derivatives, flat; nothing before the first step.
  private var hessian: [Double]?
  private let function: Function

  private static let shortestStep = 1e-9

  /// Starts at a point of the box and descends until the gradient vanishes or a step is hardly an improvement.
  init(from start: [Double], iterations: Int, _ function: @escaping Function) {
    point = start
    (value, gradient) = function(start)
    self.function = function
    for _ in 0..<iterations {
      let before = value
      guard descend(), before - value > 1e-9 * (1 + abs(value)) else { return }
    }
  }

  /// Takes one step that lowers the value enough (Armijo's condition), if there is one.
  private mutating func descend() -> Bool {
    let direction = self.direction
    let longest = direction.reduce(0) { max($0, abs($1)) }
    var length = min(1, 0.5 / longest)
    while length * longest > UnitBoxMinimum.shortestStep {
      let moved = point.indices.map { min(max(point[$0] + length * direction[$0], 0), 1) }
      let step = point.indices.map { moved[$0] - point[$0] }
      let slope = product(gradient, step)
      let (newValue, newGradient) = function(moved)
      if newValue <= value + 1e-4 * slope, newValue < value {
        learn(step, point.indices.map { newGradient[$0] - gradient[$0] })
        (point, value, gradient) = (moved, newValue, newGradient)
        return true
      }
      // To the minimum of the parabola through what is known.
      length *= min(max(-0.5 * slope / (newValue - value - slope), 0.1), 0.5)
    }
    return false
  }

  /// The quasi-Newton step in the variables that the gradient does not hold at an end.
  private var direction: [Double] {
    let free = point.indices.filter { !(point[$0] <= 0 && gradient[$0] > 0) && !(point[$0] >= 1 && gradient[$0] < 0) }
    var direction = [Double](repeating: 0, count: point.count)
    let downhill = free.map { -gradient[$0] }
    let step =
      hessian.map { hessian in
        let curvatures = free.flatMap { row in free.map { hessian[row * point.count + $0] } }
        return Cholesky(curvatures, count: free.count).solve(downhill)
      } ?? downhill
    for (position, length) in zip(free, step) { direction[position] = length }
    return direction
  }

  /// The BFGS update, left out where the curvature along the step is not positive.
  private mutating func learn(_ step: [Double], _ change: [Double]) {
    let count = step.count
    let curvature = product(step, change)
    guard curvature > 1e-10 * (product(step, step) * product(change, change)).squareRoot() else { return }
    let scale = product(change, change) / curvature
    var hessian = self.hessian ?? (0..<count * count).map { $0 % (count + 1) == 0 ? scale : 0 }
    let image = (0..<count).map { row in (0..<count).reduce(0) { $0 + hessian[row * count + $1] * step[$1] } }
    let known = product(step, image)
    for row in 0..<count {
      for column in 0..<count {
        hessian[row * count + column] += change[row] * change[column] / curvature - image[row] * image[column] / known
      }
    }
    self.hessian = hessian
  }
}

private func product(_ a: [Double], _ b: [Double]) -> Double {
  zip(a, b).reduce(0) { $0 + $1.0 * $1.1 }
}
