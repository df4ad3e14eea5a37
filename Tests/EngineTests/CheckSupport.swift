@testable import PoptrainChecking
@testable import PoptrainEngine
import PoptrainExperimentFile
import Foundation
import Synchronization

/// A trainer in a folder of its own, with an experiment for it.
struct TrainerFolder: ~Copyable {
  let path = FileManager.default.temporaryDirectory.path + "/poptrain-test-\(UUID().uuidString)"
  let experiment: Experiment

  static let session = "[python3, train.py]"

  /// Writes a Python script; what it has in common with all others stands before it.
  init(
    _ script: String, command: String = session, hyperparameters: String = "learning_rate: {uniform: [0.0, 0.01]}",
    steps: Int = 60, population: Int = 2, settings: String = ""
  ) throws {
    try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
    try (TrainerFolder.prelude + script).write(toFile: path + "/train.py", atomically: true, encoding: .utf8)
    let python = URL(fileURLWithPath: #filePath).deletingLastPathComponent().appending(path: "../../python").path
    experiment = try ExperimentFile.parse(
      text: """
        name: test
        trainer: {command: \(command), env: {PYTHONPATH: "\(python)"}}
        metric: score
        mode: max
        population_size: \(population)
        steps: \(steps)
        interval: 20
        workers: 1
        seed: 1
        hyperparameters: {\(hyperparameters)}
        \(settings)
        """, path: "experiment.yaml")
  }

  deinit { try? FileManager.default.removeItem(atPath: path) }

  /// What a session trainer does in the tests: one weight that shrinks.
  static let prelude = """
    import json, os, pathlib, random, signal, sys

    def load(folder, fresh):
        return json.loads((folder / "state").read_text()) if folder else dict(fresh)

    def save(folder, state):
        (folder / "state").write_text(json.dumps(state))

    def shrink(state, interval, rate):
        for _ in interval.steps:
            state["weight"] *= 1 - rate


    """

  /// Everything that a check finds.
  func check() async throws -> (ending: Check.Ending, findings: Findings) {
    let findings = Mutex<[Check.Finding]>([])
    let check = try Check(experiment, folder: path) { news in
      if case .found(let finding) = news { findings.withLock { $0.append(finding) } }
    }
    let ending = await check.run()
    return (ending, Findings(all: findings.withLock { $0 }))
  }
}

struct Findings {
  let all: [Check.Finding]

  subscript(subject: Check.Finding.Subject) -> Check.Finding? { all.first { $0.subject == subject } }

  /// What is not simply all right. How soon a trainer stops depends on how busy the machine is, and has a test of its own.
  var troubles: [Check.Finding.Subject] {
    all.filter { $0.verdict != .ok && $0.subject != .stop }.map(\.subject)
  }
}
