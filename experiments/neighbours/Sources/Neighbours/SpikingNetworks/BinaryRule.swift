import Foundation

/// How binary weights are learned. Behind each weight is a real number, the latent weight, which the gradient moves.
public enum BinaryRule: String, Sendable, Codable {
  /// Straight-through: the weight is the sign of the latent weight (arXiv 2012.08300).
  case straightThrough
  /// Bayesian: the latent weight w_r is the natural parameter of the posterior, in which the weight is +1 with
  /// probability σ(2 w_r). It follows the gradient of the free energy at a relaxed sample (arXiv 2012.08300; Meng,
  /// Bachmann and Khan, arXiv 2002.10778).
  case bayesian
}

/// The hyperparameters of a rule.
public struct BinaryRuleSettings: Sendable {
  /// The learning rate.
  public var rate: Double
  /// τ, the temperature of the relaxation, above 0. Near 0, samples are nearly binary.
  public var temperature: Double
  /// ρ, the weight of the divergence from the prior, in which both signs are equally likely.
  public var priorWeight: Double
  /// The half-width of the surrogate gradient: a neuron learns if its potential is at most this far from the threshold.
  public var halfWidth: Double

  /// Settings, by default good ones for the Bayesian rule.
  public init(rate: Double = 20, temperature: Double = 1, priorWeight: Double = 1e-6, halfWidth: Double = 0.5) {
    (self.rate, self.temperature) = (rate, temperature)
    (self.priorWeight, self.halfWidth) = (priorWeight, halfWidth)
  }
}

/// The weights of a layer, as their latent weights.
public struct BinaryWeights: Sendable, Codable, Equatable {
  /// The latent weights, inputs x neurons.
  public private(set) var latent: Matrix

  /// Latent weights of +1 or -1 at random. The authors' code has ±10, which small rates hardly move.
  public init(inputs: Int, neurons: Int, random: inout NamedStream) {
    latent = Matrix(rows: inputs, columns: neurons) { _, _ in random.next() & 1 == 0 ? 1 : -1 }
  }

  /// The sign of each latent weight, which is the most probable weight. That of 0 is +1.
  public var signs: Matrix {
    var weights = latent
    weights.mapEights { Eight(repeating: -1).replacing(with: 1, where: $0 .>= 0) }
    return weights
  }

  /// Weights of +1 and -1 drawn from the posterior.
  public func drawn(_ random: inout NamedStream) -> Matrix {
    var weights = latent
    weights.mapEights { value in
      Eight(repeating: -1).replacing(with: 1, where: random.units() .< logistic(2 * value))
    }
    return weights
  }

  /// A relaxed sample w and the slopes s that turn its gradient into the natural gradient of the latent weights w_r.
  /// With uniform ε,
  ///
  ///     w = tanh((w_r + ½ log(ε / (1 - ε))) / τ)        s = (1 - w² + δ) / (τ (1 - tanh² w_r + δ)), δ = 1e-10
  ///
  /// (Meng, Bachmann and Khan).
  public func relaxed(temperature: Double, _ random: inout NamedStream) -> (weights: Matrix, slopes: Matrix) {
    let sharpness = Float(2 / temperature)
    let tau = Float(temperature)
    var weights = latent
    weights.mapEights { value in
      let unit = random.units()
      let odds = exponential(sharpness * (value + 0.5 * logarithm(unit / (1 - unit))))
      // tanh(x) = 1 - 2 / (e^2x + 1).
      return 1 - 2 / (odds + 1)
    }
    var slopes = latent
    slopes.combineEights(weights) { value, weight in
      let small = exponential(-2 * value.replacing(with: -value, where: value .< 0))
      let tail = 4 * small / ((1 + small) * (1 + small))
      return (1 - weight * weight + 1e-10) / (tau * (tail + 1e-10))
    }
    return (weights, slopes)
  }

  /// The weights of a training step, with their slopes under the Bayesian rule.
  func sample(
    _ rule: BinaryRule, _ settings: BinaryRuleSettings, _ random: inout NamedStream
  ) -> (weights: Matrix, slopes: Matrix?) {
    switch rule {
    case .straightThrough: return (signs, nil)
    case .bayesian:
      let (weights, slopes) = relaxed(temperature: settings.temperature, &random)
      return (weights, slopes)
    }
  }

  /// A step of the latent weights down the gradient G with respect to the weights: w_r ← w_r - rate G, and with slopes
  /// s w_r ← (1 - rate ρ) w_r - rate G s.
  mutating func step(_ gradient: Matrix, slopes: Matrix?, _ settings: BinaryRuleSettings) {
    let rate = Float(settings.rate)
    guard let slopes else {
      latent.combineEights(gradient) { $0 - rate * $1 }
      return
    }
    var scaled = gradient
    scaled.combineEights(slopes) { $0 * $1 }
    let kept = Float(1 - settings.rate * settings.priorWeight)
    latent.combineEights(scaled) { kept * $0 - rate * $1 }
  }
}
