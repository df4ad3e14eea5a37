import Foundation

/// How binary weights are learned. Each has a real number behind it, which the gradient moves.
public enum BinaryRule: String, Sendable, Codable, CaseIterable {
  /// Straight-through: the weight is the sign of the real number (section III-A).
  case straightThrough
  /// Bayesian: the real number is the natural parameter of the probability that the weight is +1, σ(2 w); it follows
  /// the gradient of the free energy, through a relaxed sample (section III-B; Meng, Bachmann and Khan, arXiv
  /// 2002.10778).
  case bayesian
}

/// The hyperparameters of a rule.
public struct BinaryRuleSettings: Sendable {
  /// The learning rate.
  public var rate: Double
  /// τ, the temperature of the relaxation; small ones are nearly binary.
  public var temperature: Double
  /// ρ, the weight of the divergence from the prior, in which both signs are as likely.
  public var priorWeight: Double
  /// The potential around the threshold within which a neuron learns.
  public var halfWidth: Double

  /// The settings.
  public init(rate: Double = 20, temperature: Double = 1, priorWeight: Double = 1e-6, halfWidth: Double = 0.5) {
    (self.rate, self.temperature) = (rate, temperature)
    (self.priorWeight, self.halfWidth) = (priorWeight, halfWidth)
  }
}

/// The weights of a layer, as the real numbers behind them.
public struct BinaryWeights: Sendable, Codable, Equatable {
  /// Inputs x neurons.
  public private(set) var latent: Matrix

  /// +1 or -1 at random. Larger numbers would hardly move at small rates.
  public init(inputs: Int, neurons: Int, random: inout NamedStream) {
    latent = Matrix(rows: inputs, columns: neurons) { _, _ in random.next() & 1 == 0 ? 1 : -1 }
  }

  /// The sign of each number, which is also the most probable weight.
  public var signs: Matrix {
    var weights = latent
    weights.mapEights { Eight(repeating: -1).replacing(with: 1, where: $0 .>= 0) }
    return weights
  }

  /// Weights drawn from their distribution.
  public func drawn(_ random: inout NamedStream) -> Matrix {
    var weights = latent
    weights.mapEights { value in
      Eight(repeating: -1).replacing(with: 1, where: random.units() .< logistic(2 * value))
    }
    return weights
  }

  /// A relaxed sample, and how fast each of its weights changes with its number: with ε uniform,
  ///
  ///     w = tanh((w_r + ½ log(ε / (1 - ε))) / τ)        s = (1 - w²) / (τ (1 - tanh² w_r))
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

  /// Moves the numbers down the gradient by the weights.
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
