/// How promising a point is: the mean of its gain plus a multiple of its standard deviation (GP-UCB).
///
/// The multiple is √β with β = max(0.2 · ln(0.4 · n), 0) after n intervals that are over, as in the published code. That code
/// multiplies the variance; this is the standard deviation, as in the paper's equation and its regret bound.
struct UpperConfidenceBound: Sendable {
  private let process: GaussianProcess
  private let multiple: Double

  /// Prepares the bound after some intervals.
  init(_ process: GaussianProcess, intervals: Int) {
    self.process = process
    multiple = max(0.2 * logarithm(0.4 * Double(intervals)), 0).squareRoot()
  }

  /// The bound at a point. O(n² / 2) multiplications, where n includes pending intervals.
  func value(at point: Point) -> Double {
    let (mean, variance) = process.posterior(at: point)
    return mean + multiple * variance.squareRoot()
  }
}
