import PoptrainExperimentFile
import Foundation
import PopulationBasedTraining
import Testing

/// What is right is understood.
struct ReadingTests {
  private func read(_ yaml: String) throws -> Experiment {
    try ExperimentFile.parse(text: complete(yaml), path: "digits.yaml", programs: testPrograms)
  }

  @Test(arguments: [
    ("1", 1), ("+3", 3), ("10_000_000", 10_000_000), ("1e6", 1_000_000), ("2.5e1", 25), ("1099511627776", 1 << 40),
    ("1099511627777", nil),
    ("!!str 7", nil), ("1__0", nil), ("_1", nil), ("1_", nil), ("1e", nil),
  ])
  func wholeNumbers(written: String, expected: Int?) throws {
    let experiment = try? read("steps: \(written)\ninterval: 1")
    #expect(experiment?.rules.steps == expected)
  }

  @Test(arguments: [
    ("1", Value.integer(1)), ("-0", .integer(0)), ("1.0", .number(1)), (".5", .number(0.5)),
    ("1_000.5", .number(1000.5)),
    ("1e-4", .number(1e-4)), ("\"1\"", .text("1")), ("0x10", .text("0x10")), ("yes", .text("yes")),
    ("off", .text("off")),
    ("true", .boolean(true)), ("False", .boolean(false)), ("'true'", .text("true")), ("\"\"", .text("")),
    ("nUll", .text("nUll")), ("inf", .text("inf")), ("1.2.3", .text("1.2.3")), ("!!str 5", .text("5")),
    ("a b", .text("a b")),
    ("|\n    a\n", .text("a\n")),
  ])
  func constants(written: String, expected: Value) throws {
    let experiment = try read("exploit: none\nhyperparameters:\n  a: \(written)")
    #expect(experiment.rules.space["a"] == Hyperparameter("a", .fixed(expected)))
  }

  @Test(arguments: [
    ("{uniform: [0, 1], initial: 1}", Hyperparameter("a", .uniform(0, 1), initial: .number(1))),
    (
      "{uniform: [0, 1], initial: [1, 0.5]}",
      Hyperparameter("a", .uniform(0, 1), initials: [.number(1), .number(0.5)])
    ),
    ("{log_uniform: [1e-4, 1]}", Hyperparameter("a", .logUniform(1e-4, 1))),
    ("{integer: [1, 1e3], initial: 2.0}", Hyperparameter("a", .integer(1, 1000), initial: .integer(2))),
    (
      "{ordered: [1, 2.5], initial: 1}", Hyperparameter("a", .ordered([.number(1), .number(2.5)]), initial: .number(1))
    ),
    (
      "{ordered: [s, m, l], structural: true}",
      Hyperparameter("a", .ordered("sml".map { .text("\($0)") }), isStructural: true)
    ),
    ("{choice: [none, 1, true]}", Hyperparameter("a", .choice([.text("none"), .integer(1), .boolean(true)]))),
    ("{per_member: [1, 1, 2]}", Hyperparameter("a", .perMember([.integer(1), .integer(1), .integer(2)]))),
  ])
  func domains(written: String, expected: Hyperparameter) throws {
    let experiment = try read("population_size: 3\nexploit: none\nhyperparameters: {a: \(written)}")
    #expect(experiment.rules.space["a"] == expected)
  }

  @Test(arguments: [
    ("90", 90_000), ("0.5", 500), ("90s", 90_000), ("30min", 1_800_000), ("1h30min", 5_400_000), ("2d", 172_800_000),
    ("250ms", 250), ("1.5 h", 5_400_000), ("\"1h 30min\"", 5_400_000), ("1_000ms", 1000),
  ])
  func timeSpans(written: String, milliseconds: Int) throws {
    #expect(try read("hang_timeout: \(written)").hangTimeout == .milliseconds(milliseconds))
  }

  @Test(arguments: [
    ("[python3, train.py]", Experiment.Trainer.Contract.session),
    ("[a, \"{save}\", \"{args}\"]", .command),
    ("[a, \"--x={rate}\", \"{save}\"]", .command),
    ("[a, \"{save}\", \"{hyperparameters}\", \"{{}}\"]", .command),
    ("[a, '{\"x\": {}}'], kind: session", .session),
    ("[\"Box<Int>{}\"], kind: in_process", .inProcess),
  ])
  func trainers(command: String, contract: Experiment.Trainer.Contract) throws {
    #expect(try read("trainer: {command: \(command)}").trainer.contract == contract)
  }

