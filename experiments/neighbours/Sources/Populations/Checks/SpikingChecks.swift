import Neighbours

/// Accuracy, calibration error and negative log-likelihood of both rules on digits: means over three seeds after 20
/// epochs with 128 neurons. Each rule uses the rate, of the same five, with the best likelihood on validation data.
func spikingChecks() throws -> [Check] {
  let digits = try Digits()
  let (train, validation, test) = (digits[0..<900], digits[900..<1200], digits[1200..<1797])
  typealias Numbers = (accuracy: Double, error: Double, loss: Double)
  func numbers(_ learners: [SpikingLearner], _ part: Digits.Part, draws: Int?) -> Numbers {
    let found = learners.enumerated().map { seed, learner in
      Calibration(learner.probabilities(part.images, draws: draws, seed: UInt64(seed)), labels: part.labels)
    }
    return (
      mean(found.map(\.accuracy)), mean(found.map(\.calibrationError)), mean(found.map(\.negativeLogLikelihood))
    )
  }
  let rates = [0.5, 2, 8, 30, 120]
  func best(_ rule: BinaryRule, draws: Int?) -> (learners: [SpikingLearner], rate: Double) {
    let trained = rates.map { rate in
      let learners = (UInt64(0)..<3).map { seed in
        var learner = SpikingLearner(rule: rule, neurons: 128, seed: seed)
        for _ in 0..<20 { learner.trainEpoch(on: train, .init(rate: rate), seed: seed) }
        return learner
      }
      return (learners, rate, numbers(learners, validation, draws: draws).loss)
    }
    let chosen = trained.min { $0.2 < $1.2 }
    return (chosen?.0 ?? [], chosen?.1 ?? .nan)
  }
  let (straight, straightRate) = best(.straightThrough, draws: nil)
  let (bayesian, bayesianRate) = best(.bayesian, draws: 10)
  let s = numbers(straight, test, draws: nil)
  let m = numbers(bayesian, test, draws: nil)
  let e = numbers(bayesian, test, draws: 10)
  return [
    Check(
      "spikes", "best of the rates .5, 2, 8, 30 and 120: straight-through, Bayesian", wanted: "within the grid",
      [straightRate, bayesianRate], [straightRate, bayesianRate].allSatisfy { $0 > rates[0] && $0 < rates[4] }),
    Check(
      "spikes", "straight-through: accuracy, calibration error, negative log-likelihood",
      wanted: "about .90, .03, .31-.34", [s.accuracy, s.error, s.loss], s.accuracy > 0.86 && s.error < 0.06),
    Check(
      "spikes", "Bayesian, most probable weights", wanted: "about .93, .026, .25", [m.accuracy, m.error, m.loss],
      m.accuracy > 0.9 && m.loss < 0.32),
    Check(
      "spikes", "Bayesian, ensemble of ten", wanted: "about .94, .019, .20", [e.accuracy, e.error, e.loss],
      e.accuracy > 0.92 && e.loss < 0.26),
    Check(
      "spikes", "ensemble minus straight-through: accuracy, calibration error, negative log-likelihood",
      wanted: "above 0, below 0, below 0",
      [e.accuracy - s.accuracy, e.error - s.error, e.loss - s.loss],
      e.accuracy > s.accuracy && e.error < s.error && e.loss < s.loss),
  ]
}
