import PoptrainRuns
import PoptrainText
import ArgumentParser
import PoptrainEngine
import PoptrainExperimentFile
import Foundation
import PopulationBasedTraining

struct Run: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "run",
    abstract: "Train a population, or resume a run.",
    discussion: """
      poptrain run experiment.yaml               trains, or resumes, runs/<name>
      poptrain run experiment.yaml --workers 4   with four trainers at once
      poptrain run experiment.yaml --seed 7 --run runs/seven
      poptrain run experiment.yaml --steps 4000  continues a finished run
      poptrain run runs/digits                   resumes a run as it was started
      poptrain run experiment.yaml --dashboard   and shows it in a browser
      poptrain run experiment.yaml --shared --run /shared/runs/x
                                                 for many machines: each runs this
      poptrain run experiment.yaml --run s3://bucket/runs/x
                                                 the same in a bucket
      poptrain run experiment.yaml --run postgresql://host/database/x \\
        --checkpoints /shared/checkpoints/x
                                                 with its history in a database

      Ctrl-C once: intervals in flight finish within `stop_timeout` or are repeated on resume; the exit status is 75. \
      SIGTERM or SIGUSR1 once: intervals in flight are saved where they are, within `stop_timeout`; also 75. Twice: \
      stop now. Either way no completed work is lost: run the same command again to resume.
      """)

  @Argument(
    help: "The experiment file, or the folder of a run to resume.", completion: .file(extensions: ["yaml", "yml"]))
  var experiment: String

  @Option(
    help: ArgumentHelp(
      "The folder of the run, s3://bucket/prefix, or postgresql://host/database/run; default runs/<name>.",
      valueName: "dir"))
  var run: String?

  @Option(help: checkpointsHelp) var checkpoints: String?

  @Option(help: "Number of trainers that run at once, overriding `workers`.")
  var workers: Int?

  @Option(help: "The seed of a new run, overriding `seed`; at most 2^53. A resumed run keeps its seed.")
  var seed: UInt64?

  @Option(help: "Steps of each member, overriding `steps`. A finished run continues with more.")
  var steps: Int?

  @Option(help: "Number of members, overriding `population_size`. A resumed run grows or shrinks.")
  var populationSize: Int?

  @Flag(help: "Show the run in a browser: prints the address, which can be opened until the run ends.")
  var dashboard = false

  @Flag(help: "Let several processes train the run, on all machines that share its folder.")
  var shared = false

  @Flag(help: "Print one JSON object per line, for a program to read.")
  var json = false

  func validate() throws {
    try validateWorkers(workers)
    if let steps, !(1...1 << 40).contains(steps) { throw ValidationError("--steps is from 1 to 2^40, not \(steps)") }
    if let populationSize, !(1...100_000).contains(populationSize) {
      throw ValidationError("--population-size is from 1 to 100,000, not \(populationSize)")
    }
    try validateSeed(seed)
  }

  func run() async throws {
    var (experiment, directory, folder) = try subject()
    if let workers { experiment.workers = .count(workers) }
    if run == nil, !directory.holdsRun, try !ExperimentFile.namesItself(contentsOf: self.experiment) {
      try experiment.checkNew(
        directory, place: Experiment.Place(file: self.experiment, folder: folder), seed: seed,
        command: "poptrain run \(shellPath(self.experiment))")
    }
    let overrides = Overrides(steps: steps, populationSize: populationSize, seed: seed)
    let ending = try await train(
      experiment, overrides, in: directory, folder: folder, isShared: shared,
      file: try namesRun ? nil : self.experiment,
      asJSON: json,
      hasDashboard: dashboard)
    try ending.throwStatus()
  }

  /// Whether the folder of a run is named, and not an experiment file.
  private var namesRun: Bool { get throws { try run == nil && RunDirectory(place: experiment).holdsRun } }

  /// What to train, in which run, and the folder in which trainers run.
  private func subject() throws -> (Experiment, RunDirectory, folder: String) {
    if try namesRun {
      let started = try RunDirectory(place: self.experiment)
      let recorded = try RecordedRun(started)
      try recorded.checkTrainer()
      return (recorded.file, started, recorded.folder)
    }
    var experiment = try ExperimentFile.read(contentsOf: self.experiment, programs: .ofThisMachine())
    let folder = URL(verbatimPath: self.experiment).resolvingSymlinksInPath().deletingLastPathComponent().path
    let directory = try RunDirectory(place: run ?? "runs/\(experiment.name)", checkpoints: checkpoints)
    // What cannot be read is told when the run is opened; a start that was cut off has left nothing to read.
    if directory.holdsRun, let recorded = try? RecordedRun(directory).experiment {
      // What the file does not say is as it was when the run began.
      let version = recorded.rules.version
      if version != experiment.rules.version {
        experiment = try ExperimentFile.read(contentsOf: self.experiment, rulesVersion: version)
      }
      // A name that follows from where the file is now is not another one.
      if try !ExperimentFile.namesItself(contentsOf: self.experiment) { experiment.name = recorded.name }
    }
    return (experiment, directory, folder)
  }
}

let checkpointsHelp = ArgumentHelp(
  "Where a new run in a database has its checkpoints: a folder that all machines share, or s3://bucket/prefix.",
  valueName: "place")

/// As `workers` of an experiment file, which a run records.
func validateWorkers(_ workers: Int?) throws {
  if let workers, !(1...100_000).contains(workers) {
    throw ValidationError("--workers is from 1 to 100,000, not \(workers)")
  }
}

/// Every reader of a file must keep a seed exact.
func validateSeed(_ seed: UInt64?) throws {
  if let seed, seed > 1 << 53 { throw ValidationError("--seed is at most 2^53, not \(seed)") }
}
