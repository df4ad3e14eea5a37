import ArgumentParser
import PoptrainExperimentFile
import PoptrainRuns
import PoptrainText
import PopulationBasedTraining

struct DrawValues: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "draw", abstract: "Show values that a member may train under, without training.",
    discussion: """
      poptrain draw experiment.yaml             three intervals of a member that explores before each
      poptrain draw experiment.yaml --seed 7    others

      The Python client runs a trainer by hand under them: poptrain.intervals(standalone="experiment.yaml").
      """)

  @Argument(help: "The experiment file.", completion: .file(extensions: ["yaml", "yml"]))
  var experiment: String

  @Option(help: "How many intervals.") var intervals = 3
  @Option(help: "What is drawn with; the seed of the experiment file if it is left out.") var seed: UInt64?
  @Flag(help: "Print one JSON object for a program to read.") var json = false

  func validate() throws {
    guard intervals >= 1 else { throw ValidationError("there is at least one interval: --intervals \(intervals)") }
    try validateSeed(seed)
  }

  func run() throws {
    let experiment = try ExperimentFile.read(contentsOf: experiment)
    let drawn = DrawnIntervals(experiment, count: intervals, seed: seed)
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
