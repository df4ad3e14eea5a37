internal import Poptrain
public import PopulationBasedTraining

/// One population of a study, trained in synchronous order.
public struct Trial: Sendable {
  /// The task.
  public let task: StudyTask
  /// The rules.
  public let rules: Rules

  /// Describes a trial.
  ///
  /// - Parameter interval: the steps between two decisions.
  public init(_ task: StudyTask, _ variant: Variant, populationSize: Int, interval: Int, seed: UInt64) {
    self.task = task
    // As in the tables of docs/notebook/rules.md.
    var rules = Rules(
      seed: seed, populationSize: populationSize, steps: task.problem.steps, interval: .every(interval),
      metric: "loss", mode: .min, order: .synchronous, space: task.space, firstDraws: .independent)
    variant.change(&rules)
    self.rules = rules
  }

  /// What came of a trial, as multiples of the loss to be expected after the best schedule.
  public struct Outcome: Hashable, Sendable {
    /// The loss to be expected after the schedule of the best model: what tuning has found, without luck.
    public let schedule: Double
    /// The true loss of the best model: what the user has, with the luck that selection found.
    public let model: Double
  }

  /// Trains the population.
  public func run() async throws -> Outcome {
    let (problem, scoreNoise) = (task.problem, task.scoreNoise)
    let trained = try await trainPopulation(rules: rules) { interval in
      NoisyQuadraticModel(problem, scoreNoise: scoreNoise, interval)
    }
    return Outcome(
      schedule: task.ratio(of: trained.best.lineage.rates),
      model: problem.loss(trained.best.model.parameters) / task.optimum)
  }
}

extension Lineage {
  /// The learning rate of each step.
  fileprivate var rates: [Double] {
    schedule.flatMap { stretch in
      Array(repeating: stretch.hyperparameters["learning_rate"]?.asNumber ?? .nan, count: stretch.ages.count)
    }
  }
}
