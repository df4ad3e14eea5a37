internal import PopulationBasedTraining

extension Kind<[String]> {
  static var command: Kind {
    Kind("list of strings", read: { item, _ in readCommand(item) }, yaml: { yamlList($0.map(yamlText)) })
  }

  private static func readCommand(_ item: Item) -> [String]? {
    let example = "command: [python3, train.py]"
    if case .scalar(let written, _) = item.content, !written.isEmpty {
      let words = written.split(separator: " ").map { yamlText(String($0)) }
      item.wrong("must be a list, not \(item.shown)", remedy: "write `command: [\(words.joined(separator: ", "))]`")
      return nil
    }
    guard let entries = item.list(of: 1...Int.max, example: example) else { return nil }
    let arguments = entries.compactMap { $0.text() }
    if arguments.first == "", arguments.count == entries.count {
      entries[0].wrong("is empty", remedy: "write the program, for example `\(example)`")
      return nil
    }
    return arguments.count == entries.count ? arguments : nil
  }
}

extension Experiment.Trainer {
  /// The command; braces make it a template, unless `kind`, which is read after it, says otherwise.
  var template: [String] {
    get { command }
    set {
      command = newValue
      contract = newValue.contains { $0.contains(where: "{}".contains) } ? .command : .session
    }
  }
}

extension Kind<[String: String]> {
  static var environment: Kind {
    Kind(
      "mapping of strings", read: { item, _ in readEnvironment(item) },
      yaml: { yamlMapping($0.sorted { $0.key < $1.key }.map { (yamlText($0.key), yamlText($0.value)) }) })
  }

  private static func readEnvironment(_ item: Item) -> [String: String]? {
    guard let section = Section(item, known: nil, kind: "a variable", prefix: "trainer.env.") else { return nil }
    var environment: [String: String] = [:]
    for (name, place, value) in section.entries {
      if let problem = problem(withName: name, forbidden: "=") {
        item.findings.add(at: place, "the variable \(quoted(name)) \(problem)", remedy: "choose another name")
      } else if let text = value.text() {
        environment[name] = text
      }
    }
    return environment.count == section.entries.count ? environment : nil
  }
}

extension Kind<Schedule> {
  /// What the trainer is told of its budget: a number, or another one from some ages on.
  static var totalSteps: Kind {
    Kind(
      "integer, 1 to 2^40, or a mapping from ages to integers", read: { item, _ in readTotalSteps(item) },
      yaml: { $0.totalStepsYAML })
  }

  private static func readTotalSteps(_ item: Item) -> Schedule? {
    func told(_ item: Item) -> Value? { item.integer(from: 1, to: 1 << 40).map { .integer($0) } }
    guard case .mapping = item.content else { return told(item).map { Schedule([(age: 0, value: $0)]) } }
    return ScheduleReader(example: "{0: 1000, 600: 2000}").schedule(item) { items in
      let values = items.compactMap(told)
      return values.count == items.count ? values : nil
    }
  }
}

extension Kind<Experiment.Workers> {
  static var workers: Kind { Kind("integer, or `auto`", read: { item, _ in readWorkers(item) }, yaml: { $0.yaml }) }

  private static func readWorkers(_ item: Item) -> Experiment.Workers? {
    if case .scalar("auto", _) = item.content { return .auto }
    if case .scalar(let written, _) = item.content, case .text(let text) = Scalar(written), Int(text) == nil {
      item.wrong(
        "must be an integer of at least 1 or `auto`, not \(item.shown)", remedy: "write `auto` or a number")
      return nil
    }
    return item.integer(from: 1, to: 100_000).map { .count($0) }
  }
}
