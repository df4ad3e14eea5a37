import Foundation
import Neighbours
import Testing

@Suite struct SpikingTests {
  @Test func bothRulesLearnAndTheEnsembleIsMoreLikely() throws {
    let digits = try Digits()
    let (train, test) = (digits[0..<900], digits[900..<1200])
    func learned(_ rule: BinaryRule, _ rate: Double) -> SpikingLearner {
      var learner = SpikingLearner(rule: rule, seed: 0)
      for _ in 0..<6 { learner.trainEpoch(on: train, .init(rate: rate), seed: 0) }
      return learner
    }
    let straight = Calibration(
      learned(.straightThrough, 50).probabilities(test.images, draws: nil, seed: 0), labels: test.labels)
    let bayesian = Calibration(
      learned(.bayesian, 20).probabilities(test.images, draws: 5, seed: 0), labels: test.labels)
    #expect(straight.accuracy > 0.75)
    #expect(bayesian.accuracy > 0.8)
    #expect(bayesian.negativeLogLikelihood < straight.negativeLogLikelihood)
  }

  @Test func drawnWeightsHaveTheirProbability() {
    var random = NamedStream(seed: 0, "weights")
    let weights = BinaryWeights(inputs: 64, neurons: 64, random: &random)
    let (drawn, signs) = (weights.drawn(&random), weights.signs)
    // The numbers are ±1, so a weight has its sign with probability σ(2).
    let agreeing = (0..<64 * 64).count { drawn.storage[$0] == signs.storage[$0] }
    #expect(abs(Double(agreeing) / 4096 - 1 / (1 + exp(-2))) < 0.02)
  }

  @Test func theSlopeOfARelaxedWeightIsItsDerivative() {
    // At τ = 1 the slope is (1 - w²) / (1 - tanh² w_r), with tanh² 1 = 0.58.
    var random = NamedStream(seed: 0, "relaxed")
    let weights = BinaryWeights(inputs: 64, neurons: 64, random: &random)
    let (values, slopes) = weights.relaxed(temperature: 1, &random)
    let wrong = (0..<4096).count { place in
      let wanted = (1 - values.storage[place] * values.storage[place]) / (1 - 0.580_025_7)
      return abs(slopes.storage[place] - wanted) > 1e-3
    }
    #expect(wrong == 0)
  }

  @Test func calibrationOfADivergedNetworkIsNaN() {
    let found = Calibration(Matrix(rows: 2, columns: 2, repeating: .nan), labels: [0, 1])
    #expect(found.accuracy.isNaN && found.negativeLogLikelihood.isNaN && found.calibrationError.isNaN)
    #expect(Calibration(Matrix(rows: 0, columns: 2), labels: []).accuracy.isNaN)
  }

  @Test func calibrationOfKnownProbabilities() {
    // Ten rows of confidence 0.8, eight of them right: no calibration error.
    let probabilities = Matrix(rows: 10, columns: 2) { _, column in column == 0 ? 0.8 : 0.2 }
    let found = Calibration(probabilities, labels: [0, 0, 0, 0, 0, 0, 0, 0, 1, 1])
    #expect(abs(found.accuracy - 0.8) < 1e-9 && found.calibrationError < 1e-6)
    #expect(abs(found.negativeLogLikelihood + 0.8 * log(0.8) + 0.2 * log(0.2)) < 1e-6)
  }
}
