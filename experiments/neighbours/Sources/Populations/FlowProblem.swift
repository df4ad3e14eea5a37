import Foundation
import Neighbours
import Poptrain
import PopulationBasedTraining

/// Learn the distribution of digits without a negative phase. Training minimizes the flow, and selection compares an
/// exact likelihood. It is that of the machine at a temperature of 1, at whatever temperature the machine was trained.
/// So a part of what a population learns is to train at a temperature near 1.
struct FlowProblem: Problem {
  static let name = "flow"
  let task: BinaryImages
  let rules: Rules

  init(seed: UInt64, arm: String) throws {
    task = BinaryImages(try Digits())
    rules = sharedRules(
      seed: seed, steps: 1600, interval: 100,
      [
        Hyperparameter("rate", .logUniform(5e-4, 0.1)),
        Hyperparameter("decay", .logUniform(1e-4, 0.1)),
        Hyperparameter("temperature", .logUniform(0.4, 2.5)),
        Hyperparameter("sweeps", .integer(0, 2)),
      ])
  }

  func fresh(_ interval: TrainingInterval) -> FlowMember {
    FlowMember(task: task, state: FlowLearner(task: task, seed: interval.seed))
  }

  func test(_ model: FlowMember, trainedBy member: Int) -> [String: Double] {
    let machine = model.state.flow.machine
    return [
      "log_likelihood": ExactLikelihood(machine).mean(task.test),
      "reconstruction": BinaryImages.reconstruction(of: task.test, by: machine),
    ]
  }
}

/// A member of the population.
struct FlowMember: Member {
  let task: BinaryImages
  var state: FlowLearner

  mutating func train(_ interval: TrainingInterval) {
    let settings = ProbabilityFlow.Settings(
      rate: interval["rate"], decay: interval["decay"], temperature: interval["temperature"],
      sweeps: Int(interval["sweeps"]))
    state.train(updates: interval.steps.count, on: task.train, settings, seed: interval.seed)
  }

  func evaluate(_ interval: TrainingInterval) -> [String: Double] {
    let machine = state.flow.machine
    return [
      "score": ExactLikelihood(machine).mean(task.validation),
      "reconstruction": BinaryImages.reconstruction(of: task.validation, by: machine),
    ]
  }
}
