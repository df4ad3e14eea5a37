extension NoisyQuadratic {
  /// The best schedule: the loss to be expected at the end is smallest. O(sweeps × steps × directions).
  ///
  /// As a function of one rate, with all others fixed, the loss at the end is exactly a parabola: the variances after the
  /// step are quadratic in it, and what the later steps make of them is linear. So each rate in turn is put at the
  /// vertex of its parabola, or at the end of the range that is nearest to it. No sweep can raise the loss; they end
  /// when one has lowered it by less than one part in 10¹⁵. For a single direction, or where all are alike, one sweep is
  /// enough, since ``greedySchedule`` is then the best.
  public var optimalSchedule: [Double] {
    var schedule = greedySchedule
    var loss = expectedLoss(after: schedule)
    while true {
      sweep(&schedule)
      let improved = expectedLoss(after: schedule)
      guard improved < loss * (1 - 1e-15) else { return schedule }
      loss = improved
    }
  }

  /// The schedule that lowers the loss most in each step, as if it were the last.
  ///
  /// Where curvatures differ it falls too early: the steepest directions decide over the loss of the moment, and the flat
  /// ones are left where they are (Wu et al. 2018, short-horizon bias).
  public var greedySchedule: [Double] {
    var variances = spread
    return (0..<steps).map { _ in
      let rate = bestRate(variances, weights: curvatures)
      variances = step(variances, rate: rate)
      return rate
    }
  }

  /// The best learning rate of those that never change, to one part in 10⁸.
  ///
  /// The loss may have several valleys, so the best of 400 rates, evenly spaced in the logarithm, is taken, and refined
  /// between its neighbours by golden section.
  public var bestConstant: Double {
    let count = 400
    let factor = power(rates.upperBound / rates.lowerBound, 1 / Double(count - 1))
    let grid = (0..<count).map { rates.lowerBound * power(factor, Double($0)) }
    let best = grid.min { expectedLoss(ofConstant: $0) < expectedLoss(ofConstant: $1) } ?? rates.lowerBound
    var (low, high) = (max(best / factor, rates.lowerBound), min(best * factor, rates.upperBound))
    let section = (5.0.squareRoot() - 1) / 2
    while high - low > 1e-9 * high {
      let (left, right) = (high - section * (high - low), low + section * (high - low))
      if expectedLoss(ofConstant: left) < expectedLoss(ofConstant: right) { high = right } else { low = left }
    }
    return (low + high) / 2
  }

  /// The loss to be expected after training under one learning rate throughout.
  public func expectedLoss(ofConstant rate: Double) -> Double {
    expectedLoss(after: Array(repeating: rate, count: steps))
  }

  /// Puts each rate where it is best, the others being what they are.
  private func sweep(_ schedule: inout [Double]) {
    // How much of a variance after each step is left in the loss at the end.
    var weights = [curvatures]
    for rate in schedule.dropFirst().reversed() {
      weights.append(
        zip(weights[weights.count - 1], curvatures).map { weight, curvature in
          weight * (1 - rate * curvature) * (1 - rate * curvature)
        })
    }
    var variances = spread
    for index in schedule.indices {
      schedule[index] = bestRate(variances, weights: weights[schedule.count - 1 - index])
      variances = step(variances, rate: schedule[index])
    }
  }

  /// The rate of one step after which the weighted sum of the variances is smallest.
  private func bestRate(_ variances: [Double], weights: [Double]) -> Double {
    var (gain, cost) = (0.0, 0.0)
    for index in variances.indices {
      let pull = weights[index] * curvatures[index] * variances[index]
      gain += pull
      cost += pull * curvatures[index] + weights[index] * noise[index]
    }
    return min(max(gain / cost, rates.lowerBound), rates.upperBound)
  }
}
