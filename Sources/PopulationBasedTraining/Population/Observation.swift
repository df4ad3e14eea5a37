/// What a model-based explore rule learns from one interval: the change of the score under some hyperparameters.
public struct Observation: Hashable, Sendable {
  /// The member.
  public let member: Member.ID
  /// The steps that the member had trained before.
  public let startSteps: Int
  /// The steps of the interval.
  public let steps: Int
  /// The score of the model before; none for a fresh one.
  public let startScore: Double?
  /// The score after.
  public let score: Double
  /// The values in force.
  public let hyperparameters: Hyperparameters

  /// Describes what an interval showed.
  public init(
    member: Member.ID, startSteps: Int, steps: Int, startScore: Double?, score: Double, hyperparameters: Hyperparameters
  ) {
    self.member = member
    self.startSteps = startSteps
    self.steps = steps
    self.startScore = startScore
    self.score = score
    self.hyperparameters = hyperparameters
  }

  /// What an interval teaches; nothing unless it completed.
  public init?(_ interval: Interval) {
    guard interval.kind == .train, let selection = interval.selection else { return nil }
    member = interval.member
    startSteps = interval.startSteps
    steps = interval.steps
    startScore = interval.startSelection
    score = selection
    hyperparameters = interval.hyperparameters
  }
}
