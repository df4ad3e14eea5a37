/// What the observed gains say of the gain at any other point.
struct GaussianProcess: Sendable {
  private let kernel: Kernel
  private let points: [Point]
  private let factor: Cholesky
  /// L⁻¹ times the targets.
  private let whitened: [Double]

  /// Conditions on gains. O(count³ / 6) multiplications, where count includes the pending points.
  ///
  /// Pending points are intervals that are training now. Their gains are not known, so they leave the mean as it is; but
  /// they will be, so the variance is lower near them ("hallucinated" observations: Desautels, Krause and Burdick,
  /// "Parallelizing exploration-exploitation tradeoffs", 2014). The published code fits the kernel of this second
  /// process anew, on targets of zero that it makes up; here both have the same kernel, as in the theory.
  init(_ kernel: Kernel, _ points: [Point], _ targets: [Double], pending: [Point] = []) {
    self.kernel = kernel
    self.points = points + pending
    factor = Cholesky(kernel.covariances(Separations(self.points)), count: self.points.count)
    // Pending points come last, so the first rows of the factor are the factor without them.
    whitened = Array(factor.solveLower(targets + pending.map { _ in 0 }).prefix(points.count))
  }

  /// The mean of the gain at a point and its variance, noise left out. O(count² / 2) multiplications.
  func posterior(at point: Point) -> (mean: Double, variance: Double) {
    let prior = kernel.covariance(Separation(point, point))
    let explained = factor.solveLower(points.map { kernel.covariance(Separation(point, $0)) })
    let mean = zip(explained, whitened).reduce(0) { $0 + $1.0 * $1.1 }
    let reduction = explained.reduce(0) { $0 + $1 * $1 }
    return (mean, max(prior - reduction, 0))
  }
}
