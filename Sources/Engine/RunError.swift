public import Store

/// Why a run could not be started or read.
public enum RunError: Error, CustomStringConvertible {
  /// There is no run in the folder.
  case notARun(path: String)
  /// The folder holds something else than a run, or a run whose database is lost.
  case notEmpty(path: String, found: String)
  /// Another process writes it.
  case inUse(path: String, holder: String)
  /// The experiment differs from the one that the run was started with.
  case changed(path: String, changes: [String])
  /// The folder cannot be written.
  case cannotWrite(path: String, reason: String)
  /// There are too few GPUs for the workers.
  case tooFewGPUs(workers: Int, needed: Int, visible: Int)
  /// An interval cannot be trained again, for this reason.
  case cannotRerun(String)
  /// The store cannot be used.
  case store(StoreError)

  /// What is wrong, and what to do.
  public var description: String {
    switch self {
    case .notARun(let path):
      "\(path) holds no run; `poptrain run experiment.yaml` starts one, in runs/<name>"
    case .notEmpty(let path, let found):
      """
      \(path) holds \(found), but no run that could go on; nothing was changed. Choose a new folder with --run, or, if \
      this was a run, bring its population.sqlite (with the files -wal and -shm beside it) back
      """
    case .inUse(let path, let holder):
      """
      \(path) is in use by \(holder); two engines cannot train one population. Stop that one first, or choose another \
      folder with --run
      """
    case .changed(let path, let changes):
      """
      the experiment has changed since \(path) was started:
      \(changes.map { "  " + $0 }.joined(separator: "\n"))
      A run keeps the rules it was started with. Undo the change to go on, or start a new run with --run DIR
      """
    case .cannotWrite(let path, let reason):
      "\(path) cannot be written: \(reason)"
    case .tooFewGPUs(let workers, let needed, let visible):
      """
      \(workers) workers need \(needed) GPUs, but \(visible) are visible; use fewer workers, or let several share a GPU \
      with `resources: {gpus: 1, workers_per_gpu: 2}`
      """
    case .cannotRerun(let reason):
      reason
    case .store(let error):
      "\(error)"
    }
  }
}
