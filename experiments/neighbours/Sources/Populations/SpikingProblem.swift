import Neighbours
import Poptrain
import PopulationBasedTraining

/// Classify digits with binary spiking neurons. Selection compares the likelihood; accuracy and calibration are
/// recorded.
///
/// The arms `pbt` and `random` train by the Bayesian rule, `straight-through` and `straight-through-random` by the
/// other one over the same rates.
struct SpikingProblem: Problem {
  static let name = "spikes"
  static let furtherArms = ["straight-through", "straight-through-random"]
  let train, validation, heldOut: Digits.Part
  let rule: BinaryRule
  let rules: Rules

  init(seed: UInt64, arm: String) throws {
    let digits = try Digits()
    (train, validation, heldOut) = (digits[0..<900], digits[900..<1200], digits[1200..<1797])
    rule = arm.hasPrefix("straight-through") ? .straightThrough : .bayesian
    let ofBoth = [
      Hyperparameter("rate", .logUniform(0.1, 200)),
      Hyperparameter("half_width", .logUniform(0.1, 2)),
    ]
    let ofBayes = [
      Hyperparameter("temperature", .logUniform(0.1, 3)),
      Hyperparameter("prior_weight", .logUniform(1e-8, 1e-3)),
    ]
    rules = sharedRules(seed: seed, steps: 14, interval: 1, rule == .bayesian ? ofBoth + ofBayes : ofBoth)
  }

  func fresh(_ interval: TrainingInterval) -> SpikingMember {
    SpikingMember(
      part: train, validation: validation, state: SpikingLearner(rule: rule, seed: interval.seed))
  }

  func test(_ model: SpikingMember, trainedBy member: Int) -> [String: Double] {
    let found = model.calibration(heldOut, draws: 10, seed: 0)
    return [
      "negative_log_likelihood": found.negativeLogLikelihood, "accuracy": found.accuracy,
      "calibration_error": found.calibrationError,
    ]
  }
}

/// A member of the population.
struct SpikingMember: Member {
  let part, validation: Digits.Part
  var state: SpikingLearner

  mutating func train(_ interval: TrainingInterval) {
    var settings = BinaryRuleSettings(rate: interval["rate"], halfWidth: interval["half_width"])
    if state.rule == .bayesian {
      settings.temperature = interval["temperature"]
      settings.priorWeight = interval["prior_weight"]
    }
    for _ in interval.steps { state.trainEpoch(on: part, settings, seed: interval.seed) }
  }

  func evaluate(_ interval: TrainingInterval) -> [String: Double] {
    let found = calibration(validation, draws: 3, seed: interval.seed)
    return [
      "score": -found.negativeLogLikelihood, "accuracy": found.accuracy, "calibration_error": found.calibrationError,
    ]
  }

  /// The calibration of an ensemble of `draws` networks from the posterior, or of the one network of the
  /// straight-through rule.
  func calibration(_ part: Digits.Part, draws: Int, seed: UInt64) -> Calibration {
    Calibration(
      state.probabilities(part.images, draws: state.rule == .bayesian ? draws : nil, seed: seed), labels: part.labels)
  }
}
