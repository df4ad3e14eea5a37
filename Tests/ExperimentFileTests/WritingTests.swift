import PoptrainStoreTesting
import PopulationBasedTraining
import Testing

@testable import PoptrainExperimentFile

struct WritingTests {
  @Test func theTextIsReadable() throws {
    let experiment = try ExperimentFile.parse(
      text: """
        trainer: {command: [python3, train.py, --fast, "a b"], env: {B: "1", A: x}}
        metric: accuracy
        mode: max
        steps: 1800
        interval: 60
        hyperparameters:
          learning_rate: {log_uniform: [1e-4, 1.0], initial: 3e-4}
          layers: {integer: [1, 4], structural: true}
          augmentation: {choice: ["none", yes, "2"]}
          width: 64
        """, path: "digits.yaml")
    #expect(
      experiment.yaml == """
        name: digits
        trainer:
          command: [python3, train.py, --fast, "a b"]
          env: {A: x, B: "1"}
          kind: session
        metric: accuracy
        mode: max
        population_size: 20
        steps: 1800
        interval: 60
        workers: auto
        seed: 0
        hyperparameters:
          learning_rate: {log_uniform: [0.0001, 1.0], initial: 0.0003}
          layers: {integer: [1, 4], structural: true}
          augmentation: {choice: [none, "yes", "2"]}
          width: 64
        first_draws: stratified
        exploit: {truncation: {quantile_fraction: 0.2}}
        explore: {perturb: {factors: [0.8, 1.25], resample_probability: 0.1, choice_probability: 0.25}}
        order: asynchronous
        rules_version: 2
        durability: durable
        max_failures: 3
        hang_timeout: 30min
        stop_timeout: 1min
        resources: {gpus: 0, workers_per_gpu: 1}

        """)
  }

  @Test func beforeThereWasTheKeyFirstDrawsWereIndependent() throws {
    let written = try ExperimentFile.parse(text: complete(""), path: "e.yaml")
    #expect(written.rules.firstDraws == .stratified)
    // Nor was there a version of the rules, and asynchronous members copied younger models.
    let old = written.yaml.replacing("first_draws: stratified\n", with: "").replacing("rules_version: 2\n", with: "")
    let read = try ExperimentFile.parse(recorded: old, path: "e.yaml")
    #expect(read.rules.firstDraws == .independent && read.rules.version == 1)
    #expect(read.rules.order == .asynchronous(copiesYounger: true))
    #expect(read.yaml.contains("order: asynchronous\n") && !read.yaml.contains("rules_version"))
    #expect(try ExperimentFile.parse(recorded: written.yaml, path: "e.yaml") == written)
  }

  @Test func whatIsWrittenIsReadAgain() throws {
    var random = SeededGenerator(seed: 1)
    var missing = Set((Key.all + Key.all.flatMap(\.keys)).map(\.name))
    for _ in 0..<500 {
      let experiment = Experiment.random(using: &random)
      let yaml = experiment.yaml
      #expect(throws: Never.self, "\(yaml)") {
        let again = try ExperimentFile.parse(text: yaml, path: "other.yaml")
        #expect(again == experiment)
        #expect(again.yaml == yaml)
      }
      missing = missing.filter { !yaml.contains("\($0):") }
    }
    #expect(missing.isEmpty, "Experiment.random and Rules.random in this folder never give these keys a value")
  }

  @Test func everyDifferenceIsAChange() throws {
    var random = SeededGenerator(seed: 2)
    for _ in 0..<200 {
      let (old, new) = (Experiment.random(using: &random), Experiment.random(using: &random))
      #expect(old.changes(from: old).isEmpty)
      let changes = new.changes(from: old)
      #expect(!changes.isEmpty)
      #expect(changes.allSatisfy { $0.old != $0.new })
      #expect(Set(changes.map(\.key)) == Set(old.changes(from: new).map(\.key)))
    }
  }

  @Test func changesNameWhatIsSafe() throws {
    let old = try ExperimentFile.parse(text: complete(""), path: "e.yaml")
    let new = try ExperimentFile.parse(
      text: """
        trainer: {command: [python3, train2.py], env: {A: 1}, intervals_per_process: 1}
        metric: accuracy
        mode: max
        steps: 200
        interval: 10
        workers: 2
        hyperparameters: {rate: {uniform: [0, 2]}, depth: 3}
        exploit: none
        durability: process
        max_failures: 4
        hang_timeout: 1h
        stop_timeout: 2min
        resources: {gpus: 1}
        """, path: "e.yaml")
    #expect(
      new.changes(from: old).map { "\($0)\($0.isSafe ? "" : " !")" } == [
        "trainer.command: [python3, train.py] -> [python3, train2.py]",
        "trainer.env: (none) -> {A: \"1\"}",
        "trainer.intervals_per_process: (none) -> 1",
        "steps: 100 -> 200",
        "workers: auto -> 2",
        "hyperparameters.rate: {uniform: [0.0, 1.0]} -> {uniform: [0.0, 2.0]} !",
        "hyperparameters.depth: (none) -> 3 !",
        "exploit: {truncation: {quantile_fraction: 0.2}} -> none !",
        "durability: durable -> process",
        "max_failures: 3 -> 4",
        "hang_timeout: 30min -> 1h",
        "stop_timeout: 1min -> 2min",
        "resources: {gpus: 0, workers_per_gpu: 1} -> {gpus: 1, workers_per_gpu: 1}",
      ])
    #expect(old.changes(from: new).last?.description == "hyperparameters.depth: 3 -> (none)")
  }

  @Test func whatIsNewIsWrittenInItsPlace() throws {
    let text = """
      name: digits
      trainer:
        command: [python3, train.py]
        kind: session
      metric: accuracy
      mode: max
      score: {mean: 5}
      objectives: [{metric: latency, mode: min}]
      require: ["latency <= 0.1", "recall >= 0.9"]
      population_size: 16
      subpopulations: [{size: 8}, {size: 8, intervals: 10}]
      steps: 1800
      interval: {linear: [20, 100]}
      burn_in: 300
      stop: {target: 0.97, stagnation: 10, wall_clock: 8h}
      workers: auto
      seed: 0
      hyperparameters:
        discount: {uniform: [0.9, 0.999], transform: one_minus}
        momentum: {uniform: [0.0, 0.9], explore: {additive: {deviation: 0.05, choice_probability: 0.25}}, bounds: clip}
        learning_rate: {schedule: {0: 0.1, 600: 0.01}}
        steps_per_epoch: 40
      constraints: ["momentum < discount", "steps_per_epoch >= 40.0"]
      first_draws: independent
      bounds: clip
      exploit: {truncation: {quantile_fraction: 0.2}}
      improvement_gap: {absolute: 0.01, deviations: 1.0}
      inherit: weights
      explore: {perturb: {factors: [0.8, 1.25], resample_probability: 0.1, choice_probability: 0.25}}
      evaluate_copies: true
      order: {synchronous: {fraction: 0.75}}
      compare: equal_experience
      rules_version: 2
      durability: durable
      max_failures: 3
      hang_timeout: 30min
      stop_timeout: 1min
      resources: {gpus: 0, workers_per_gpu: 1}

      """
    #expect(try ExperimentFile.parse(text: text, path: "other.yaml").yaml == text)
  }

  @Test(arguments: [
    ("", ["population_size: 20 -> 22"]), ("subpopulations: 2", ["population_size: 20 -> 22 !"]),
    (
      "subpopulations: [{size: 2}, {size: SIZE-2}]",
      ["population_size: 20 -> 22 !", "subpopulations: [{size: 2}, {size: 18}] -> [{size: 2}, {size: 20}] !"]
    ),
  ])
  func theSizeOfAPopulationWithoutPartsIsSafe(line: String, expected: [String]) throws {
    func experiment(_ size: Int) throws -> Experiment {
      let line = line.replacing("SIZE-2", with: "\(size - 2)")
      return try ExperimentFile.parse(text: complete("population_size: \(size)\n\(line)"), path: "e.yaml")
    }
    let changes = try experiment(22).changes(from: experiment(20))
    #expect(changes.map { "\($0)\($0.isSafe ? "" : " !")" } == expected)
  }

  @Test(arguments: [
    ("[a, b]", "[a, b, c]", true), ("[a, b, c]", "[a, b]", true), ("[a, b]", "[a, c]", false),
    ("[a, b]", "[b, a, c]", false),
  ])
  func valuesPerMemberChangeAtTheirEnd(before: String, after: String, isSafe: Bool) throws {
    func experiment(_ list: String) throws -> Experiment {
      let size = list.count { $0.isLetter }
      let hyperparameters = "hyperparameters: {x: {uniform: [0, 1]}, y: {per_member: \(list)}}"
      return try ExperimentFile.parse(text: complete("population_size: \(size)\n\(hyperparameters)"), path: "e.yaml")
    }
    let changes = try experiment(after).changes(from: experiment(before))
    #expect(changes.first { $0.key == "hyperparameters.y" }?.isSafe == isSafe)
  }

  @Test(arguments: [
    ("stop: {target: 1}", true), ("stop: {wall_clock: 8h}", true), ("steps: 1000", true), ("burn_in: 10", false),
    ("interval: 20", false), ("interval: {linear: [10, 20]}", false), ("score: {mean: 5}", false),
    ("metric: accuracy\nmode: max\nobjectives: [{metric: a, mode: min}]", false), ("require: [a <= 1]", false),
    ("compare: equal_experience", false),
    ("order: synchronous", false), ("inherit: weights", false), ("improvement_gap: 1", false),
    ("evaluate_copies: true", false), ("bounds: clip", false), ("subpopulations: 2", false),
    ("constraints: [rate < 0.9]", false),
  ])
  func whatIsAddedIsAChange(line: String, isSafe: Bool) throws {
    let (old, new) = try (
      ExperimentFile.parse(text: complete(""), path: "e.yaml"),
      ExperimentFile.parse(text: complete(line), path: "e.yaml")
    )
    #expect(new.changes(from: old).map(\.isSafe) == [isSafe])
    #expect(old.changes(from: new).map(\.isSafe) == [isSafe])
  }
}
