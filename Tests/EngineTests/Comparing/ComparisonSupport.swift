@testable import PoptrainRuns
@testable import PoptrainComparing
import PoptrainExperimentFile
import PopulationBasedTraining

@testable import PoptrainEngine

/// A plan of small runs that nobody trains.
func plan(
  _ names: [String] = ["random_search"], seeds: Int = 1, mode: String = "max", name: String = "digits",
  report: ReportedMetric? = nil, more: String = ""
) throws -> ComparisonPlan {
  var experiment = try ExperimentFile.parse(
    text: """
      name: test
      trainer: {command: [python3, train.py]}
      metric: accuracy
      mode: \(mode)
      population_size: 4
      steps: 100
      interval: 10
      seed: 5
      hyperparameters: {rate: {uniform: [0, 1]}}
      \(more)
      """, path: "experiment.yaml")
  experiment.name = name
  return try ComparisonPlan(
    experiment, with: names.compactMap(Alternative.named), seedCount: seeds, report: report,
    in: RunDirectory(path: "runs/compare"), folder: ".")
}

extension ComparisonPlan {
  /// What came of the runs, by alternative and seed; nothing: the run failed.
  func comparison(_ values: [[Double?]], failure: String = "every member failed") -> Comparison {
    Comparison(
      self,
      runs.map { run in
        let row = alternatives.firstIndex(of: run.alternative) ?? 0
        let value = values[row][Int(run.seed - seeds[0])]
        return RunResult(
          alternative: run.alternative, seed: run.seed, directory: run.directory,
          outcome: value.map { .value($0) } ?? .failed(failure), valueAtEnd: value.map { 2 * $0 },
          medianMember: (value ?? 99) - 0.125,
          steps: value == nil ? 250 : 400,
          curve: value.map { value in
            [0.25, 0.5, 1].map { RunResult.Point(steps: Int(400 * $0), value: value * $0) }
          } ?? [])
      })
  }
}
