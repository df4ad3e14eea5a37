internal import PopulationBasedTraining

/// Checks that the command of a trainer can be run and is given every hyperparameter.
struct TrainerCheck {
  let draft: Draft

  private static let scripts = [".py", ".sh", ".pl", ".rb", ".R", ".jl", ".js", ".lua"]

  private typealias Argument = (item: Item, text: String)

  func check(_ section: Section) {
    guard let command = section["command"], case .list(let items) = command.content, !draft.wrong.contains("command")
    else { return }
    let trainer = draft.experiment.trainer
    let arguments = zip(items, trainer.command).map { (item: $0, text: $1) }
    if trainer.contract == .command {
      refuseReservedNames()
      checkTemplate(arguments, of: command)
      section["intervals_per_process"]?.wrong(
        "has no meaning for a command, which is a process per interval anyway",
        remedy: "remove it; or write `kind: session` if the braces in the command are not placeholders")
    }
    if trainer.contract != .inProcess {
      checkProgram(arguments, searchPath: trainer.environment["PATH"])
    }
  }

  private func refuseReservedNames() {
    let reserved = Set(CommandTemplate.reserved).subtracting(CommandTemplate.mayBeHyperparameter)
    for (name, place, value) in draft.sections["hyperparameters"]?.entries ?? [] where reserved.contains(name) {
      value.findings.add(
        at: place,
        "a hyperparameter of a command cannot be called \(quoted(name)): `{\(name)}` is a placeholder of ours",
        remedy: "choose another name, such as `my_\(name)`")
    }
  }

  private func checkTemplate(_ arguments: [Argument], of command: Item) {
    let literally =
      "write `kind: session` beside the command if it has no placeholders; in a command, a brace is written twice"
    let names = draft.sections["hyperparameters"]?.entries.map(\.key)
    let known = CommandTemplate.known + (names ?? [])
    let isKnown = Set(known)
    var placeholders: Set<String> = []
    var isWhole = true
    for argument in arguments {
      do {
        let found = try CommandTemplate([argument.text]).placeholders
        for name in found.sorted() where names != nil && !isKnown.contains(name) {
          isWhole = false
          argument.item.wrong(
            "has the placeholder \(quoted("{\(name)}")), which is neither a hyperparameter nor one of ours",
            remedy: suggestion(for: name, among: known).map { "did you mean `{\($0)}`?" } ?? literally)
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
      let hyperparameters = draft.experiment.rules.space.hyperparameters
      for name in hyperparameters.filter(\.domain.isChanging).map(\.name) where !placeholders.contains(name) {
        command.wrong(
          "does not give the trainer the hyperparameter \(quoted(name))",
          remedy: "add `{args}`, which gives all of them as `--name=value`, or `{\(name)}` where the value belongs")
      }
    }
  }

  private func checkProgram(_ arguments: [Argument], searchPath: String?) {
    guard var programs = draft.reader.programs, let program = arguments.first else { return }
    programs.searchPath = searchPath ?? programs.searchPath
    if !program.text.contains("{"), programs.find(program.text, in: draft.reader.folder) == nil {
      if !program.text.contains("/") {
        program.item.wrong(
          "names the program \(quoted(program.text)), which is not in `PATH`",
          remedy: "install it, activate its environment, or write its path: `./\(program.text)` is one in this folder")
      } else if programs.isFile(programs.absolute(program.text, in: draft.reader.folder)) {
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
      !programs.isFile(programs.absolute(script.text, in: draft.reader.folder))
    {
      script.item.wrong(
        "names \(quoted(script.text)), and there is no such file",
        remedy: "paths are relative to the folder of this file")
    }
  }
}
