public import Poptrain
internal import PopulationBasedTraining

/// A model of the noisy quadratic, trained with the hyperparameter `learning_rate`; it measures `loss`.
public struct NoisyQuadraticModel: Trainable {
  /// The problem.
  public let problem: NoisyQuadratic
  /// The parameters `θᵢ`.
  public private(set) var parameters: [Double]
  /// The standard deviation of the logarithm of a measured loss around that of the true one; 0: exact.
  public let scoreNoise: Double

  /// How often the loss is measured in an interval.
  static let measurements = 5

  /// Makes a fresh model.
  public init(_ problem: NoisyQuadratic, scoreNoise: Double = 0, _ interval: TrainingInterval) {
    self.problem = problem
    self.scoreNoise = scoreNoise
    var random = RandomStream(seed: interval.seed, member: 0, ordinal: 0, purpose: "start")
    parameters = problem.spread.map { $0.squareRoot() * random.normal() }
  }

  public mutating func train(_ interval: TrainingInterval) {
    let rate = interval["learning_rate"]
    var random = RandomStream(seed: interval.seed, member: 0, ordinal: 0, purpose: "gradient noise")
    var measured = RandomStream(seed: interval.seed, member: 0, ordinal: 0, purpose: "measured loss")
    var age = interval.steps.lowerBound
    for part in 1...Self.measurements {
      let next = interval.steps.lowerBound + interval.steps.count * part / Self.measurements
      train(steps: next - age, rate: rate, &random)
      age = next
      if part < Self.measurements { interval.log(["loss": measure(&measured)], age: age) }
    }
  }

  public func evaluate(_ interval: TrainingInterval) -> [String: Double] {
    var random = RandomStream(seed: interval.seed, member: 0, ordinal: 0, purpose: "evaluation")
    return ["loss": measure(&random)]
  }

  private func measure(_ random: inout RandomStream) -> Double {
    let loss = problem.loss(parameters)
    return scoreNoise == 0 ? loss : loss * exponential(scoreNoise * random.normal())
  }

  /// Takes steps under one rate, all at once: what they add up to is normally distributed, with the mean and the
  /// variance of so many single steps.
  private mutating func train(steps: Int, rate: Double, _ random: inout RandomStream) {
    for index in parameters.indices {
      let kept = 1 - rate * problem.curvatures[index]
      let keptAtEnd = power(kept, steps)
      let variance = rate * rate * problem.noise[index] * (1 - keptAtEnd * keptAtEnd) / (1 - kept * kept)
      parameters[index] = keptAtEnd * parameters[index] + variance.squareRoot() * random.normal()
    }
  }
}
