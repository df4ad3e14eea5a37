public import PopulationBasedTraining

/// A task whose best schedule is known.
public struct StudyTask: Sendable {
  /// Names it in tables.
  public let name: String
  /// The problem.
  public let problem: NoisyQuadratic
  /// The standard deviation of the logarithm of a measured loss; 0: exact.
  public let scoreNoise: Double
  /// The loss to be expected after the best schedule.
  public let optimum: Double
  /// How many times as large it is after training under the best constant.
  public let constantRatio: Double

  /// Names a task.
  public init(_ name: String, _ problem: NoisyQuadratic, scoreNoise: Double = 0) {
    self.name = name
    self.problem = problem
    self.scoreNoise = scoreNoise
    optimum = problem.expectedLoss(after: problem.optimalSchedule)
    constantRatio = problem.expectedLoss(ofConstant: problem.bestConstant) / optimum
  }

  /// What is best for the next step is best for the end, so greed does no harm.
  public static let bowl = StudyTask("bowl", .bowl(directions: 64, steps: 400))

  /// A rate that falls early looks good at once and loses in the end.
  public static let valley = StudyTask("valley", .valley(directions: 64, steps: 400))

  /// The valley, where every loss is measured with an error of about a third.
  public static let noisyValley = StudyTask(
    "valley, noisy scores", .valley(directions: 64, steps: 400), scoreNoise: 0.3)

  /// All of them.
  public static let all = [bowl, valley, noisyValley]

  /// How many times as large as the optimum the loss to be expected after a schedule is.
  public func ratio(of schedule: [Double]) -> Double {
    problem.expectedLoss(after: schedule) / optimum
  }

  /// The search space.
  public var space: Space {
    Space([
      Hyperparameter("learning_rate", .logUniform(problem.rates.lowerBound, problem.rates.upperBound))
    ])
  }
}
