internal import Foundation
internal import PopulationBasedTraining

/// Reads a whole experiment file. Everything is read before anything is given up, so that one attempt finds all that
/// is wrong.
struct ExperimentReader {
  let path: String
  let programs: Programs?
  /// The version of the rules where the file does not say: a run that has recorded none is older than that key.
  let rulesVersion: Int
  /// Whether a run has recorded it, whose population may have grown or shrunk since.
  var isRecorded = false

  static let keys = [
    "name", "trainer", "metric", "mode", "score", "objectives", "require", "population_size", "subpopulations", "steps",
    "interval", "perturbation_interval", "burn_in", "burn_in_period", "stop", "workers", "seed", "hyperparameters",
    "constraints", "first_draws", "bounds", "exploit", "improvement_gap", "inherit", "explore", "evaluate_copies",
    "order", "compare", "durability", "max_failures", "hang_timeout", "stop_timeout", "resources", "rules_version",
  ]
  static let resourceKeys = ["gpus", "workers_per_gpu", "cpus"]

  func experiment(_ root: Item) -> Experiment? {
    guard let file = Section(root, known: Self.keys, kind: "a key of an experiment file") else { return nil }

    let name = file.optional("name", default: defaultName) { self.name($0) }
    let names = file.required(
      "hyperparameters", remedy: "write for example `learning_rate: {log_uniform: [1e-4, 1.0]}`"
    ) {
      Section($0, known: nil, kind: "a hyperparameter")
    }
    var rules = RulesReader(file: file, version: rulesVersion, isRecorded: isRecorded).rules(over: names)
    let stop = file["stop"].flatMap { StopReader().stop($0) }
    rules.stop = stop?.scores ?? rules.stop
    let trainer = file.required("trainer", remedy: "write for example `trainer: {command: [python3, train.py]}`") {
      let changing = rules.space.hyperparameters.filter(\.domain.isChanging).map(\.name)
      return TrainerReader(hyperparameters: names, changing: changing, programs: programs, folder: folder).trainer($0)
    }

    let workers = file.optional("workers", default: .auto) { self.workers($0) }
    let durability: Experiment.Durability? = file.optional("durability", default: .durable) { $0.word() }
    let hangTimeout = file.optional("hang_timeout", default: .seconds(1800)) { $0.duration(from: .milliseconds(1)) }
    let stopTimeout = file.optional("stop_timeout", default: .seconds(60)) { $0.duration(from: .zero) }
    let resources = file.optional("resources", default: Experiment.Resources(gpus: 0, workersPerGPU: 1)) {
      self.resources($0)
    }

    guard let name, let (trainer, totalSteps) = trainer, let workers, let durability, let hangTimeout, let stopTimeout,
      let resources,
      root.findings.all.isEmpty
    else { return nil }
    rules.totalSteps = totalSteps
    return Experiment(
      name: name, trainer: trainer, metric: rules.metric, rules: rules, workers: workers, resources: resources,
      durability: durability, hangTimeout: hangTimeout, stopTimeout: stopTimeout, wallClock: stop?.wallClock)
  }

  /// The folder of the file.
  private var folder: String {
    let components = path.split(separator: "/", omittingEmptySubsequences: false).dropLast()
    return components.isEmpty ? "." : components.joined(separator: "/")
  }

  /// The name of the file; of its folder, where the file is just called `experiment`.
  private var defaultName: String {
    let components = URL(fileURLWithPath: path).standardizedFileURL.path.split(separator: "/")
    let file = components.last.map { $0.prefix(upTo: $0.dropFirst().lastIndex(of: ".") ?? $0.endIndex) } ?? ""
    let name = String(file == "experiment" ? components.dropLast().last ?? file : file)
    return problem(withName: name, forbidden: "/") == nil && name != ".." ? name : "experiment"
  }

  private func name(_ item: Item) -> String? {
    guard let name = item.text() else { return nil }
    if let problem = [".", ".."].contains(name) ? "is \(quoted(name))" : problem(withName: name, forbidden: "/") {
      item.wrong(problem, remedy: "the run's folder gets this name: choose one that can be the name of a folder")
      return nil
    }
    return name
  }

  private func workers(_ item: Item) -> Experiment.Workers? {
    if case .scalar("auto", _) = item.content { return .auto }
    if case .scalar(let written, _) = item.content, case .text(let text) = Scalar(written), Int(text) == nil {
      item.wrong(
        "must be a whole number of at least 1 or `auto`, not \(item.shown)", remedy: "write `auto` or a number")
      return nil
    }
    return item.integer(from: 1, to: 100_000).map { .count($0) }
  }

  private func resources(_ item: Item) -> Experiment.Resources? {
    guard let section = Section(item, known: Self.resourceKeys, kind: "a key of `resources`", prefix: "resources.")
    else {
      return nil
    }
    let gpus = section.optional("gpus", default: 0) { $0.integer(from: 0, to: 10_000) }
    let workersPerGPU = section.optional("workers_per_gpu", default: 1) { $0.integer(from: 1, to: 10_000) }
    let cpus = section["cpus"].flatMap { $0.integer(from: 1, to: 10_000) }
    guard let gpus, let workersPerGPU else { return nil }
    if workersPerGPU > 1, gpus != 1 {
      section["workers_per_gpu"]?.wrong(
        "is \(workersPerGPU) while `gpus` is \(gpus)",
        remedy: "write `gpus: 1`; only workers that use one GPU each can share it")
    }
    return Experiment.Resources(gpus: gpus, workersPerGPU: workersPerGPU, cpus: cpus)
  }
}
