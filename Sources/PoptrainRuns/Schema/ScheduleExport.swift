internal import PoptrainExperimentFile
internal import PoptrainJSON
package import PopulationBasedTraining

/// The schedule that made a model: `poptrain schedule --json` (`docs/schedules.md`).
package struct ScheduleExport: Codable, Hashable, Sendable {
  /// A stretch of ages with the same hyperparameters.
  package struct Stretch: Codable, Hashable, Sendable {
    /// The age at which it begins, in steps.
    package let start: Int
    /// The age before which it ends, in steps.
    package let stop: Int
    /// The member that trained.
    package let member: Member.ID
    /// The metric at the end of it; none where that is no finite number.
    package let score: Double?
    /// The values in force.
    package let hyperparameters: NamedValues
  }

  /// Stays the same over resumes.
  package let runID: String
  /// The experiment's name.
  package let name: String
  /// The metric that selection compares.
  package let metric: String
  /// Whether more of it is better.
  package let mode: Rules.Mode
  /// The age of the model, in steps.
  package let steps: Int
  /// The steps that the trainer was told the budget is.
  package let totalSteps: Int
  /// The folder of the checkpoint.
  package let checkpoint: String
  /// The stretches by age.
  package let schedule: [Stretch]

  /// Reads the schedule of a checkpoint.
  package init(_ run: RecordedRun, of checkpoint: CheckpointID) throws(RunError) {
    let space = run.experiment.rules.space
    schedule = try run.lineage(of: checkpoint).schedule.map { stretch in
      Stretch(
        start: stretch.ages.lowerBound, stop: stretch.ages.upperBound, member: stretch.member,
        score: stretch.score.map(run.metric), hyperparameters: NamedValues(stretch.hyperparameters, in: space))
    }
    runID = run.id
    name = run.experiment.name
    metric = run.experiment.metric
    mode = run.experiment.rules.mode
    steps = schedule.last?.stop ?? 0
    totalSteps = run.experiment.totalSteps
    self.checkpoint = run.path(of: checkpoint)
  }

  private static let columns = ["start", "stop", "member", "score"]

  /// A header and one line for each stretch, as RFC 4180 has it. A hyperparameter with the name of another column is
  /// called `hyperparameters.<name>`.
  package func csvLines() -> [String] {
    let names = schedule.first?.hyperparameters.names ?? []
    let header =
      ScheduleExport.columns + names.map { ScheduleExport.columns.contains($0) ? "hyperparameters.\($0)" : $0 }
    return [CSV.row(header.map(JSON.text))]
      + schedule.map { stretch in
        CSV.row(
          [.integer(stretch.start), .integer(stretch.stop), .integer(stretch.member), stretch.score.map(JSON.number)]
            + names.map { stretch.hyperparameters[$0].map { JSON($0) } })
      }
  }
}
