extension NoisyQuadratic {
  /// All directions are alike, so what is best for the next step is best for the end.
  public static func bowl(directions: Int, steps: Int) -> NoisyQuadratic {
    NoisyQuadratic(curvatures: Array(repeating: 1, count: directions), steps: steps)
  }

  /// Curvatures from 1 down to 0.01. A rate that falls early soon lowers the loss along the steep directions, but the flat
  /// ones have then hardly moved, and decide in the end (Wu et al. 2018, short-horizon bias).
  public static func valley(directions: Int, steps: Int) -> NoisyQuadratic {
    NoisyQuadratic(
      curvatures: (0..<directions).map { power(0.01, Double($0) / Double(directions - 1)) }, steps: steps)
  }

  /// As in Zhang et al. 2019 the variance of the noise is proportional to the curvature, here a tenth of it.
  private init(curvatures: [Double], steps: Int) {
    self.init(
      curvatures: curvatures, noise: curvatures.map { 0.1 * $0 }, spread: Array(repeating: 1, count: curvatures.count),
      steps: steps, rates: 1e-3...1)
  }
}
