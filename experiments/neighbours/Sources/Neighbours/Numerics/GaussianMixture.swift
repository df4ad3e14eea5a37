import Foundation

/// A mixture of two normal distributions on the line, fitted by expectation maximization.
///
/// It does what scikit-learn's `GaussianMixture(2, tol=…, reg_covar=…)` does: a constant is added to each variance, and
/// the fit ends when the mean log-likelihood changes by less than the tolerance, or after 100 rounds. It starts from
/// the clusters of k-means, which here begin at the smallest and the largest value, so the fit is deterministic.
public struct GaussianMixture: Sendable {
  /// The shares of the components, which sum to one. The component of the smaller mean comes first, here and below.
  public private(set) var weights = [0.0, 0]
  /// The means, in ascending order.
  public private(set) var means = [0.0, 0]
  /// The variances.
  public private(set) var variances = [0.0, 0]

  /// Fits the mixture. Nil where there are fewer than two different values.
  public init?(_ values: [Float], tolerance: Double, addedVariance: Double) {
    let values = values.map(Double.init)
    guard let least = values.min(), let greatest = values.max(), least < greatest else { return nil }
    var shares = GaussianMixture.clusters(values, from: (least, greatest))
    maximize(values, shares, addedVariance)
    var last = -Double.infinity
    for _ in 0..<100 {
      let likelihood = expect(values, &shares)
      maximize(values, shares, addedVariance)
      let gain = likelihood - last
      last = likelihood
      if abs(gain) < tolerance { break }
    }
    if means[0] > means[1] {
      weights.swapAt(0, 1)
      means.swapAt(0, 1)
      variances.swapAt(0, 1)
    }
  }

  /// The expectation step: for each value, the probability that it comes from the first component.
  ///
  /// - Returns: the mean log-likelihood. Densities stay logarithms, so that none vanishes far from both means.
  private func expect(_ values: [Double], _ shares: inout [Double]) -> Double {
    let scales = (0...1).map { log(weights[$0]) - 0.5 * log(2 * .pi * variances[$0]) }
    func logDensity(_ component: Int, _ value: Double) -> Double {
      let away = value - means[component]
      return scales[component] - away * away / (2 * variances[component])
    }
    var total = 0.0
    for (place, value) in values.enumerated() {
      let (first, second) = (logDensity(0, value), logDensity(1, value))
      let ratio = exp(-abs(first - second))
      shares[place] = (first >= second ? 1 : ratio) / (1 + ratio)
      total += max(first, second) + log1p(ratio)
    }
    return total / Double(values.count)
  }

  /// The maximization step: weights, means and variances for given shares of the first component.
  private mutating func maximize(_ values: [Double], _ shares: [Double], _ addedVariance: Double) {
    for component in 0...1 {
      var (count, sum, squares) = (1e-12, 0.0, 0.0)
      for (value, first) in zip(values, shares) {
        let part = component == 0 ? first : 1 - first
        count += part
        sum += part * value
      }
      let mean = sum / count
      for (value, first) in zip(values, shares) {
        let part = component == 0 ? first : 1 - first
        squares += part * (value - mean) * (value - mean)
      }
      weights[component] = count / Double(values.count)
      means[component] = mean
      variances[component] = squares / count + addedVariance
    }
  }

  /// The clusters of k-means with two centres: 1 for a value of the lower cluster, 0 for the others.
  private static func clusters(_ values: [Double], from ends: (Double, Double)) -> [Double] {
    var (low, high) = ends
    for _ in 0..<100 {
      let limit = (low + high) / 2
      let (below, above) = (values.filter { $0 <= limit }, values.filter { $0 > limit })
      let next = (below.reduce(0, +) / Double(below.count), above.reduce(0, +) / Double(above.count))
      if next == (low, high) { break }
      (low, high) = next
    }
    let limit = (low + high) / 2
    return values.map { $0 <= limit ? 1 : 0 }
  }
}

/// The overlapping coefficient of two normal distributions, the area under both densities: 1 where they are equal, 0
/// where they are far apart (Inman and Bradley, "The overlapping coefficient as a measure of agreement", 1989).
/// Python's `statistics.NormalDist.overlap` is the same. Deviations are positive.
public func overlap(_ first: (mean: Double, deviation: Double), _ second: (mean: Double, deviation: Double)) -> Double {
  func area(_ distribution: (mean: Double, deviation: Double), below x: Double) -> Double {
    0.5 * erfc(-(x - distribution.mean) / (distribution.deviation * 2.0.squareRoot()))
  }
  let (variance, other) = (first.deviation * first.deviation, second.deviation * second.deviation)
  let apart = abs(first.mean - second.mean)
  guard variance != other else { return erfc(apart / (2 * first.deviation * 2.0.squareRoot())) }
  // The densities cross at two places.
  let a = first.mean * other - second.mean * variance
  let b =
    first.deviation * second.deviation
    * (apart * apart + (other - variance) * log(other / variance)).squareRoot()
  let (one, two) = ((a + b) / (other - variance), (a - b) / (other - variance))
  return 1 - abs(area(second, below: one) - area(first, below: one))
    - abs(area(second, below: two) - area(first, below: two))
}
