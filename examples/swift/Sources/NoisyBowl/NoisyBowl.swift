import Poptrain
import PopulationBasedTraining

/// Gradient descent on the sum of squares, with noise in every gradient: large steps first, small ones later.
struct NoisyBowl: Trainable {
  var x = [Double](repeating: 10, count: 8)

  mutating func train(_ interval: TrainingInterval) {
    let rate = interval["learning_rate"]
    var random = RandomStream(seed: interval.seed, member: 0, ordinal: 0, purpose: "gradient noise")
    for _ in interval.steps { x = x.map { $0 - rate * ($0 + random.unit() - 0.5) } }
  }

  func evaluate(_ interval: TrainingInterval) -> [String: Double] {
    ["loss": x.reduce(0) { $0 + $1 * $1 }]
  }
}
