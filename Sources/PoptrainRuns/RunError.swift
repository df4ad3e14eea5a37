package import PoptrainExperimentFile
package import PoptrainStore

/// Why a run could not be started or read: what is so, and why. What to do about it depends on who asked.
package enum RunError: Error, CustomStringConvertible {
  /// There is no run in the folder.
  case notARun(path: String)
  /// The folder holds something else than a run, or a run whose database is lost.
  case notEmpty(path: String, found: String)
  /// Something in it is of another kind than a run makes.
  case notOfARun(path: String, expected: String)
  /// The run was started for one machine, and only its engine may train it.
  case notShared(path: String)
  /// Another process writes it.
  case inUse(path: String, holder: String)
  /// A shared run is being trained, or was a moment ago.
  case isTrained(path: String)
  /// The experiment differs from the one that the run was started with.
  case changed(path: String, changes: [Change])
  /// The values that are to hold instead of the file's do not fit it.
  case cannotOverride([String])
  /// The folder cannot be written.
  case cannotWrite(path: String, reason: String)
  /// Something could not be written to its end, since the disk is full or broken.
  case writeFailed(path: String, reason: String)
  /// A run cannot be at this place, for this reason.
  case wrongPlace(String, String)
  /// There is no run in the database, and it was not said where the checkpoints of a new one are to be.
  case needsCheckpoints(path: String)
  /// The folder cannot be read.
  case cannotRead(path: String, reason: String)
  /// There are too few GPUs for the workers.
  case tooFewGPUs(workers: Int, needed: Int, visible: Int)
  /// What the trainer is started from is not there any more; the run fits the experiment file that is found beside it.
  case trainerMissing(path: String, missing: String, found: FittingFile?)
  /// The run was moved or copied, and its trainer's folder is still where it was. It fits these experiment files.
  case moved(path: String, from: String, folder: String, found: [FittingFile])
  /// A new run was to begin beside one of the same experiment.
  case sameExperiment(path: String, found: String, name: String, command: String)
  /// The trainer is a type of another program.
  case inProcess(type: String)
  /// The folder that is to be removed is a link.
  case link(path: String, target: String)
  /// A folder cannot be removed, for this reason.
  case cannotRemove(String)
  /// An interval cannot be trained again, for this reason.
  case cannotRerun(String)
  /// A model's schedule cannot be trained again, for this reason.
  case cannotReplay(String)
  /// Who trains the run cannot be asked to stop, for this reason.
  case cannotStop(String)
  /// The best checkpoint of a run has no metric of this name.
  case notReported(path: String, metric: String, reported: [String])
  /// The store cannot be used.
  case store(StoreError)

  /// An experiment file with which a run can be resumed.
  package struct FittingFile: Hashable, Sendable {
    /// Where it is.
    package let path: String
    /// The seed of the run, where the file says another one.
    package let seed: UInt64?

    /// Names a file.
    package init(path: String, seed: UInt64?) {
      self.path = path
      self.seed = seed
    }
  }

  /// What is wrong.
  package var description: String {
    switch self {
    case .notARun(let path): "\(path) is not a run"
    case .notEmpty(let path, let found):
      "\(path) contains \(found), but no run that can be resumed; nothing was changed"
    case .notOfARun(let path, let expected): "\(path) is not \(expected), as a run makes it; nothing was changed"
    case .inUse(let path, let holder):
      "\(path) is in use by \(holder); two engines cannot train one population"
    case .isTrained(let path): "\(path) is being trained: a process has just said that it lives"
    case .changed(let path, let changes):
      "the experiment has changed since \(path) was started:\n\(RunError.lines(changes))"
    case .notShared(let path): "\(path) was not started as a run that several processes train"
    case .cannotOverride(let findings):
      "the given values conflict with the experiment file:\n\(findings.map { "  " + $0 }.joined(separator: "\n"))"
    case .cannotWrite(let path, let reason): "\(path) cannot be written: \(reason)"
    case .writeFailed(let path, let reason):
      "\(path) could not be written: \(reason); nothing half-written was left there"
    case .wrongPlace(let place, let reason): "\(place): \(reason)"
    case .needsCheckpoints(let path): "\(path) is not a run"
    case .cannotRead(let path, let reason): "\(path) cannot be read: \(reason)"
    case .tooFewGPUs(let workers, let needed, let visible):
      """
      \(workers) workers need \(needed) GPUs, but \(visible) are visible; use fewer workers, or let several share a GPU \
      with `resources: {gpus: 1, workers_per_gpu: 2}`
      """
    case .trainerMissing(let path, let missing, _): "the trainer of \(path) cannot be started: \(missing)"
    case .moved(let path, let from, let folder, _):
      "\(path) was \(from) when it was last started, and its trainer was in \(folder), which is still there"
    case .sameExperiment(let path, let found, let name, _):
      "\(path) would start a new run, but \(found) already holds a run of this experiment, from when it was named \(name)"
    case .inProcess(let type):
      """
      the trainer is \(type), a type of the Swift program that started this run; start that program again to resume it. \
      A run can be read without its trainer
      """
    case .link(let path, let target): "\(path) is a link to \(target), and nothing was removed"
    case .cannotRemove(let reason), .cannotRerun(let reason), .cannotReplay(let reason), .cannotStop(let reason): reason
    case .notReported(let path, let metric, let reported):
      """
      the trainer reported no `\(metric)` with the best checkpoint of \(path), but \
      \(reported.map { "`\($0)`" }.joined(separator: ", "))
      """
    case .store(let error): "\(error)"
    }
  }

  /// Whether the same may succeed later: the place of a shared run does not answer.
  package var mayPass: Bool {
    if case .store(.noAnswer) = self { true } else { false }
  }

  /// Whether a write failed, and not the place was a wrong one.
  package var isFailedWrite: Bool {
    switch self {
    case .writeFailed, .store(.diskFull): true
    default: false
    }
  }

  /// A line for each change. A schedule may be long.
  package static func lines(_ changes: [Change]) -> String {
    changes.map(\.description).map { "  " + ($0.count > 200 ? $0.prefix(199) + "…" : $0) }.joined(separator: "\n")
  }
}

/// Turns the errors of a store that is read into those of a run.
package func reading<Answer>(_ body: () throws(StoreError) -> Answer) throws(RunError) -> Answer {
  do { return try body() } catch { throw .store(error) }
}
