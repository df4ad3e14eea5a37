public import ExperimentFile
internal import Foundation
public import PopulationBasedTraining
public import Store

#if canImport(Glibc)
  internal import Glibc
#elseif canImport(Darwin)
  internal import Darwin
#endif

/// A run as it stands on the disk, also while an engine trains it.
public struct RecordedRun: Sendable {
  /// The folder of the run.
  public let directory: RunDirectory
  /// The experiment as last revised.
  public let experiment: Experiment
  /// What the experiment file itself said at the last start, where the command line says something else.
  public let file: Experiment
  /// The folder in which its trainers run.
  public let folder: String
  /// What the trainer's program was made of at the last start.
  let program: Event?
  /// Its history.
  public let history: RunReader
  /// Stays the same over resumes.
  public let id: String

  /// Opens the run of a folder.
  public init(_ directory: RunDirectory) throws(RunError) {
    guard directory.holdsRun else { throw .notARun(path: directory.shown) }
    try directory.checkKinds()
    let identity = try storing { () throws(StoreError) in try RunReader.identity(path: directory.database) }
    guard let identity else { throw .notARun(path: directory.shown) }
    experiment = try Experiment(recorded: identity.experiment, in: directory)
    file = try Experiment(recorded: identity.file, in: directory)
    self.directory = directory
    folder = identity.folder
    program = identity.program
    id = identity.id
    let space = experiment.rules.space
    history = try storing { () throws(StoreError) in try RunReader(path: directory.database, space: space) }
  }

  /// The population as it is now.
  public func population() throws(RunError) -> Population {
    try storing { () throws(StoreError) in try history.population(rules: experiment.rules) }
  }

  /// Where a checkpoint is.
  public func path(of checkpoint: CheckpointID) -> String {
    "\(directory.checkpoints)/\(checkpoint)"
  }

  /// A score as the user's metric: turned round where smaller is better.
  public func metric(_ score: Double) -> Double {
    experiment.rules.metric(ofScore: score)
  }

  /// Whether an engine is training it at this moment.
  public var isRunning: Bool {
    let descriptor = open(directory.lock, O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else { return false }
    defer { close(descriptor) }
    return flock(descriptor, LOCK_SH | LOCK_NB) != 0
  }
}
