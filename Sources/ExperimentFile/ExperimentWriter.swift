internal import PopulationBasedTraining

extension Experiment {
  /// The experiment as a file, with every default filled in. Reading it gives the same experiment.
  public var yaml: String {
    var lines: [String] = []
    var section: String?
    for entry in entries {
      if let name = entry.section, name != section { lines.append("\(name):") }
      section = entry.section
      lines.append(section == nil ? "\(entry.key): \(entry.value)" : "  \(yamlText(entry.key)): \(entry.value)")
    }
    return lines.joined(separator: "\n") + "\n"
  }

  /// A line of the file.
  struct Entry {
    /// The key that this one is indented under.
    var section: String?
    var key: String
    /// The value as it is written.
    var value: String
  }

  /// What the file says, in the order in which it is written.
  var entries: [Entry] {
    func top(_ key: String, _ value: String) -> Entry { Entry(section: nil, key: key, value: value) }
    func inTrainer(_ key: String, _ value: String) -> Entry { Entry(section: "trainer", key: key, value: value) }

    var entries = [top("name", yamlText(name)), inTrainer("command", yamlList(trainer.command.map(yamlText)))]
    if !trainer.environment.isEmpty {
      let variables = trainer.environment.sorted { $0.key < $1.key }
      entries.append(inTrainer("env", yamlMapping(variables.map { (yamlText($0.key), yamlText($0.value)) })))
    }
    if let count = trainer.intervalsPerProcess { entries.append(inTrainer("intervals_per_process", "\(count)")) }
    entries += [
      inTrainer("kind", trainer.contract.rawValue),
      top("metric", yamlText(metric)),
      top("mode", rules.mode.rawValue),
      top("population_size", "\(rules.populationSize)"),
      top("steps", "\(rules.steps)"),
      top("interval", "\(rules.interval)"),
      top("workers", workers.yaml),
      top("seed", "\(rules.seed)"),
    ]
    let hyperparameters = rules.space.hyperparameters
    entries += hyperparameters.map { Entry(section: "hyperparameters", key: $0.name, value: $0.yaml) }
    if hyperparameters.isEmpty { entries.append(top("hyperparameters", "{}")) }
    return entries + [
      top("exploit", rules.exploit.yaml(ExploitRules.all.map { $0 })),
      top("explore", rules.explore.yaml(ExploreRules.all.map { $0 })),
      top("order", rules.order.rawValue),
      top("durability", durability.rawValue),
      top("max_failures", "\(rules.maxFailures)"),
      top("hang_timeout", hangTimeout.shown),
      top("stop_timeout", stopTimeout.shown),
      top("resources", resources.yaml),
    ]
  }
}

extension Experiment.Workers {
  fileprivate var yaml: String {
    switch self {
    case .auto: "auto"
    case .count(let count): "\(count)"
    }
  }
}

extension Experiment.Resources {
  fileprivate var yaml: String {
    let threads = cpus.map { [("cpus", "\($0)")] } ?? []
    return yamlMapping([("gpus", "\(gpus)"), ("workers_per_gpu", "\(workersPerGPU)")] + threads)
  }
}

extension Hyperparameter {
  fileprivate var yaml: String {
    switch domain {
    case .fixed(let value): value.yaml
    case .uniform(let low, let high): yamlMapping([("uniform", "[\(low), \(high)]")], extras)
    case .logUniform(let low, let high): yamlMapping([("log_uniform", "[\(low), \(high)]")], extras)
    case .integer(let low, let high): yamlMapping([("integer", "[\(low), \(high)]")], extras)
    case .ordered(let values): yamlMapping([("ordered", yamlList(values.map(\.yaml)))], extras)
    case .choice(let values): yamlMapping([("choice", yamlList(values.map(\.yaml)))], extras)
    case .perMember(let values): yamlMapping([("per_member", yamlList(values.map(\.yaml)))])
    }
  }

  private var extras: [(String, String)] {
    (initial.map { [("initial", $0.yaml)] } ?? []) + (isStructural ? [("structural", "true")] : [])
  }
}

extension RuleChoice {
  /// The rule with its settings in the order in which it declares them.
  fileprivate func yaml(_ rules: [any Rule.Type]) -> String {
    let order = rules.first { $0.name == name }?.settings.map(\.name) ?? settings.keys.sorted()
    guard !order.isEmpty else { return name }
    return yamlMapping([
      (name, yamlMapping(order.compactMap { key in settings[key].map { (key, $0.yaml) } }))
    ])
  }
}

extension Setting.Value {
  fileprivate var yaml: String {
    switch self {
    case .number(let number): "\(number)"
    case .numbers(let numbers): "\(numbers)"
    }
  }
}

extension Value {
  fileprivate var yaml: String {
    if case .text(let text) = self { yamlText(text) } else { description }
  }
}
