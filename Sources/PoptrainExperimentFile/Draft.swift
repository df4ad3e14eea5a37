internal import PopulationBasedTraining

/// An experiment while its file is read.
struct Draft {
  /// What has been read, with the defaults of the rest.
  var experiment: Experiment
  /// The whole file.
  let file: Section
  /// Where it comes from.
  let reader: ExperimentReader
  /// The mappings that have been read, by their keys.
  var sections: [String: Section] = [:]
  /// The keys that are wrong or missing, which has been reported: what depends on them cannot be judged.
  var wrong: Set<String> = []

  /// The number of members, unless it is wrong.
  var populationSize: Int? { right("population_size", \.rules.populationSize) }
  /// What a member trains, unless it is wrong.
  var steps: Int? { right("steps", \.rules.steps) }
  /// The metric, unless it is wrong.
  var metric: String? { right("metric", \.rules.metric) }

  func right<T>(_ key: String, _ property: KeyPath<Experiment, T>) -> T? {
    wrong.contains(key) ? nil : experiment[keyPath: property]
  }

  /// Reads the keys of a mapping; reports what is not one, and then returns false.
  mutating func read(_ keys: [Key], of name: String, kind: String = "a key", in item: Item) -> Bool {
    let section = Section(item, known: keys.flatMap(\.names), kind: "\(kind) of `\(name)`", prefix: "\(name).")
    guard let section else { return false }
    sections[name] = section
    for key in keys { key.read(from: section, into: &self) }
    return true
  }

  // MARK: What keys say together

  /// Reports what does not go together.
  func check() {
    if let trainer = sections["trainer"] { TrainerCheck(draft: self).check(trainer) }
    checkResources()
    guard let exploit = right("exploit", \.rules.exploit) else { return }
    let rule = ExploitRules.rule(exploit)
    if rule.needsSearch { requireSearched() }
    if reader.isRecorded { return }
    if let populationSize, !rule.copiesNobody { requireCompany(populationSize, rule) }
    requireParts(experiment.rules.subpopulationCount, rule)
  }

  private func checkResources() {
    let resources = experiment.resources
    guard resources.workersPerGPU > 1, resources.gpus != 1, wrong.isDisjoint(with: ["gpus", "workers_per_gpu"]) else {
      return
    }
    sections["resources"]?["workers_per_gpu"]?.wrong(
      "is \(resources.workersPerGPU) while `gpus` is \(resources.gpus)",
      remedy: "write `gpus: 1`; only workers that use one GPU each can share it")
  }

  private func requireSearched() {
    let hyperparameters = experiment.rules.space.hyperparameters
    guard let section = sections["hyperparameters"], section.entries.count == hyperparameters.count,
      !hyperparameters.contains(where: \.domain.isSearched)
    else { return }
    section.item.wrong(
      "has only fixed values, so there is nothing to search",
      remedy: "give one of them a range, such as `{uniform: [0.0, 1.0]}`; or write `exploit: none` to train copies")
  }

  private func requireCompany(_ populationSize: Int, _ exploit: any ExploitRule.Type) {
    if populationSize == 1 {
      file["population_size"]?.wrong(
        "is 1, and `\(exploit.name)` compares a member with others",
        remedy: "write at least 2, or `exploit: none` to train one member alone")
    }
  }

  private func requireParts(_ count: Int, _ exploit: any ExploitRule.Type) {
    let fewest = exploit.fewestSubpopulations
    // A list of parts that is wrong has been reported.
    guard count < fewest, file["subpopulations"] == nil || count > 1 else { return }
    file["exploit"]?.wrong(
      "is `\(exploit.name)`, which needs a population of at least \(fewest) parts",
      remedy: "write how many: `subpopulations: \(fewest)`")
  }
}
