internal import PopulationBasedTraining

/// Reads `trainer`, and checks that its command can be run and is given every hyperparameter.
struct TrainerReader {
  /// All hyperparameters; nothing, if it is not known what they are.
  let hyperparameters: Section?
  /// The names of those that are searched or follow a schedule.
  let changing: [String]
  /// Where to look for the program; nowhere, if it need not be there.
  let programs: Programs?
  /// The folder in which the trainer runs.
  let folder: String

  static let keys = ["command", "env", "intervals_per_process", "kind", "total_steps"]
  private static let scripts = [".py", ".sh", ".pl", ".rb", ".R", ".jl", ".js", ".lua"]

  /// The trainer, and what it is told the budget of a member is where that is not `steps`.
  func trainer(_ item: Item) -> (Experiment.Trainer, totalSteps: Schedule?)? {
    guard let section = Section(item, known: Self.keys, kind: "a key of `trainer`", prefix: "trainer.") else {
      return nil
    }
    let arguments = section.required("command", remedy: "write for example `command: [python3, train.py]`") {
      command($0)
    }
    let environment = section.optional("env", default: [:]) { self.environment($0) }
    let intervalsPerProcess = section["intervals_per_process"].flatMap { $0.integer(from: 1) }
    let kind: Experiment.Trainer.Contract? = section["kind"].flatMap { $0.word() }

    guard let arguments, let command = section["command"] else { return nil }
    let texts = arguments.map(\.text)
    let contract = kind ?? (texts.contains { $0.contains(where: "{}".contains) } ? .command : .session)
    if contract == .command {
      refuseReservedNames()
      checkTemplate(arguments, of: command)
      if let key = section["intervals_per_process"] {
        key.wrong(
          "has no meaning for a command, which is a process per interval anyway",
          remedy: "remove it; or write `kind: session` if the braces in the command are no placeholders")
      }
    }
    if contract != .inProcess { checkProgram(arguments, searchPath: environment?["PATH"]) }
    guard let environment else { return nil }
    let trainer = Experiment.Trainer(
      command: texts, environment: environment, intervalsPerProcess: intervalsPerProcess, contract: contract)
    return (trainer, section["total_steps"].flatMap(totalSteps))
  }

  /// What the trainer is told of its budget: a number, or another one from some ages on.
  private func totalSteps(_ item: Item) -> Schedule? {
    func told(_ item: Item) -> Value? { item.integer(from: 1, to: 1 << 40).map { .integer($0) } }
    guard case .mapping = item.content else { return told(item).map { Schedule([(age: 0, value: $0)]) } }
    return ScheduleReader(example: "{0: 1000, 600: 2000}").schedule(item) { items in
      let values = items.compactMap(told)
      return values.count == items.count ? values : nil
    }
  }

  private typealias Argument = (item: Item, text: String)

  private func command(_ item: Item) -> [Argument]? {
    let example = "command: [python3, train.py]"
    if case .scalar(let written, _) = item.content, !written.isEmpty {
      let words = written.split(separator: " ").map { yamlText(String($0)) }
      item.wrong("must be a list, not \(item.shown)", remedy: "write `command: [\(words.joined(separator: ", "))]`")
      return nil
    }
    let arguments = item.list(of: 1...Int.max, example: example) { entry in
      entry.text().map { (item: entry, text: $0) }
    }
    if let program = arguments?.first, program.text.isEmpty {
      program.item.wrong("is empty", remedy: "write the program, for example `\(example)`")
      return nil
    }
    return arguments
  }

