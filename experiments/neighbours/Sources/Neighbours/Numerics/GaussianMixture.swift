import Foundation

/// A mixture of two normal distributions on the line, fitted by expectation maximization.
///
/// As scikit-learn's `GaussianMixture(2, tol=…, reg_covar=…)`: a constant is added to each variance, and iteration ends
/// when the mean log-likelihood gains less than the tolerance. It starts from the two clusters of k-means, which on the
/// line begins at the ends of the data, so no chance is involved.
public struct GaussianMixture: Sendable, Codable, Equatable {
  /// The shares of the components, which sum to one, that of the smaller mean first.
  public var weights: [Double]
  /// The means, in ascending order.
  public var means: [Double]
  /// The variances.
  public var variances: [Double]

  /// Fits the mixture; none for fewer than two different values.
  public init?(_ values: [Float], tolerance: Double, addedVariance: Double, iterations: Int = 100) {
    let values = values.map(Double.init)
    guard let least = values.min(), let greatest = values.max(), least < greatest else { return nil }
    var share = GaussianMixture.clusters(values, from: (least, greatest))
    (weights, means, variances) = ([0, 0], [0, 0], [0, 0])
    maximize(values, share, addedVariance)
    var last = -Double.infinity
    for _ in 0..<iterations {
      var total = 0.0
      for (place, value) in values.enumerated() {
        let (first, second) = (density(0, value), density(1, value))
        let sum = max(first + second, 1e-300)
        share[place] = first / sum
        total += log(sum)
      }
      maximize(values, share, addedVariance)
      let gain = total / Double(values.count) - last
      last = total / Double(values.count)
      if abs(gain) < tolerance { break }
    }
    if means[0] > means[1] {
      weights.swapAt(0, 1)
      means.swapAt(0, 1)
      variances.swapAt(0, 1)
    }
  }

  private func density(_ component: Int, _ value: Double) -> Double {
    let away = value - means[component]
    return weights[component] * exp(-away * away / (2 * variances[component]))
      / (2 * Double.pi * variances[component]).squareRoot()
  }

  private mutating func maximize(_ values: [Double], _ share: [Double], _ added: Double) {
    for component in 0...1 {
      var (count, sum, squares) = (1e-12, 0.0, 0.0)
      for (value, first) in zip(values, share) {
        let part = component == 0 ? first : 1 - first
        count += part
        sum += part * value
      }
      let mean = sum / count
      for (value, first) in zip(values, share) {
        let part = component == 0 ? first : 1 - first
        squares += part * (value - mean) * (value - mean)
      }
      weights[component] = count / Double(values.count)
      means[component] = mean
      variances[component] = squares / count + added
    }
  }

  /// 1 for the values nearer to the lower of two centres that k-means finds, 0 for the others.
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

/// The area under both of two normal densities, given by mean and standard deviation: 1 where they are equal, 0 where
/// they are far apart (Inman and Bradley, "The overlapping coefficient", 1989; Python's
/// `statistics.NormalDist.overlap`).
public func overlap(_ first: (mean: Double, deviation: Double), _ second: (mean: Double, deviation: Double)) -> Double {
  func area(_ distribution: (mean: Double, deviation: Double), below x: Double) -> Double {
    0.5 * erfc(-(x - distribution.mean) / (distribution.deviation * 2.0.squareRoot()))
  }
  let (variance, other) = (first.deviation * first.deviation, second.deviation * second.deviation)
  let apart = abs(first.mean - second.mean)
  guard variance != other else { return erfc(apart / (2 * first.deviation * 2.0.squareRoot())) }
  let a = first.mean * other - second.mean * variance
  let b =
    first.deviation * second.deviation
    * (apart * apart + (other - variance) * log(other / variance)).squareRoot()
  let (one, two) = ((a + b) / (other - variance), (a - b) / (other - variance))
  return 1 - abs(area(second, below: one) - area(first, below: one))
    - abs(area(second, below: two) - area(first, below: two))
}
