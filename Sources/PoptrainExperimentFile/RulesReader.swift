internal import PopulationBasedTraining

/// Reads what becomes ``Rules``: how members are scored, how long they train, and who copies whom.
struct RulesReader {
  let file: Section
  /// The version of the rules where the file does not say.
  let version: Int
  /// Whether a run has recorded it, whose population may have grown or shrunk since: then lists need not have one entry for
  /// each member, and one may train on alone; and what it does not say is as it was before it could be said.
  var isRecorded = false

  /// The rules. Where a key is wrong or missing, which has been reported, they have some default.
  ///
  /// - Parameter hyperparameters: the names with their values; nothing, where they are not even a mapping.
  func rules(over hyperparameters: Section?) -> Rules {
    var rules = Rules(populationSize: 20, steps: 1, interval: 1, mode: .max, space: Space([]))
    rules.version = version
    file.read("rules_version", into: &rules.version) { $0.integer(from: 1, to: Rules.currentVersion) }
    readScore(into: &rules)
    let populationSize = readPopulation(into: &rules)
    readBudget(into: &rules)
    let exploit = readSelection(into: &rules)
    if let hyperparameters {
      rules.space = space(hyperparameters, populationSize: populationSize, seed: rules.seed)
      if let exploit, rules.space.hyperparameters.count == hyperparameters.entries.count {
        requireSearched(rules.space, hyperparameters.item, exploit)
      }
    }
    if let exploit, !isRecorded {
      if let populationSize { requireCompany(populationSize, exploit) }
      requireParts(rules.subpopulationCount, exploit)
    }
    return rules
  }

  // MARK: The budget of a member

  private func readBudget(into rules: inout Rules) {
    let steps = file.required("steps", remedy: "write what each member trains: `steps: 10_000`") {
      $0.integer(from: 1, to: 1 << 40)
    }
    rules.steps = steps ?? rules.steps
    let interval = file.required(
      file.key("interval", or: "perturbation_interval"),
      remedy: "write after how many steps a member compares itself with the others: `interval: 100`"
    ) {
      self.interval($0, steps: steps)
    }
    rules.interval = interval ?? rules.interval
    file.read(file.key("burn_in", or: "burn_in_period"), into: &rules.burnIn) { burnIn($0, steps: steps) }
  }

  private func interval(_ item: Item, steps: Int?) -> IntervalLength? {
    switch item.content {
    case .scalar:
      return length(item, steps: steps).map { .every($0) }
    case .list:
      return item.list(of: 1...Int.max, example: "[20, 40, 80]") { length($0, steps: steps) }.map { .listed($0) }
    case .mapping:
      let example = "[20, 100]"
      let section = Section(item, known: ["linear"], kind: "a way to change `interval`", prefix: "interval.")
      guard let section, !section.hasUnknownKeys else { return nil }
      return section.required("linear", remedy: "write for example `interval: {linear: \(example)}`") { ends in
        ends.list(of: 2...2, example: example) { length($0, steps: steps) }.map { .linear(from: $0[0], to: $0[1]) }
      }
    }
  }

  private func length(_ item: Item, steps: Int?) -> Int? {
    guard let length = item.integer(from: 1) else { return nil }
    if let steps, length > steps {
      item.wrong(
        "is \(length), more than the \(steps) `steps` of a member", remedy: "a tenth of `steps` or less is usual")
    }
    return length
  }

  private func burnIn(_ item: Item, steps: Int?) -> Int? {
    guard let burnIn = item.integer(from: 0) else { return nil }
    if let steps, burnIn >= steps {
      item.wrong(
        "is \(burnIn), and a member trains \(steps) `steps`: it would never decide",
        remedy: "a few times `interval` is usual")
    }
    return burnIn
  }

  // MARK: Selection