  private func environment(_ item: Item) -> [String: String]? {
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

  private func refuseReservedNames() {
    let reserved = Set(CommandTemplate.reserved).subtracting(CommandTemplate.mayBeHyperparameter)
    for (name, place, value) in hyperparameters?.entries ?? [] where reserved.contains(name) {
      value.findings.add(
        at: place,
        "a hyperparameter of a command cannot be called \(quoted(name)): `{\(name)}` is a placeholder of ours",
        remedy: "choose another name, such as `my_\(name)`")
    }
  }

  private func checkTemplate(_ arguments: [Argument], of command: Item) {
    let literally =
      "write `kind: session` beside the command if it has no placeholders; in a command, a brace is written twice"
    let names = hyperparameters?.entries.map(\.key)
    var placeholders: Set<String> = []
    var isWhole = true
    for argument in arguments {
      do {
        let found = try CommandTemplate([argument.text]).placeholders
        for name in found.sorted() where !CommandTemplate.known.contains(name) {
          guard let names, !names.contains(name) else { continue }
          isWhole = false
          let meant = suggestion(for: name, among: CommandTemplate.known + names)
          argument.item.wrong(
            "has the placeholder \(quoted("{\(name)}")), which is neither a hyperparameter nor one of ours",
            remedy: meant.map { "did you mean `{\($0)}`?" } ?? literally)
        }
        placeholders.formUnion(found)
      } catch {
        isWhole = false
        switch error {
        case .unbalancedBrace: argument.item.wrong("has a brace without its other half", remedy: literally)
        case .argsNotAlone:
          argument.item.wrong(
            "has `{args}` within other text", remedy: "make `{args}` an entry of its own; it becomes several")
        }
      }
    }
    guard isWhole else { return }  // What is missing may be what is misspelt.
    if !placeholders.contains("save") {
      command.wrong(
        "never names `{save}`, the folder to save into",
        remedy: "add an entry such as `--save={save}`; or write `kind: session` if the command has no placeholders")
    }
    if placeholders.isDisjoint(with: ["args", "hyperparameters"]) {
      for name in changing where !placeholders.contains(name) {
        command.wrong(
          "does not give the trainer the hyperparameter \(quoted(name))",
          remedy: "add `{args}`, which gives all of them as `--name=value`, or `{\(name)}` where the value belongs")
      }
    }
  }

  private func checkProgram(_ arguments: [Argument], searchPath: String?) {
    guard var programs, let program = arguments.first else { return }
    programs.searchPath = searchPath ?? programs.searchPath
    if !program.text.contains("{"), programs.find(program.text, in: folder) == nil {
      if !program.text.contains("/") {
        program.item.wrong(
          "names the program \(quoted(program.text)), which is not in `PATH`",
          remedy: "install it, activate its environment, or write its path: `./\(program.text)` is one in this folder")
      } else if programs.isFile(programs.absolute(program.text, in: folder)) {
        program.item.wrong(
          "names \(quoted(program.text)), which is not executable",
          remedy: "make it executable (`chmod +x`), or put its interpreter before it")
      } else {
        program.item.wrong(
          "names \(quoted(program.text)), and there is no such file",
          remedy: "paths are relative to the folder of this file")
      }
    }
    if let script = arguments.dropFirst().first(where: { !$0.text.hasPrefix("-") }),
      Self.scripts.contains(where: script.text.hasSuffix), !script.text.contains(where: { "{ ".contains($0) }),
      !programs.isFile(programs.absolute(script.text, in: folder))
    {
      script.item.wrong(
        "names \(quoted(script.text)), and there is no such file",
        remedy: "paths are relative to the folder of this file")
    }
  }
}

/// What is wrong with a name, as the predicate of a sentence.
///
/// Control characters and great lengths are refused since a name must fit on one line of YAML, of a log and of a table.
func problem(withName name: String, forbidden: String) -> String? {
  if name.isEmpty { return "is empty" }
  let longest = Experiment.longestName
  if name.utf8.count > longest { return "has more than \(longest) bytes" }
  for scalar in name.unicodeScalars {
    if scalar.properties.generalCategory == .control || scalar == "\u{FEFF}" { return "has a control character" }
    if forbidden.unicodeScalars.contains(scalar) { return "has \(quoted(String(scalar))) in it" }
  }
  return nil
}
