import Poptrain
import PopulationBasedTraining

/// A problem for a population: one of the five systems with a task, a search space and metrics.
protocol Problem: Sendable {
  associatedtype Model: Savable
  /// The name on the command line.
  static var name: String { get }
  /// The arms other than `pbt` and `random`.
  static var furtherArms: [String] { get }
  /// The problem with the task and the streams of a seed, for an arm.
  init(seed: UInt64, arm: String) throws
  /// The rules of PBT. Random search uses them without exploitation.
  var rules: Rules { get }
  /// An untrained model.
  func fresh(_ interval: TrainingInterval) -> Model
  /// The metrics of a model on test data, which neither training nor selection has seen. Where there are none, as for
  /// the tensors, these are estimates on the data of selection.
  func test(_ model: Model, trainedBy member: Int) -> [String: Double]
}

extension Problem {
  static var furtherArms: [String] { [] }
}

/// The rules that all problems share, with sixteen members. In synchronous order, or with one worker, the seed
/// determines the history.
func sharedRules(
  seed: UInt64, steps: Int, interval: Int, order: Rules.Order = .synchronous, evaluatesCopies: Bool = false,
  _ space: [Hyperparameter]
) -> Rules {
  Rules(
    seed: seed, populationSize: 16, steps: steps, interval: .every(interval), metric: "score", mode: .max,
    order: order, space: Space(space), evaluatesCopies: evaluatesCopies)
}
