internal import PoptrainExperimentFile
package import PoptrainJSON
package import PopulationBasedTraining

/// The schedule that made a model, for other programs (`docs/schedules.md`).
package struct ScheduleExport: Sendable {
  /// The stretches by age.
  package let stretches: [Lineage.Stretch]
  private let run: RecordedRun
  private let checkpoint: CheckpointID

  /// Reads the schedule of a checkpoint.
  package init(_ run: RecordedRun, of checkpoint: CheckpointID) throws(RunError) {
    self.run = run
    self.checkpoint = checkpoint
    stretches = try run.lineage(of: checkpoint).schedule
  }

  /// One JSON object.
  package var json: JSON {
    .object([
      "run_id": .text(run.id),
      "name": .text(run.experiment.name),
      "metric": .text(run.experiment.metric),
      "mode": .text(run.experiment.rules.mode.rawValue),
      "steps": .integer(stretches.last?.ages.upperBound ?? 0),
      "total_steps": .integer(run.experiment.totalSteps),
      "checkpoint": .text(run.path(of: checkpoint)),
      "schedule": .array(
        stretches.map { stretch in
          .object([
            "start": .integer(stretch.ages.lowerBound), "stop": .integer(stretch.ages.upperBound),
            "member": .integer(stretch.member), "score": score(stretch),
            "hyperparameters": JSON(stretch.hyperparameters, in: run.experiment.rules.space),
          ])
        }),
    ])
  }

  private static let columns = ["start", "stop", "member", "score"]

  /// A header and one line for each stretch, as RFC 4180 has it. A hyperparameter with the name of another column is
  /// called `hyperparameters.<name>`.
  package func csvLines() -> [String] {
    let names = run.experiment.rules.space.hyperparameters.map(\.name)
    let header =
      ScheduleExport.columns + names.map { ScheduleExport.columns.contains($0) ? "hyperparameters.\($0)" : $0 }
    return [CSV.row(header.map(JSON.text))]
      + stretches.map { stretch in
        CSV.row(
          [.integer(stretch.ages.lowerBound), .integer(stretch.ages.upperBound), .integer(stretch.member)]
            + [score(stretch)] + names.map { stretch.hyperparameters[$0].map { JSON($0) } })
      }
  }

  private func score(_ stretch: Lineage.Stretch) -> JSON {
    stretch.score.map { .number(run.metric($0)) } ?? .null
  }
}