  /// Reads who copies whom, and what becomes of the copy.
  ///
  /// - Returns: the exploit rule; nothing, if it is wrong.
  private func readSelection(into rules: inout Rules) -> RuleChoice? {
    let exploit = file.optional("exploit", default: rules.exploit) { RuleReader.exploit.rule($0) }
    rules.exploit = exploit ?? rules.exploit
    file.read("improvement_gap", into: &rules.improvementGap, improvementGap)
    file.read("inherit", into: &rules.inherit) { $0.word() }
    file.read("explore", into: &rules.explore) { RuleReader.explore.rule($0) }
    file.read("bounds", into: &rules.bounds) { $0.word() }
    file.read("evaluate_copies", into: &rules.evaluatesCopies) { $0.boolean() }
    rules.order = .asynchronous(copiesYounger: rules.version == 1)
    file.read("order", into: &rules.order) { order($0, version: rules.version) }
    file.read("compare", into: &rules.compare) { $0.word() }
    file.read("max_failures", into: &rules.maxFailures) { $0.integer(from: 1) }
    return exploit
  }

  static let gapKeys = ["absolute", "deviations"]

  private func improvementGap(_ item: Item) -> Rules.ImprovementGap? {
    guard case .mapping = item.content else { return item.number(from: 0).map { Rules.ImprovementGap(absolute: $0) } }
    guard
      let section = Section(
        item, known: Self.gapKeys, kind: "a setting of `improvement_gap`", prefix: "improvement_gap.")
    else { return nil }
    var gap = Rules.ImprovementGap()
    section.read("absolute", into: &gap.absolute) { $0.number(from: 0) }
    section.read("deviations", into: &gap.deviations) { $0.number(from: 0) }
    return gap
  }

  private enum OrderName: String, CaseIterable {
    case asynchronous, synchronous
  }

  private func order(_ item: Item, version: Int) -> Rules.Order? {
    guard case .mapping = item.content else {
      let name: OrderName? = item.word()
      return name.map { $0 == .synchronous ? .synchronous : .asynchronous(copiesYounger: version == 1) }
    }
    let names = OrderName.allCases.map(\.rawValue)
    let orders = Section(item, known: names, kind: "an order with settings", prefix: "order.")
    let only = orders?.only("order", example: "order: {synchronous: {fraction: 0.75}}")
    guard let (name, settings) = only else { return nil }
    let kind = "a setting of `\(name)`"
    if name == OrderName.synchronous.rawValue {
      let section = Section(settings, known: ["fraction"], kind: kind, prefix: "synchronous.")
      return section?.optional("fraction", default: .synchronous) { item in
        item.number(from: 0.001, to: 1).map { .synchronous(fraction: $0) }
      }
    }
    let section = Section(settings, known: ["younger_donors"], kind: kind, prefix: "asynchronous.")
    return section?.optional("younger_donors", default: .asynchronous(copiesYounger: version == 1)) { item in
      item.boolean().map { .asynchronous(copiesYounger: $0) }
    }
  }

  // MARK: The space

  private func space(_ names: Section, populationSize: Int?, seed: UInt64) -> Space {
    let hyperparameters = HyperparameterReader(populationSize: isRecorded ? nil : populationSize).hyperparameters(names)
    let reader = ConstraintReader(
      names: names.entries.map(\.key), space: Space(hyperparameters), populationSize: populationSize, seed: seed)
    return Space(hyperparameters, constraints: file["constraints"].flatMap { reader.constraints($0) } ?? [])
  }

  private func requireSearched(_ space: Space, _ item: Item, _ exploit: RuleChoice) {
    if ExploitRules.rule(exploit).needsSearch, !space.hyperparameters.contains(where: \.domain.isSearched) {
      item.wrong(
        "has only fixed values, so there is nothing to search",
        remedy: "give one of them a range, such as `{uniform: [0.0, 1.0]}`; or write `exploit: none` to train copies")
    }
  }

  private func requireCompany(_ populationSize: Int, _ exploit: RuleChoice) {
    if populationSize == 1, !ExploitRules.rule(exploit).copiesNobody {
      file["population_size"]?.wrong(
        "is 1, and `\(exploit.name)` compares a member with others",
        remedy: "write at least 2, or `exploit: none` to train one member alone")
    }
  }

  private func requireParts(_ count: Int, _ exploit: RuleChoice) {
    let fewest = ExploitRules.rule(exploit).fewestSubpopulations
    // A list of parts that is wrong has been reported.
    guard count < fewest, file["subpopulations"] == nil || count > 1 else { return }
    file["exploit"]?.wrong(
      "is `\(exploit.name)`, which needs a population of at least \(fewest) parts",
      remedy: "write how many: `subpopulations: \(fewest)`")
  }
}
