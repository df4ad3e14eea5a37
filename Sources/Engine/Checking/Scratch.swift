internal import Checkpoints
internal import ExperimentFile
internal import Foundation
internal import PopulationBasedTraining
internal import Trainers

/// A temporary folder in which single intervals are trained; nothing of it is kept.
actor Scratch {
  /// What came of an interval.
  enum Outcome: Sendable {
    case trained(Trial)
    case invalid(String)
    case failed(TrainerFailure)
  }

  /// Where the trainer's output goes.
  nonisolated let logPath: String
  private let path: String
  private let experiment: Experiment
  private let folder: String
  private let environment: WorkerEnvironment
  private let checkpoints: CheckpointFolder
  private var trainer: (any Trainers.Trainer)?
  private var intervals = 0
  /// How many members the trainer takes at once, as it has said.
  private(set) var capacity = 1

  /// Makes the folder.
  ///
  /// - Parameter folder: the folder in which the trainer runs.
  init(_ experiment: Experiment, folder: String, machine: WorkerEnvironment.Machine, runID: String) throws(RunError) {
    environment = try WorkerEnvironment(experiment, on: machine, runID: runID)
    path = FileManager.default.temporaryDirectory.path + "/poptrain-scratch-\(UUID().uuidString)"
    logPath = path + "/trainer.log"
    do {
      try FileManager.default.createDirectory(
        atPath: path, withIntermediateDirectories: false, attributes: [.posixPermissions: 0o700])
      checkpoints = try CheckpointFolder(path: path + "/checkpoints", isDurable: false)
    } catch {
      throw .cannotWrite(path: path, reason: "\(error)")
    }
    self.experiment = experiment
    self.folder = folder
  }

  /// Has an interval trained, in the process of the one before where there is one.
  ///
  /// - Parameters:
  ///   - assignment: what to train; its `id` and `saveTo` are chosen here.
  ///   - progress: called with the age that the model has reached.
  ///   - begun: called when there is a trainer that ``endProcess()`` would end.
  func run(
    _ assignment: Assignment, progress: @escaping @Sendable (Int) -> Void = { _ in }, begun: @Sendable () -> Void = {}
  ) async -> Outcome {
    intervals += 1
    let checkpoint = CheckpointID(member: assignment.member, number: assignment.number, token: "\(intervals)")
    var assignment = assignment
    assignment.id = checkpoint.description
    do {
      assignment.saveTo = try checkpoints.begin(checkpoint)
      let trainer = try startedTrainer()
      begun()
      let start = ContinuousClock.now
      let outcome = await trainer.train([assignment]) { _, age in progress(age) }[0]
      let duration = ContinuousClock.now - start
      switch outcome {
      case .trained(let trained):
        capacity = await trainer.capacity().members
        return try trial(checkpoint, assignment, trained, duration)
      case .invalid(let message, _):
        try checkpoints.discard(checkpoint)
        return .invalid(message)
      case .failed(let failure):
        try checkpoints.discard(checkpoint)
        return .failed(failure)
      }
    } catch {
      return .failed(TrainerFailure(.notSaved, "\(error)"))
    }
  }

  /// Ends the trainer, so that the next interval has a fresh process.
  func endProcess() async {
    let trainer = trainer
    self.trainer = nil
    await trainer?.shutDown()
  }

  /// Throws away what an interval has saved.
  func discard(_ trial: Trial) {
    if let checkpoint = trial.checkpoint { try? checkpoints.remove(CheckpointID(checkpoint.lastPathComponent)) }
  }

  /// Ends the trainer and removes the folder.
  func close() async {
    await endProcess()
    remove()
  }

  deinit { remove() }

  private nonisolated func remove() {
    _ = try? checkpoints.sweep(keeping: [])
    try? FileManager.default.removeItem(atPath: path)
  }

  private func startedTrainer() throws(RunError) -> any Trainers.Trainer {
    if let trainer { return trainer }
    let new = try experiment.makeTrainer(
      folder: folder, environment: environment.variables(worker: 0), logPath: logPath)
    trainer = new
    return new
  }

  private func trial(
    _ checkpoint: CheckpointID, _ assignment: Assignment, _ trained: TrainedInterval, _ duration: Duration
  ) throws -> Outcome {
    // A test may measure other metrics than those that selected.
    guard let metric = trained.metrics[experiment.metric] ?? (assignment.isTest ? .nan : nil) else {
      try checkpoints.discard(checkpoint)
      return .failed(TrainerFailure(noMetric: experiment.metric, in: trained))
    }
    var trial = Trial(
      metric: metric, metrics: trained.metrics, steps: trained.steps, age: assignment.ages.lowerBound + trained.steps,
      unread: trained.unread, duration: duration)
    if assignment.kind == .evaluate {
      try checkpoints.discard(checkpoint)
    } else {
      try checkpoints.publish(checkpoint)
      let path = checkpoints.path(of: checkpoint)
      trial.checkpoint = path
      trial.contents = try CheckpointContents(verifying: checkpoint, at: path)
    }
    return .trained(trial)
  }
}

/// What an interval in scratch space came to.
struct Trial: Hashable, Sendable {
  /// The selection metric, as the trainer reports it.
  var metric: Double
  /// All metrics reported.
  var metrics: [String: Double]
  /// The steps really trained.
  var steps = 0
  /// The age of the model afterwards.
  var age = 0
  /// The hyperparameters of which the trainer said nothing.
  var unread: [String] = []
  /// How long the trainer took, its start included where it was not running.
  var duration = Duration.zero
  /// The folder of what was saved; none for an evaluation.
  var checkpoint: String?
  /// What was saved.
  var contents = CheckpointContents(files: [])
}

extension String {
  /// What follows the last `/`.
  fileprivate var lastPathComponent: String { split(separator: "/").last.map(String.init) ?? self }
}
