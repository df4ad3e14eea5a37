package import PoptrainEngine
package import PoptrainRuns
package import PoptrainCheckpoints
package import PoptrainExperimentFile
internal import Foundation
internal import PopulationBasedTraining
internal import Synchronization
package import PoptrainTrainers

/// A temporary folder in which single intervals are trained; nothing of it is kept.
package actor Scratch {
  /// What came of an interval.
  package enum Outcome: Sendable {
    case trained(Trial)
    case invalid(String)
    case failed(TrainerFailure)

    /// What was trained; none where it was not.
    var trial: Trial? {
      if case .trained(let trial) = self { trial } else { nil }
    }
  }

  /// Where the trainer's output goes.
  nonisolated let logPath: String
  private let path: String
  private let experiment: Experiment
  private let folder: String
  private let environment: WorkerEnvironment
  private let worker: Int
  private let checkpoints: CheckpointFolder
  private var trainer: (any Trainer)?
  private var intervals = 0
  /// How many members the trainer takes at once, as it has said.
  private(set) var capacity = 1

  /// Makes the folder.
  ///
  /// - Parameters:
  ///   - folder: the folder in which the trainer runs.
  ///   - worker: whose share of the machine it gets.
  package init(
    _ experiment: Experiment, folder: String, machine: WorkerEnvironment.Machine, runID: String, worker: Int = 0
  ) throws(RunError) {
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
    self.worker = worker
  }

  /// Has an interval trained, in the process of the one before where there is one.
  ///
  /// - Parameters:
  ///   - assignment: what to train; its `id` and `saveTo` are chosen here.
  ///   - progress: called with the age that the model has reached.
  ///   - begun: called when there is a trainer that ``endProcess()`` would end.
  package func run(
    _ assignment: Assignment, progress: @escaping @Sendable (Int) -> Void = { _ in }, begun: @Sendable () -> Void = {}
  ) async -> Outcome {
    await run(batch: [assignment], progress: progress, begun: begun)[0]
  }

  /// Has intervals of several members trained at once.
  package func run(
    batch: [Assignment], progress: @escaping @Sendable (Int) -> Void = { _ in }, begun: @Sendable () -> Void = {}
  ) async -> [Outcome] {
    var batch = batch
    do {
      let ids = batch.map { assignment in
        intervals += 1
        return CheckpointID(member: assignment.member, number: assignment.number, token: "\(intervals)")
      }
      for (position, id) in ids.enumerated() {
        batch[position].id = id.description
        batch[position].saveTo = try checkpoints.begin(id)
      }
      let isStarting = trainer == nil && experiment.trainer.keepsProcess
      let trainer = try startedTrainer()
      begun()
      let oldest = Mutex(0)
      let start = ContinuousClock.now
      let outcomes = await trainer.train(batch) { _, age in
        oldest.withLock { $0 = max($0, age) }
        progress(age)
      }
      if outcomes.contains(where: \.isTrained) { capacity = await trainer.capacity().members }
      let kept = try zip(zip(ids, batch), outcomes).map { interval, outcome -> Outcome in
        let (id, assignment) = interval
        switch outcome {
        case .trained(let trained):
          // A test may measure other metrics than those that selected.
          let isMissing = trained.metrics[experiment.metric] == nil && !trained.notMeasured.contains(experiment.metric)
          guard !isMissing || assignment.isTest else {
            try checkpoints.discard(id)
            return .failed(TrainerFailure(noMetric: experiment.metric, in: trained))
          }
          return .trained(try trial(id, assignment, trained, reached: oldest.withLock(\.self)))
        case .invalid(let message, _):
          try checkpoints.discard(id)
          return .invalid(message)
        case .failed(let failure):
          try checkpoints.discard(id)
          return .failed(failure)
        }
      }
      let duration = ContinuousClock.now - start
      return kept.map { outcome in
        guard case .trained(var trial) = outcome else { return outcome }
        (trial.duration, trial.isStarting) = (duration, isStarting)
        return .trained(trial)
      }
    } catch {
      return batch.map { _ in .failed(TrainerFailure(.notSaved, "\(error)")) }
    }
  }

  /// Ends the trainer, so that the next interval has a fresh process.
  ///
  /// - Returns: whether it did not end on SIGTERM, and was killed.
  @discardableResult
  package func endProcess() async -> Bool {
    guard let trainer else { return false }
    self.trainer = nil
    await trainer.shutDown()
    return await trainer.wasKilled()
  }

  /// Throws away what an interval has saved.
  package func discard(_ trial: Trial) {
    if let id = trial.id { try? checkpoints.remove(CheckpointID(id)) }
  }

  /// Ends the trainer and removes the folder.
  package func close() async {
    await endProcess()
    remove()
  }

  deinit { remove() }

  private nonisolated func remove() {
    _ = try? checkpoints.sweep(keeping: [])
    try? FileManager.default.removeItem(atPath: path)
  }

  private func startedTrainer() throws(RunError) -> any Trainer {
    if let trainer { return trainer }
    let new = try experiment.makeTrainer(
      folder: folder, environment: environment.variables(worker: worker), logPath: logPath)
    trainer = new
    return new
  }

  /// What an interval came to; nothing of an evaluation is kept.
  private func trial(
    _ id: CheckpointID, _ assignment: Assignment, _ trained: TrainedInterval, reached: Int
  ) throws -> Trial {
    let start = assignment.ages.lowerBound
    var trial = Trial(
      metric: trained.metrics[experiment.metric] ?? .nan, metrics: trained.metrics, steps: trained.steps,
      age: start + trained.steps, unread: trained.unread, warnings: trained.trainerWarnings + trained.warnings)
    if assignment.kind == .evaluate {
      trial.hasProgressed = reached > start
      trial.hasTrained = trained.steps > 0 || trial.hasProgressed
      // An evaluation need not save anything.
      guard (try? checkpoints.publish(id)) != nil else {
        try checkpoints.discard(id)
        return trial
      }
      trial.contents = try CheckpointContents(verifying: id, at: checkpoints.path(of: id))
      try checkpoints.remove(id)
    } else {
      try checkpoints.publish(id)
      let path = checkpoints.path(of: id)
      trial.checkpoint = path
      trial.contents = try CheckpointContents(verifying: id, at: path)
    }
    return trial
  }
}

