import Foundation
import Neighbours
import Poptrain
import PopulationBasedTraining

/// Estimate a recurrent network from moments. A checkpoint holds sums, not weights, and further metrics compare with
/// the true network.
struct TensorProblem: Problem {
  static let name = "tensors"
  let task: TeacherTask
  let rules: Rules

  init(seed: UInt64, arm: String) {
    task = TeacherTask(seed: seed)
    rules = sharedRules(
      seed: seed, steps: 20, interval: 1,
      [
        Hyperparameter("clip", .logUniform(1, 20)),
        Hyperparameter("ridge", .logUniform(1e-3, 3)),
        Hyperparameter("forgetting", .logUniform(1e-3, 0.6)),
        Hyperparameter("starts", .integer(1, 10)),
        Hyperparameter("rounds", .integer(20, 100)),
      ])
  }

  func fresh(_ interval: TrainingInterval) -> TensorMember {
    TensorMember(task: task, state: MomentLearner(shape: task.teacher.shape))
  }

  /// The estimate from the same moments with the default ridge, starts and rounds, on the sequence that selection used.
  func test(_ model: TensorMember, trainedBy member: Int) -> [String: Double] {
    let errors = task.errors(of: model.state.network(.init(), seed: 0))
    return ["column_error": errors.inputWeights, "unbiased_score": errors.score]
  }
}

/// A member of the population.
struct TensorMember: Member {
  let task: TeacherTask
  var state: MomentLearner

  mutating func train(_ interval: TrainingInterval) {
    for step in interval.steps {
      var random = NamedStream(seed: interval.seed, "block", step)
      state.learn(task.block(&random), of: task, settings(interval))
    }
  }

  func evaluate(_ interval: TrainingInterval) -> [String: Double] {
    let errors = task.errors(of: state.network(settings(interval), seed: interval.seed))
    return [
      "score": errors.score, "column_error": errors.inputWeights, "recurrent_error": errors.recurrentWeights,
    ]
  }

  private func settings(_ interval: TrainingInterval) -> MomentLearner.Settings {
    .init(
      clip: interval["clip"], ridge: interval["ridge"], forgetting: interval["forgetting"],
      starts: Int(interval["starts"]), rounds: Int(interval["rounds"]))
  }
}
