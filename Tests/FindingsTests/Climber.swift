import Poptrain
import PopulationBasedTraining

@testable import PoptrainFindings

/// A model whose quality grows as a task says, and is measured with noise.
struct Climber: Trainable {
  /// What is known of the truth.
  struct Task: Sendable {
    /// By how much an interval improves a model.
    var gain: @Sendable (TrainingInterval) -> Double = { _ in 0 }
    /// The standard deviation of a measurement.
    var noise = 0.0
    /// What a copy loses, as where a trainer forgets a part of its checkpoint.
    var loss = 0.0
    /// What is measured of a quality.
    var measured: @Sendable (Double) -> Double = { $0 }
  }

  let task: Task
  var quality = 0.0
  var owner: Member.ID?

  mutating func train(_ interval: TrainingInterval) {
    quality += task.gain(interval)
    if let owner, owner != interval.member { quality -= task.loss }
    owner = interval.member
  }

  func evaluate(_ interval: TrainingInterval) -> [String: Double] {
    var random = RandomStream(seed: interval.seed, member: 0, ordinal: 0, purpose: "evaluation")
    return ["score": task.measured(quality + task.noise * random.normal())]
  }
}

/// A run of climbers.
struct Climb {
  var rules: Rules
  var task: Climber.Task

  init(
    members: Int = 16, intervals: Int = 20, seed: UInt64 = 1, order: Rules.Order = .synchronous,
    space: [Hyperparameter] = [Hyperparameter("rate", .uniform(0, 1))], _ task: Climber.Task
  ) {
    rules = Rules(
      seed: seed, populationSize: members, steps: 10 * intervals, interval: 10, mode: .max, order: order,
      space: Space(space))
    self.task = task
  }

  func records() async throws -> [HistoryRecord] {
    let task = task
    return try await trainPopulation(rules: rules) { _ in Climber(task: task) }.history
  }

  func findings() async throws -> [Finding] { Findings.of(try await records(), rules: rules, folder: "runs/climb") }

  func finding(_ kind: Finding.Kind) async throws -> Finding? {
    try await findings().first { $0.kind == kind }
  }
}
