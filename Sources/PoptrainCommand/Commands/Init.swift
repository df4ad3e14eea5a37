import PoptrainText
import PoptrainRuns
import ArgumentParser
import PoptrainEngine
import Foundation

struct Init: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Write an experiment file and a small trainer to start from.",
    discussion: """
      poptrain init           writes experiment.yaml and train.py into this folder
      poptrain init mine      into the folder mine

      The trainer needs Python and the client, which `pip install poptrain` installs.
      """)

  @Argument(help: "The folder to write into.", completion: .directory) var folder = "."

  func run() throws {
    let files = ["experiment.yaml": Init.experiment, "train.py": Init.trainer]
    for name in files.keys.sorted() where FileManager.default.fileExists(atPath: "\(folder)/\(name)") {
      complain("error: \(folder)/\(name) exists already; nothing was written. Name another folder: poptrain init DIR")
      throw ExitStatus.badData
    }
    try WholeFile.write(files, into: folder)
    let path = shellPath(folder == "." ? "experiment.yaml" : "\(folder)/experiment.yaml")
    say("wrote experiment.yaml and train.py. Next:")
    say("  poptrain check \(path)")
    say("  poptrain run \(path)")
  }

  static let experiment = """
    name: first
    trainer:
      command: [python3, train.py]
    metric: error
    mode: min
    population_size: 8
    steps: 400                # per member
    interval: 20              # steps between two moments at which a member may copy a better one
    workers: 2
    seed: 1
    hyperparameters:
      learning_rate: {log_uniform: [1e-4, 1.0]}
      momentum: {uniform: [0.0, 0.99]}

    """

  static let trainer = """
    \"\"\"Fits a line to points, by gradient descent: replace it by your own model.\"\"\"

    import json
    import random

    import poptrain

    source = random.Random(0)
    POINTS = [(x, 3.0 * x - 1.0 + source.gauss(0, 0.1)) for x in (i / 50 - 1 for i in range(100))]


    def error(weights):
        return sum((weights[0] * x + weights[1] - y) ** 2 for x, y in POINTS) / len(POINTS)


    for interval in poptrain.intervals():
        if interval.checkpoint:
            weights, velocity = json.loads((interval.checkpoint / "model.json").read_text())
        else:
            weights, velocity = [0.0, 0.0], [0.0, 0.0]

        batches = random.Random(interval.seed)
        for step in interval.steps:
            x, y = batches.choice(POINTS)
            slope = 2 * (weights[0] * x + weights[1] - y)
            for i, gradient in enumerate((slope * x, slope)):
                velocity[i] = interval["momentum"] * velocity[i] - interval["learning_rate"] * gradient
                weights[i] += velocity[i]

        (interval.save_to / "model.json").write_text(json.dumps([weights, velocity]))
        interval.report(error=error(weights))

    """
}
