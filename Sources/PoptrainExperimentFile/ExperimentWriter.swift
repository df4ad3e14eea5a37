internal import PopulationBasedTraining

extension Experiment {
  /// The experiment as a file, with every default filled in. Reading it gives the same experiment.
  package var yaml: String {
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

  /// What the file says, in the order in which it is written. What an older file cannot say is left out where it is the
  /// default, as it was then, so that a run which was recorded by an older version still says the same.
  var entries: [Entry] {
    var entries = [top("name", yamlText(name))] + trainer.entries + toldEntries + scoreEntries + budgetEntries
    entries += [top("workers", workers.yaml), top("seed", "\(rules.seed)")]
    let hyperparameters = rules.space.hyperparameters
    entries += hyperparameters.map { Entry(section: "hyperparameters", key: $0.name, value: $0.yaml) }
    if hyperparameters.isEmpty { entries.append(top("hyperparameters", "{}")) }
    return entries + selectionEntries + top("rules_version", "\(rules.version)", unless: rules.version == 1) + [
      top("durability", durability.rawValue),
      top("max_failures", "\(rules.maxFailures)"),
      top("hang_timeout", hangTimeout.shown),
      top("stop_timeout", stopTimeout.shown),
      top("resources", resources.yaml),
    ]
  }

  private var toldEntries: [Entry] {
    rules.totalSteps.map { [Entry(section: "trainer", key: "total_steps", value: $0.totalStepsYAML)] } ?? []
  }

  private var scoreEntries: [Entry] {
    [top("metric", yamlText(metric)), top("mode", rules.mode.rawValue)]
      + top("score", rules.score.yaml, unless: rules.score == .last)
      + top("objectives", yamlList(rules.objectives.map(\.yaml)), unless: rules.objectives.isEmpty)
      + top(
        "require", yamlList(rules.requirements.map { yamlText($0.description) }), unless: rules.requirements.isEmpty)
  }

  private var budgetEntries: [Entry] {
    let stop = stopPairs
    return [top("population_size", "\(rules.populationSize)")]
      + top("subpopulations", rules.subpopulations.yaml, unless: rules.subpopulations.isEmpty)
      + [top("steps", "\(rules.steps)"), top("interval", rules.interval.yaml)]
      + top("burn_in", "\(rules.burnIn)", unless: rules.burnIn == 0)
      + top("stop", yamlMapping(stop), unless: stop.isEmpty)
  }

  private var selectionEntries: [Entry] {
    let constraints = rules.space.constraints
    return top("constraints", yamlList(constraints.map { yamlText($0.description) }), unless: constraints.isEmpty)
      + [top("first_draws", rules.firstDraws.rawValue)]
      + top("bounds", rules.bounds.rawValue, unless: rules.bounds == .reflect)
      + [top("exploit", rules.exploit.yaml(ExploitRules.all.map { $0 }))]
      + top("improvement_gap", rules.improvementGap.yaml, unless: rules.improvementGap == Rules.ImprovementGap())
      + top("inherit", rules.inherit.rawValue, unless: rules.inherit == .both)
      + [top("explore", rules.explore.yaml(ExploreRules.all.map { $0 }))]
      + top("evaluate_copies", "true", unless: !rules.evaluatesCopies)
      + [top("order", rules.order.yaml(version: rules.version))]
      + top("compare", rules.compare.rawValue, unless: rules.compare == .latest)
  }

  private var stopPairs: [(String, String)] {
    [
      ("target", rules.stop.target.map { "\($0)" }), ("stagnation", rules.stop.stagnation.map { "\($0)" }),
      ("wall_clock", wallClock?.shown),
    ].compactMap { key, value in value.map { (key, $0) } }
  }
}

private func top(_ key: String, _ value: String) -> Experiment.Entry {
  Experiment.Entry(section: nil, key: key, value: value)
}

/// The entry, or none where it says what holds anyway.
private func top(_ key: String, _ value: String, unless isDefault: Bool) -> [Experiment.Entry] {
  isDefault ? [] : [top(key, value)]
}

extension Experiment.Trainer {
  fileprivate var entries: [Experiment.Entry] {
    func entry(_ key: String, _ value: String) -> Experiment.Entry {
      Experiment.Entry(section: "trainer", key: key, value: value)
    }
    var entries = [entry("command", yamlList(command.map(yamlText)))]
    if !environment.isEmpty {
      let variables = environment.sorted { $0.key < $1.key }
      entries.append(entry("env", yamlMapping(variables.map { (yamlText($0.key), yamlText($0.value)) })))
    }
    if let count = intervalsPerProcess { entries.append(entry("intervals_per_process", "\(count)")) }
    entries.append(entry("kind", contract.rawValue))
    return entries
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