/// What an interval in scratch space came to.
package struct Trial: Hashable, Sendable {
  /// The selection metric, as the trainer reports it; not a number where it has none yet.
  package var metric: Double
  /// All metrics reported.
  package var metrics: [String: Double]
  /// The steps really trained.
  package var steps = 0
  /// The age of the model afterwards.
  package var age = 0
  /// The hyperparameters of which the trainer said nothing.
  package var unread: [String] = []
  /// What looked wrong, though it counts.
  package var warnings: [String] = []
  /// Whether it is an evaluation of which steps are told.
  package var hasTrained = false
  /// Whether they were told of on the way, and not only in the report.
  package var hasProgressed = false
  /// How long it took to train and to keep, the trainer's start included where it was not running.
  package var duration = Duration.zero
  /// Whether a process was started for it that trains others too.
  package var isStarting = false
  /// The folder of what was saved; none for an evaluation.
  package var checkpoint: String?
  /// What was saved.
  package var contents = CheckpointContents(files: [])

  /// The interval that saved it.
  package var id: String? { checkpoint?.lastPathComponent }
}

extension Experiment.Trainer {
  /// Whether a process trains many intervals.
  var keepsProcess: Bool { contract == .session && intervalsPerProcess == nil }
}

extension TrainerOutcome {
  fileprivate var isTrained: Bool {
    if case .trained = self { true } else { false }
  }
}

extension String {
  /// What follows the last `/`.
  fileprivate var lastPathComponent: String { split(separator: "/").last.map(String.init) ?? self }
}