  @Test func environmentIsKeptAsWritten() throws {
    let experiment = try read(
      "trainer: {command: [a, 1e-4, True], env: {A: 1.50, B: true, C: \"\"}, intervals_per_process: 2}")
    #expect(experiment.trainer.environment == ["A": "1.50", "B": "true", "C": ""])
    #expect(experiment.trainer.command == ["a", "1e-4", "True"])
    #expect(experiment.trainer.intervalsPerProcess == 2)
  }

  @Test func settingsThatAreNotGivenHaveDefaults() throws {
    let experiment = try read(
      "exploit: {truncation: {quantile_fraction: 0.3}}\nexplore: {perturb: {factors: [0.5, 2]}}")
    #expect(experiment.rules.exploit.number("quantile_fraction") == 0.3)
    #expect(experiment.rules.explore.numbers("factors") == [0.5, 2])
    #expect(experiment.rules.explore.number("resample_probability") == 0.1)
  }

  @Test(arguments: [
    ("digits.yaml", "digits"), ("a/b/mnist.v2.yml", "mnist.v2"), ("runs/mnist/experiment.yaml", "mnist"),
    ("runs/mnist/./experiment.yaml", "mnist"), ("mnist/x/../experiment.yaml", "mnist"), (".hidden", ".hidden"),
    ("/experiment.yaml", "experiment"),
  ])
  func namesFollowFromThePath(path: String, name: String) throws {
    #expect(try ExperimentFile.parse(text: complete(""), path: path).name == name)
  }

  @Test func everySpellingOfAPathGivesTheSameName() throws {
    let here = FileManager.default.currentDirectoryPath
    let names = try ["experiment.yaml", "./experiment.yaml", "\(here)/experiment.yaml"].map {
      try ExperimentFile.parse(text: complete(""), path: $0).name
    }
    #expect(Set(names) == [URL(fileURLWithPath: here).lastPathComponent])
  }

  @Test func perturbationIntervalIsAccepted() throws {
    let text = complete("").replacing("interval:", with: "perturbation_interval:")
    #expect(try ExperimentFile.parse(text: text, path: "e.yaml").rules.interval == 10)
  }

  @Test(arguments: ["\u{FEFF}", "---\n", "# comment\n\n", "%YAML 1.1\n---\n"])
  func beginningsOfYAMLAreAccepted(beginning: String) throws {
    #expect(throws: Never.self) { try ExperimentFile.parse(text: beginning + complete("seed: 1"), path: "e.yaml") }
  }

  @Test func otherLineEndsAreAccepted() throws {
    let text = complete("seed: 4").replacing("\n", with: "\r\n")
    #expect(try ExperimentFile.parse(text: text, path: "e.yaml").rules.seed == 4)
  }

  @Test func allRequiredKeysAreMissedAtOnce() {
    let error = #expect(throws: InvalidExperiment.self) { try ExperimentFile.parse(text: "seed: 1", path: "e.yaml") }
    let required = ["trainer", "metric", "mode", "steps", "interval", "hyperparameters"]
    #expect(error?.findings.map(\.message) == required.map { "`\($0)` is missing" })
    #expect(error?.findings.allSatisfy { $0.place == Place(line: 1, column: 1) && !$0.remedy.isEmpty } == true)
  }

  @Test(arguments: [
    ("", "e.yaml:1:1: the file is empty"), ("# nothing", "e.yaml:1:1: the file is empty"),
    ("- a\n- b", "e.yaml:1:1: the file must be a mapping of keys to values, not a list"),
    ("text", "e.yaml:1:1: the file must be a mapping of keys to values, not `text`"),
    ("---\n", "e.yaml:2:1: the file must be a mapping of keys to values, not an empty value"),
  ])
  func aFileOfAnotherShapeIsRefused(text: String, message: String) {
    let error = #expect(throws: InvalidExperiment.self) { try ExperimentFile.parse(text: text, path: "e.yaml") }
    #expect(error?.description.hasPrefix(message + "\n    ") == true, "\(error?.description ?? "")")
  }
}
