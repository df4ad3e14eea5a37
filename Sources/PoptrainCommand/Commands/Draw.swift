import ArgumentParser
import PoptrainExperimentFile
import PoptrainRuns
import PoptrainText
import PopulationBasedTraining

struct DrawValues: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "draw", abstract: "Show values that a member may train under, without training.",
    discussion: """
      poptrain draw experiment.yaml             first values, then explored twice
      poptrain draw experiment.yaml --seed 7    the same, drawn with another seed

      In Python, poptrain.intervals(standalone="experiment.yaml") runs a trainer by hand under these values.
      """)

  @Argument(help: "The experiment file.", completion: .file(extensions: ["yaml", "yml"]))
  var experiment: String

  @Option(help: "The seed, instead of the file's `seed`; at most 2^53.") var seed: UInt64?
  @Flag(help: "Print one JSON object for a program to read.") var json = false

  func validate() throws { try validateSeed(seed) }

  func run() throws {
    var experiment = try ExperimentFile.read(contentsOf: experiment)
    if let seed { experiment.rules.seed = seed }
    let drawn = DrawnIntervals(experiment)
    guard !json else { return try say(json: drawn) }
    let names = experiment.rules.space.hyperparameters.filter(\.domain.isChanging).map(\.name)
    var table = Table(header: ["from", "to"] + names, numeric: [0, 1])
    for interval in drawn.intervals {
      table.rows.append(
        [grouped(interval.start), grouped(interval.stop)] + names.map { short(interval.hyperparameters[$0]) })
    }
    for line in table.lines { say(line) }
  }
}
