import Poptrain
import PopulationBasedTraining

/// Trains nothing, so that all the time is the engine's.
struct Idle: Trainable {
  mutating func train(_ interval: TrainingInterval) {}
  func evaluate(_ interval: TrainingInterval) -> [String: Double] { ["score": interval["x"]] }
}

let clock = ContinuousClock()
print("members  intervals  workers  µs per interval")
for (members, intervals, workers) in [
  (4, 5000, 1), (16, 1250, 1), (64, 320, 1), (1000, 20, 1), (16, 1250, 2), (16, 1250, 4),
] {
  let rules = Rules(
    populationSize: members, steps: intervals, interval: 1, mode: .max,
    space: Space([Hyperparameter("x", .uniform(0, 1))]))
  var best = Duration.seconds(1_000_000)
  for _ in 0..<3 {
    let time = try await clock.measure {
      _ = try await trainPopulation(rules: rules, workers: workers) { _ in Idle() }
    }
    best = min(best, time)
  }
  let microseconds = best / .microseconds(1) / Double(members * intervals)
  print(members, intervals, workers, (microseconds * 10).rounded() / 10)
}
