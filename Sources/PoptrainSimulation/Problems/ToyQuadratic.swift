public import Poptrain

/// The toy of Jaderberg et al. 2017, figure 2: maximise `Q = 1.2 - θ₀² - θ₁²` by the gradient of `1.2 - h₀θ₀² - h₁θ₁²`.
///
/// Neither `h = (1, 0)` nor `(0, 1)` can do it alone: each leaves one parameter where it was. The learning rate of 0.01 is
/// what re-implementations use; the paper gives none.
public struct ToyQuadratic: Trainable {
  /// The parameters.
  public private(set) var theta = (0.9, 0.9)

  static let learningRate = 0.01

  /// Makes a fresh model, at (0.9, 0.9).
  public init() {}

  public mutating func train(_ interval: TrainingInterval) {
    let (h0, h1) = (interval["h0"], interval["h1"])
    for _ in interval.steps {
      theta.0 -= 2 * Self.learningRate * h0 * theta.0
      theta.1 -= 2 * Self.learningRate * h1 * theta.1
    }
  }

  public func evaluate(_ interval: TrainingInterval) -> [String: Double] {
    ["Q": 1.2 - (theta.0 * theta.0 + theta.1 * theta.1), "theta0": theta.0, "theta1": theta.1]
  }
}
