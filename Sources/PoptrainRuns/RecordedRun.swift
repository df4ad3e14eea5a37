package import PoptrainExperimentFile
internal import Foundation
package import PopulationBasedTraining
package import PoptrainStore

/// A run as it stands on the disk, also while an engine trains it.
package struct RecordedRun: Sendable {
  /// The folder of the run.
  package let directory: RunDirectory
  /// The experiment as last revised.
  package let experiment: Experiment
  /// What the experiment file itself said at the last start, where the command line says something else.
  package let file: Experiment
  /// The folder in which its trainers run.
  package let folder: String
  /// What the trainer's program was made of at the last start.
  package let program: Event?
  /// Its history.
  package let history: any RunHistory
  /// Stays the same over resumes.
  package let id: String

  /// Opens the run of a folder.
  package init(_ directory: RunDirectory) throws(RunError) {
    guard directory.holdsRun else { throw directory.absence }
    try directory.checkKinds()
    let identity = try reading { () throws(StoreError) in try directory.database.identity() }
    guard let identity else { throw .notARun(path: directory.shown) }
    experiment = try Experiment(recorded: identity.experiment, in: directory)
    file = try Experiment(recorded: identity.file, in: directory)
    self.directory = directory
    folder = identity.folder
    program = identity.program
    id = identity.id
    let space = experiment.rules.space
    history = try reading { () throws(StoreError) in try directory.database.history(space: space) }
  }

  /// The population as it is now.
  package func population() throws(RunError) -> Population {
    try reading { () throws(StoreError) in try history.population(rules: experiment.rules) }
  }

  /// Where a checkpoint is; one in a bucket need not be on this machine.
  package func path(of checkpoint: CheckpointID) -> String {
    "\(directory.filesAddress)/checkpoints/\(checkpoint)"
  }

  /// The folder of a checkpoint on this machine, as the user named the run.
  package func shownPath(of checkpoint: CheckpointID) throws(RunError) -> String {
    directory.bucket == nil ? "\(directory.shownFiles)/checkpoints/\(checkpoint)" : try localPath(of: checkpoint)
  }

  /// A score as the user's metric: negated where smaller is better.
  package func metric(_ score: Double) -> Double {
    experiment.rules.metric(ofScore: score)
  }

  /// Whether an engine is training it at this moment.
  package var isRunning: Bool { directory.isLocked }
}

extension Experiment {
  /// Reads what a run has recorded.
  package init(recorded: String, in directory: RunDirectory) throws(RunError) {
    do {
      self = try ExperimentFile.parse(recorded: recorded, path: directory.experimentFile)
    } catch {
      throw .store(
        .notAStore(
          "the experiment recorded in \(directory.isShared ? "\(directory.address)/log" : directory.databaseFile) cannot be read: \(error)"
        ))
    }
  }
}
