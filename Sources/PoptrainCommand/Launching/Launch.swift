import PoptrainExperimentFile

/// Processes that are to train one run together. Each engine starts them in its own way.
struct Launch: Hashable, Sendable {
  /// The name of the experiment.
  let name: String
  /// How many processes there are.
  let processes: Int
  /// How many workers train in each: those that share a GPU.
  let workersPerProcess: Int
  /// The GPUs of each process.
  let gpus: Int
  /// The processors of each process; none where the experiment does not say.
  let cpus: Int?
  /// What each process runs.
  let command: [String]
  /// Seconds from the warning that a process has to end until it is killed: `stop_timeout`, and a minute to publish and
  /// record what was saved.
  let grace: Int

  /// Divides workers into processes.
  ///
  /// - Parameters:
  ///   - workers: how many there are; a multiple of those that share a GPU.
  ///   - program: `poptrain`, where the processes find it.
  ///   - file: the experiment file, to begin a run or join it; none joins a run that has begun.
  ///   - place: where the run is, for all of them.
  ///   - checkpoints: where a new run in a database has its checkpoints.
  init(
    _ experiment: Experiment, workers: Int, program: String, file: String?, place: String, checkpoints: String?
  ) {
    let resources = experiment.resources
    name = experiment.name
    workersPerProcess = resources.workersPerGPU
    processes = workers / workersPerProcess
    gpus = resources.gpus
    cpus = resources.cpus.map { [workersPerProcess] in $0 * workersPerProcess }
    let begin = file.map { file in
      [program, "run", file, "--shared", "--run", place] + (checkpoints.map { ["--checkpoints", $0] } ?? [])
    }
    let start = begin ?? [program, "worker", place]
    command = start + ["--workers", "\(workersPerProcess)"]
    grace = Int(experiment.stopTimeout.components.seconds) + 60
  }

  /// The name as engines want it: lowercase letters, digits and hyphens, a letter first, at most 40 of them.
  var plainName: String {
    let words = name.lowercased().unicodeScalars.split { !("a"..."z" ~= $0 || "0"..."9" ~= $0) }.map(String.init)
    let isPlain = words.first?.first?.isLetter == true
    let plain = ((isPlain ? [] : ["run"]) + words).joined(separator: "-")
    return plain.prefix(40).split(separator: "-").joined(separator: "-")
  }
}
