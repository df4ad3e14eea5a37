internal import PoptrainText
package import PoptrainStore

/// Why a run could not be started or read.
package enum RunError: Error, CustomStringConvertible {
  /// There is no run in the folder.
  case notARun(path: String)
  /// The folder holds something else than a run, or a run whose database is lost.
  case notEmpty(path: String, found: String)
  /// Something in it is of another kind than a run makes.
  case notOfARun(path: String, expected: String)
  /// Another process writes it.
  case inUse(path: String, holder: String)
  /// The experiment differs from the one that the run was started with.
  case changed(path: String, changes: [String])
  /// What the command line says does not fit the experiment file.
  case cannotOverride([String])
  /// The folder cannot be written.
  case cannotWrite(path: String, reason: String)
  /// Something could not be written to its end, since the disk is full or broken.
  case writeFailed(path: String, reason: String)
  /// The folder cannot be read.
  case cannotRead(path: String, reason: String)
  /// There are too few GPUs for the workers.
  case tooFewGPUs(workers: Int, needed: Int, visible: Int)
  /// What the trainer is started from is not there any more.
  case trainerMissing(path: String, missing: String, command: String?)
  /// The run was moved or copied, and its trainer's folder is still where it was.
  case moved(path: String, from: String, folder: String, commands: [String])
  /// A new run was to begin beside one of the very same experiment.
  case sameExperiment(path: String, found: String, name: String, file: String)
  /// The trainer is a type of another program.
  case inProcess(type: String)
  /// A folder cannot be removed, for this reason.
  case cannotRemove(String)
  /// An interval cannot be trained again, for this reason.
  case cannotRerun(String)
  /// A model's schedule cannot be trained again, for this reason.
  case cannotReplay(String)
  /// The folder holds another run than the replay that was asked for.
  case anotherReplay(path: String, changes: [String])
  /// The best checkpoint of a run has no metric of this name.
  case notReported(path: String, metric: String, reported: [String])
  /// The store cannot be used.
  case store(StoreError)

  /// What is wrong, and what to do.
  package var description: String {
    switch self {
    case .notARun(let path):
      "\(path) holds no run; `poptrain run experiment.yaml` starts one, in runs/<name>"
    case .notEmpty(let path, let found):
      """
      \(path) holds \(found), but no run that can be resumed; nothing was changed. Choose a new folder with --run \
      (`replay`: --to), or, if this was a run, bring its population.sqlite (with the files -wal and -shm beside it) back
      """
    case .notOfARun(let path, let expected):
      """
      \(path) is not \(expected), as a run makes it, and nothing was changed. Move it away if it is yours, or choose \
      another folder with --run; to keep a run on another disk, let the whole folder be a link
      """
    case .inUse(let path, let holder):
      """
      \(path) is in use by \(holder); two engines cannot train one population. Stop that one first, or choose another \
      folder with --run
      """
    case .changed(let path, let changes):
      """
      the experiment has changed since \(path) was started:
      \(RunError.lines(changes))
      A run keeps the rules it was started with. Undo the change\(RunError.seedHint(changes)), start a new run with \
      --run DIR, or resume it as it was started:
        poptrain run \(shellPath(path))
      """
    case .cannotOverride(let findings):
      """
      the command line and the experiment file do not fit together:
      \(findings.map { "  " + $0 }.joined(separator: "\n"))
      """
    case .cannotWrite(let path, let reason):
      "\(path) cannot be written: \(reason)"
    case .writeFailed(let path, let reason):
      "\(path) could not be written: \(reason); nothing half-written was left there"
    case .cannotRead(let path, let reason):
      "\(path) cannot be read: \(reason)"
    case .tooFewGPUs(let workers, let needed, let visible):
      """
      \(workers) workers need \(needed) GPUs, but \(visible) are visible; use fewer workers, or let several share a GPU \
      with `resources: {gpus: 1, workers_per_gpu: 2}`
      """
    case .trainerMissing(let path, let missing, let command):
      """
      the trainer of \(path) cannot be started: \(missing). Nothing was started. \
      \(command.map { "To continue from its new place:\n  \($0)" }
        ?? "Bring it back, or go on from where the experiment file is now: poptrain run FILE --run \(shellPath(path))")
      """
    case .moved(let path, let from, let folder, let commands):
      """
      \(path) was \(from) when it was last started, and its trainer was in \(folder), which is still there. Nothing \
      was started. Choose the trainer to use from now on:
      \(commands.map { "  " + $0 }.joined(separator: "\n"))
      """
    case .sameExperiment(let path, let found, let name, let file):
      """
      \(path) would be a new run, but \(found) is one of this very experiment, from when it was called \(name). \
      Nothing was started. To go on with that one:
        poptrain run \(shellPath(file)) --run \(shellPath(found))
      For a new one, write a `name` into the file, or:
        poptrain run \(shellPath(file)) --run \(shellPath(path))
      """
    case .inProcess(let type):
      """
      the trainer is \(type), a type of the Swift program that started this run; start that program again to go on. \
      The commands that only read a run can be used on it
      """
    case .cannotRemove(let reason), .cannotRerun(let reason), .cannotReplay(let reason):
      reason
    case .anotherReplay(let path, let changes):
      """
      \(path) holds another run than this replay:
      \(RunError.lines(changes))
      Choose another folder for this one with --to, or go on with that one:
        poptrain run \(shellPath(path))
      """
    case .notReported(let path, let metric, let reported):
      """
      the trainer reported no `\(metric)` with the best checkpoint of \(path), but \
      \(reported.map { "`\($0)`" }.joined(separator: ", ")); name one of these with --report, or report it
      """
    case .store(let error):
      "\(error)"
    }
  }

  /// Whether a write failed, and not the place was a wrong one.
  package var isFailedWrite: Bool {
    switch self {
    case .writeFailed, .store(.diskFull): true
    default: false
    }
  }

  /// How to undo a change of the seed, which the command line may have said.
  private static func seedHint(_ changes: [String]) -> String {
    guard let change = changes.first(where: { $0.hasPrefix("seed: ") }) else { return "" }
    return " (pass --seed \(change.split(separator: " ")[1]))"
  }

  /// A line for each change. A schedule may be long.
  private static func lines(_ changes: [String]) -> String {
    changes.map { "  " + ($0.count > 200 ? $0.prefix(199) + "…" : $0) }.joined(separator: "\n")
  }
}

/// Turns the errors of a store that is read into those of a run.
package func reading<Answer>(_ body: () throws(StoreError) -> Answer) throws(RunError) -> Answer {
  do { return try body() } catch { throw .store(error) }
}
