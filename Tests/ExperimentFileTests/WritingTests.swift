import ExperimentFile
import PopulationBasedTraining
import Testing

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
        exploit: {truncation: {quantile_fraction: 0.2}}
        explore: {perturb: {factors: [0.8, 1.25], resample_probability: 0.1, choice_probability: 0.25}}
        order: asynchronous
        durability: durable
        max_failures: 3
        hang_timeout: 30min
        stop_timeout: 1min
        resources: {gpus: 0, workers_per_gpu: 1}

        """)
  }

  @Test func whatIsWrittenIsReadAgain() throws {
    var random = SplitMix(state: 1)
    for _ in 0..<500 {
      let experiment = Experiment.random(using: &random)
      let yaml = experiment.yaml
      #expect(throws: Never.self, "\(yaml)") {
        let again = try ExperimentFile.parse(text: yaml, path: "other.yaml")
        #expect(again == experiment)
        #expect(again.yaml == yaml)
      }
    }
  }

  @Test func everyDifferenceIsAChange() throws {
    var random = SplitMix(state: 2)
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
        "steps: 100 -> 200 !",
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
}
