import Poptrain
import PopulationBasedTraining

/// One of the five systems as a problem for a population.
protocol Problem: Sendable {
  associatedtype Model: Savable
  /// Its name on the command line.
  static var name: String { get }
  /// The arms beside `pbt` and `random`.
  static var furtherArms: [String] { get }
  /// The problem of a seed, in an arm.
  init(seed: UInt64, arm: String) throws
  /// The rules, those of PBT.
  var rules: Rules { get }
  /// A model that has not been trained.
  func fresh(_ interval: TrainingInterval) -> Model
  /// What the model is worth on data that selection has not seen.
  func test(_ model: Model, trainedBy member: Int) -> [String: Double]
}

extension Problem {
  static var furtherArms: [String] { [] }
}

/// The rules that all five share: sixteen members. In synchronous order, or with one worker, a seed determines the
/// history.
func sharedRules(
  seed: UInt64, steps: Int, interval: Int, order: Rules.Order = .synchronous, evaluatesCopies: Bool = false,
  _ space: [Hyperparameter]
) -> Rules {
  Rules(
    seed: seed, populationSize: 16, steps: steps, interval: .every(interval), metric: "score", mode: .max,
    order: order, space: Space(space), evaluatesCopies: evaluatesCopies)
}
