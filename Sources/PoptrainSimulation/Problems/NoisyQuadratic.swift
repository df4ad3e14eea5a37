/// The noisy quadratic model: gradient descent on `½ Σ hᵢ θᵢ²` with noise of variance `cᵢ` in every gradient.
///
/// Schaul et al. 2013, "No more pesky learning rates"; Wu et al. 2018, "Understanding short-horizon bias in stochastic
/// meta-optimization"; Zhang et al. 2019, "Which algorithmic choices matter at which batch sizes?". What a schedule of learning
/// rates comes to on average follows from a recursion, so the best schedule can be computed:
/// ``optimalSchedule``.
public struct NoisyQuadratic: Hashable, Sendable {
  /// The curvature `hᵢ` of each direction, above zero.
  public let curvatures: [Double]
  /// The variance `cᵢ` of the noise in the gradient along each direction, above zero.
  public let noise: [Double]
  /// The variance of each parameter at the start, around zero.
  public let spread: [Double]
  /// The steps of a training.
  public let steps: Int
  /// The learning rates that are searched; the largest is below 2 / the largest curvature, so that nothing diverges.
  public let rates: ClosedRange<Double>

  /// Describes a problem; the three lists have the same length.
  public init(
    curvatures: [Double], noise: [Double], spread: [Double], steps: Int, rates: ClosedRange<Double>
  ) {
    precondition(curvatures.count == noise.count && noise.count == spread.count, "each direction has three numbers")
    precondition(curvatures.allSatisfy { $0 > 0 && $0 * rates.upperBound < 2 }, "the largest rate diverges")
    self.curvatures = curvatures
    self.noise = noise
    self.spread = spread
    self.steps = steps
    self.rates = rates
  }

  /// The loss of a model.
  public func loss(_ parameters: [Double]) -> Double {
    weighted(parameters.map { $0 * $0 })
  }

  /// The loss to be expected after a schedule, one rate for each step. O(steps × directions).
  public func expectedLoss(after schedule: [Double]) -> Double {
    weighted(variances(along: schedule).last ?? spread)
  }

  /// The variance of each parameter before each step of a schedule, and after the last.
  func variances(along schedule: [Double]) -> [[Double]] {
    schedule.reduce(into: [spread]) { variances, rate in
      variances.append(step(variances[variances.count - 1], rate: rate))
    }
  }

  /// The variance of each parameter after one step.
  func step(_ variances: [Double], rate: Double) -> [Double] {
    variances.indices.map { index in
      let kept = 1 - rate * curvatures[index]
      return kept * kept * variances[index] + rate * rate * noise[index]
    }
  }

  /// The loss of parameters with these squares, or these variances.
  private func weighted(_ squares: [Double]) -> Double {
    zip(curvatures, squares).reduce(0) { $0 + $1.0 * $1.1 } / 2
  }
}
