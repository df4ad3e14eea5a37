internal import PoptrainExperimentFile
package import PopulationBasedTraining

/// A model with what was measured of it: `poptrain best --json`.
package struct ModelSummary: Codable, Hashable, Sendable {
  /// The experiment's name.
  package let name: String
  /// The metric that selection compares.
  package let metric: String
  /// The member that trained it.
  package let member: Member.ID
  /// The metric that selection compared, as the score window makes it; none where it has no score.
  package let score: Double?
  /// The metric as the interval reported it; none where that is no finite number.
  package let reported: Double?
  /// How many evaluations made the score; 0 where it has none.
  package let evaluations: Int
  /// Of how many scores this one is the best, where a single evaluation made it; none otherwise.
  package let oneEvaluationOf: Int?
  /// The age of the model, in steps.
  package let age: Int
  /// Everything that was reported with it.
  package let metrics: [String: Double]
  /// The values in force.
  package let hyperparameters: NamedValues
  /// The folder of the checkpoint on this machine.
  package let checkpoint: String

  /// Describes a model of a run.
  ///
  /// - Parameter checkpoint: the folder of its checkpoint on this machine.
  package init(_ model: RecordedModel, in run: RecordedRun, checkpoint: String) {
    name = run.experiment.name
    metric = run.experiment.metric
    member = model.interval.member
    score = model.score
    reported = model.reported
    evaluations = model.evaluations
    oneEvaluationOf = model.isOneEvaluation ? model.bestOf : nil
    age = model.interval.endAge
    metrics = model.interval.metrics
    hyperparameters = NamedValues(model.interval.hyperparameters, in: run.experiment.rules.space)
    self.checkpoint = checkpoint
  }
}
