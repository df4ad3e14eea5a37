internal import Foundation
internal import PopulationBasedTraining

/// Reads a whole experiment file. Everything is read before anything is given up, so that one attempt finds all that
/// is wrong.
struct ExperimentReader {
  let path: String
  let programs: Programs?

  static let keys = [
    "name", "trainer", "metric", "mode", "population_size", "steps", "interval", "perturbation_interval", "workers",
    "seed", "hyperparameters", "exploit", "explore", "order", "durability", "max_failures", "hang_timeout",
    "stop_timeout", "resources",
  ]
  static let resourceKeys = ["gpus", "workers_per_gpu", "cpus"]

  func experiment(_ root: Item) -> Experiment? {
    guard let file = Section(root, known: Self.keys, kind: "a key of an experiment file") else { return nil }

    let name = file.optional("name", default: defaultName) { self.name($0) }
    let metric = file.required("metric", remedy: "name the number to compare: `metric: accuracy`") { nonEmpty($0) }
    let why = " (there is no default, since a loss that is maximized ruins a night)"
    let mode: Rules.Mode? = file.required("mode", remedy: "write `mode: max` or `mode: min`" + why) {
      $0.word(because: why)
    }
    let populationSize = file.optional("population_size", default: 20) { $0.integer(from: 2, to: 100_000) }
    let steps = file.required("steps", remedy: "write what each member trains: `steps: 10_000`") {
      $0.integer(from: 1, to: 1 << 40)
    }
    let interval = interval(file, steps: steps)
    let workers = file.optional("workers", default: .auto) { self.workers($0) }
    let seed = file.optional("seed", default: 0) { $0.integer(from: 0) }

    let exploit = file.optional("exploit", default: ExploitRules.standard) {
      RuleReader(rules: ExploitRules.all.map { $0 }, kind: "an exploit rule").rule($0)
    }
    let explore = file.optional("explore", default: ExploreRules.standard) {
      RuleReader(rules: ExploreRules.all.map { $0 }, kind: "an explore rule").rule($0)
    }
    let names = file.required(
      "hyperparameters", remedy: "write for example `learning_rate: {log_uniform: [1e-4, 1.0]}`"
    ) {
      Section($0, known: nil, kind: "a hyperparameter")
    }
    let hyperparameters = names.map { HyperparameterReader(populationSize: populationSize).hyperparameters($0) }
    let trainer = file.required("trainer", remedy: "write for example `trainer: {command: [python3, train.py]}`") {
      let searched = hyperparameters?.filter(\.domain.isSearched).map(\.name) ?? []
      return TrainerReader(hyperparameters: names, searched: searched, programs: programs, folder: folder).trainer($0)
    }
    if let names, let hyperparameters, hyperparameters.count == names.entries.count, let exploit {
      requireSearched(hyperparameters, names.item, exploit)
    }

    let order: Rules.Order? = file.optional("order", default: .asynchronous) { $0.word() }
    let durability: Experiment.Durability? = file.optional("durability", default: .durable) { $0.word() }
    let maxFailures = file.optional("max_failures", default: 3) { $0.integer(from: 1) }
    let hangTimeout = file.optional("hang_timeout", default: .seconds(1800)) { $0.duration(from: .milliseconds(1)) }
    let stopTimeout = file.optional("stop_timeout", default: .seconds(60)) { $0.duration(from: .zero) }
    let resources = file.optional("resources", default: Experiment.Resources(gpus: 0, workersPerGPU: 1)) {
      self.resources($0)
    }

    guard let name, let metric, let mode, let populationSize, let steps, let interval, let workers, let seed,
      let exploit, let explore, let hyperparameters, let trainer, let order, let durability, let maxFailures,
      let hangTimeout, let stopTimeout, let resources, root.findings.all.isEmpty
    else { return nil }
    return Experiment(
      name: name, trainer: trainer, metric: metric,
      rules: Rules(
        seed: UInt64(seed), populationSize: populationSize, steps: steps, interval: interval, mode: mode, order: order,
        space: Space(hyperparameters), exploit: exploit, explore: explore, maxFailures: maxFailures),
      workers: workers, resources: resources, durability: durability, hangTimeout: hangTimeout, stopTimeout: stopTimeout
    )
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

  private func nonEmpty(_ item: Item) -> String? {
    guard let text = item.text() else { return nil }
    if text.isEmpty { item.wrong("is empty", remedy: "write the name under which the trainer reports it") }
    return text
  }

  private func interval(_ file: Section, steps: Int?) -> Int? {
    if file["interval"] != nil, let other = file.place(of: "perturbation_interval") {
      file.item.findings.add(
        at: other, "`perturbation_interval` is another name for `interval`, which is there too",
        remedy: "remove one of them")
    }
    let key = file["interval"] == nil && file["perturbation_interval"] != nil ? "perturbation_interval" : "interval"
    return file.required(
      key, remedy: "write after how many steps a member compares itself with the others: `interval: 100`"
    ) {
      guard let interval = $0.integer(from: 1) else { return nil }
      if let steps, interval > steps {
        $0.wrong(
          "is \(interval), more than the \(steps) `steps` of a member", remedy: "a tenth of `steps` or less is usual")
      }
      return interval
    }
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

  private func requireSearched(_ hyperparameters: [Hyperparameter], _ item: Item, _ exploit: RuleChoice) {
    if exploit.name != "none", !hyperparameters.contains(where: \.domain.isSearched) {
      item.wrong(
        "has only fixed values, so there is nothing to search",
        remedy: "give one of them a range, such as `{uniform: [0.0, 1.0]}`; or write `exploit: none` to train copies")
    }
  }
}
