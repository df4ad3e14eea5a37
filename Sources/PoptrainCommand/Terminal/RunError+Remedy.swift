import PoptrainExperimentFile
import PoptrainRuns
import PoptrainStore
import PoptrainText

// Libraries say what is wrong. What to do about it on this command line is said here.

extension RunError {
  /// What is wrong, and what to do.
  var withRemedy: String {
    switch self {
    case .notARun(let path) where path.isAddress:
      "\(self); `poptrain run experiment.yaml --run \(shellPath(path))` begins one"
    case .notARun: "\(self); `poptrain run experiment.yaml` starts one in runs/<name>"
    case .notEmpty:
      """
      \(self). Choose a new folder with --run (`replay`: --to), or, if this was a run, restore its population.sqlite \
      (with the -wal and -shm files next to it)
      """
    case .notOfARun:
      """
      \(self). Move it away if it is yours, or choose another folder with --run; to keep a run on another disk, let the \
      whole folder be a link
      """
    case .notShared: "\(self). Begin a new run with `--shared`, in another folder"
    case .inUse: "\(self). Stop that one first, or choose another folder with --run"
    case .isTrained(let path):
      """
      \(self). To end all processes that train it:
        poptrain stop \(shellPath(path))
      """
    case .changed(let path, let changes):
      """
      \(self)
      A run keeps the rules it was started with. Undo the change\(RunError.seedHint(changes)), start a new run with \
      --run DIR, or resume it as it was started:
        poptrain run \(shellPath(path))
      """
    case .trainerMissing(let path, _, let found):
      """
      \(self). Nothing was started. \
      \(found.map { "To continue at its new place:\n  \(RunError.command($0, path))" }
        ?? "Restore it, or resume the run with the experiment file at its new place: poptrain run FILE --run \(shellPath(path))")
      """
    case .moved(let path, _, _, let found):
      """
      \(self). Nothing was started. Choose the trainer to use from now on:
      \(found.map { "  " + RunError.command($0, path) }.joined(separator: "\n"))
      """
    case .sameExperiment(let path, let found, _, let command):
      """
      \(self). Nothing was started. To resume that one:
        \(command) --run \(shellPath(found))
      For a new one, write a `name` into the file, or:
        \(command) --run \(shellPath(path))
      """
    case .link(_, let target):
      """
      \(self). Remove the run that it leads to, then the link:
        poptrain remove \(shellPath(target))
      """
    case .needsCheckpoints(let path):
      """
      \(self). To begin it, name a folder for its checkpoints, which all machines have at the same path, or s3://bucket/prefix:
        poptrain run experiment.yaml --run \(shellPath(path)) --checkpoints /shared/checkpoints/x
      """
    case .store(.noAnswer): "\(self). Nothing was changed; try again when it answers"
    case .notReported: "\(self); name one of these with --report, or report it"
    case .cannotOverride, .cannotWrite, .writeFailed, .wrongPlace, .cannotRead, .tooFewGPUs, .inProcess, .cannotRemove,
      .cannotRerun,
      .cannotReplay, .cannotStop, .store:
      "\(self)"
    }
  }

  /// The command that resumes a run with an experiment file.
  private static func command(_ file: FittingFile, _ run: String) -> String {
    "poptrain run \(shellPath(file.path)) --run \(shellPath(run))" + (file.seed.map { " --seed \($0)" } ?? "")
  }

  /// How to undo a change of the seed, which the command line may have said.
  private static func seedHint(_ changes: [Change]) -> String {
    changes.first { $0.key == "seed" }?.old.map { " (pass --seed \($0))" } ?? ""
  }
}
