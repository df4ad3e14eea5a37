import ArgumentParser
import Foundation
import PoptrainEngine
import PoptrainExperimentFile
import PoptrainRuns
import PoptrainText
import PoptrainTrainers
import PopulationBasedTraining

/// What is launched on an engine whose machines see the same folders, bucket or database as this one.
struct LaunchOptions: ParsableArguments {
  @Argument(
    help: ArgumentHelp(
      "The folder of the run, which all machines have at the same path, s3://bucket/prefix or postgresql://host/database/run.",
      valueName: "run"),
    completion: .directory)
  var place: String
  @Option(help: ArgumentHelp("How many workers to start.", valueName: "n")) var workers: Int
  @Option(
    help: ArgumentHelp("The experiment file, to begin the run or to join it.", valueName: "file"),
    completion: .file(extensions: ["yaml", "yml"]))
  var experiment: String?
  @Option(help: checkpointsHelp) var checkpoints: String?

  func validate() throws { try validateWorkers(workers) }

  /// How the place is typed into a shell.
  var shownPlace: String { shellPath(place) }

  /// What to start. All that can be known to be wrong is told at once, before anything is submitted.
  ///
  /// - Parameters:
  ///   - program: what submits it.
  ///   - isDry: whether nothing will be submitted, so that the program need not be there.
  func launch(with program: String, isDry: Bool) throws -> Launch {
    var problems = Problems()
    if !isDry, Programs.ofThisMachine().find(program, in: ".") == nil {
      problems.add("there is no `\(program)` on PATH; --dry-run prints what to submit elsewhere")
    }
    let given = experiment.flatMap { file in
      problems.collect { try ExperimentFile.read(contentsOf: file, programs: .ofThisMachine()) }
    }
    let directory = problems.collect { try RunDirectory(place: place, checkpoints: checkpoints) }
    let recorded = directory.flatMap { problems.run(in: $0, joinedBy: given) }
    if experiment == nil, let directory, !directory.holdsRun {
      problems.add("\(place) is not a run yet; name the experiment file to begin it: --experiment FILE")
    }
    let experiment = given ?? recorded?.file
    if let experiment { problems.check(experiment, workers: workers) }
    guard let experiment, let directory, problems.isEmpty else { throw problems.told() }
    return Launch(
      experiment, workers: workers, program: thisProgram,
      file: self.experiment.map { URL(verbatimPath: $0).standardizedFileURL.path },
      place: directory.address, checkpoints: checkpoints)
  }
}

func validateWorkers(_ workers: Int) throws {
  guard 1...10_000 ~= workers else { throw ValidationError("--workers is from 1 to 10,000, not \(workers)") }
}

extension String {
  /// Whether it is the address of something that is no folder, such as `s3://bucket/run`.
  var isAddress: Bool { contains("://") }
}

extension Launch {
  /// How many workers there are, and in how many processes.
  var words: String {
    counted(processes * workersPerProcess, "worker")
      + (workersPerProcess == 1 ? "" : ", \(workersPerProcess) in each process")
  }
}

/// Has an engine take a job.
///
/// - Returns: what it printed.
func submitted(_ command: [String], input: String) async throws(ExitStatus) -> String {
  do throws(ProgramFailure) {
    return try await runProgram(command, input: input)
  } catch {
    complain(error.output + "error: nothing was submitted: \(error)")
    throw .badData
  }
}
