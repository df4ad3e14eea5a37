internal import PoptrainEngine
internal import PoptrainChecking
internal import PoptrainRuns
internal import PoptrainCheckpoints
internal import PoptrainExperimentFile
internal import Foundation
internal import PoptrainJSON
internal import PopulationBasedTraining
internal import PoptrainTrainers

/// What tests have measured of the checkpoints of a run that were chosen to be compared, each tested once.
///
/// It is kept in a file of the run's folder beside the history, of which it is no part: nothing was decided by it.
struct CheckpointTests: Sendable {
  /// The metrics by checkpoint.
  private(set) var metrics: [CheckpointID: [String: Double]] = [:]
  private let path: String

  /// Reads what is known of a run.
  init(of directory: RunDirectory) throws(RunError) {
    path = directory.tests
    guard FileManager.default.fileExists(atPath: path) else { return }
    do {
      let json = try JSON.parse([UInt8](Data(contentsOf: URL(fileURLWithPath: path))))
      for test in json["tests"]?.array ?? [] {
        guard let checkpoint = test["checkpoint"]?.text, let measured = test["metrics"] else { continue }
        metrics[CheckpointID(checkpoint)] = measured.metrics
      }
    } catch {
      throw .cannotRead(path: path, reason: "\(error). Remove it, and the checkpoints are tested again")
    }
  }

  /// Records a test; the file is replaced as a whole.
  mutating func record(_ checkpoint: CheckpointID, _ measured: [String: Double]) throws(RunError) {
    metrics[checkpoint] = measured
    let tests = metrics.sorted { $0.key < $1.key }.map { checkpoint, metrics in
      JSON.object(["checkpoint": .text(checkpoint.description), "metrics": JSON(metrics: metrics)])
    }
    try WholeFile.write(JSON.object(["tests": .array(tests)]).description + "\n", to: path)
  }
}

extension Interval {
  /// The test of the model with which it ended: nothing to train, and a seed that no training has.
  fileprivate func test(of checkpoint: String, _ experiment: Experiment) -> Assignment {
    var random = RandomStream(
      seed: experiment.rules.seed, member: member, ordinal: number, purpose: "trainer test")
    return Assignment(
      id: "", member: member, number: number, kind: .evaluate, isTest: true, ages: endAge..<endAge,
      totalSteps: experiment.totalSteps, memberSteps: startSteps + steps, donor: nil, seed: random.bits() >> 32,
      hyperparameters: hyperparameters, checkpoint: checkpoint, parent: end?.description, saveTo: "")
  }
}

/// Has the chosen checkpoints of a finished run tested in scratch space. The run itself is only read.
struct CheckpointTester {
  private let run: RecordedRun
  private let scratch: Scratch
  private let untested: [Interval]
  private let tests: CheckpointTests

  /// Prepares the tests of a run that are missing; none where none are.
  ///
  /// - Parameter metric: what they are for. A test that did not measure it is made again.
  init?(_ planned: PlannedRun, for metric: String, machine: WorkerEnvironment.Machine = .current) throws(RunError) {
    let run = try RecordedRun(planned.directory)
    let tests = try CheckpointTests(of: planned.directory)
    let population = try run.population()
    var untested: [Interval] = []
    for choice in ChosenCheckpoint.allCases {
      guard let published = choice.published(in: population), tests.metrics[published.checkpoint]?[metric] == nil,
        !untested.contains(where: { $0.end == published.checkpoint }),
        let interval = try run.interval(endingWith: published.checkpoint)
      else { continue }
      untested.append(interval)
    }
    guard !untested.isEmpty else { return nil }
    self.run = run
    self.tests = tests
    self.untested = untested
    scratch = try Scratch(run.experiment, folder: run.folder, machine: machine, runID: run.id)
  }

  /// Makes the tests.
  ///
  /// - Returns: what is wrong with the first one that failed; none where none did.
  func test() async throws(RunError) -> TrainerFailure? {
    var tests = tests
    for interval in untested {
      guard let checkpoint = interval.end else { continue }
      let path: String
      do {
        path = try run.localPath(of: checkpoint)
        _ = try CheckpointContents(verifying: checkpoint, at: path)
      } catch {
        await scratch.close()
        return TrainerFailure(.notLoaded, "\(error)")
      }
      switch await scratch.run(interval.test(of: path, run.experiment)) {
      case .trained(let trial): try tests.record(checkpoint, trial.metrics)
      case .invalid(let message):
        await scratch.close()
        return TrainerFailure(.failed, "it says that the hyperparameters of a test are invalid: \(message)")
      case .failed(let failure):
        await scratch.close()
        return failure
      }
    }
    await scratch.close()
    return nil
  }

  /// Ends the trainer.
  func stop() async { await scratch.close() }
}
