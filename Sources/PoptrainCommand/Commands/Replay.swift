import PoptrainText
import PoptrainRuns
import ArgumentParser
import PoptrainEngine
import PoptrainExperimentFile
import PopulationBasedTraining

struct ReplaySchedule: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "replay", abstract: "Train a new model from scratch under a recorded schedule.",
    discussion: """
      poptrain replay runs/digits               the schedule of the best model
      poptrain replay runs/digits --member 7    that of member 7's current model
      poptrain replay runs/digits --seeds 5     five: was it the schedule, or luck?

      A replay is a run of its own: one member, or --seeds of them, under the same values at the same ages, from the \
      same trainer; no member copies another. If interrupted, resume it with the same command, or with `poptrain run` \
      on its folder. Exit status as for `run`.
      """)

  @OptionGroup var argument: RunOption
  @OptionGroup var model: ModelOption

  @Option(help: ArgumentHelp("The folder of the new run; default DIR-replay, or DIR-replay-MEMBER.", valueName: "dir"))
  var to: String?

  @Option(help: "The seed of a new replay, at most 2^53; default: made from the run's. A resumed one keeps its seed.")
  var seed: UInt64?

  @Option(help: "Number of models, which differ only in their seeds; default 1, or as many as there are.")
  var seeds: Int?

  @Flag(help: "Print one JSON object per line, for a program to read.")
  var json = false

  func validate() throws {
    if let seeds, !(1...100_000).contains(seeds) {
      throw ValidationError("--seeds is from 1 to 100,000, not \(seeds)")
    }
    try validateSeed(seed)
  }

  func run() async throws {
    let recorded = try argument.open()
    try recorded.checkTrainer()
    let replay = try Replay(recorded, of: try model.model(in: recorded).checkpoint)
    let suffix = model.member.map { "-\($0)" } ?? ""
    let directory = try to.map(RunDirectory.init(folder:)) ?? recorded.directory.beside(suffix: "-replay\(suffix)")
    let ending: Engine.Ending
    do {
      ending = try await train(
        replay.experiment, Overrides(populationSize: seeds, seed: seed), in: directory, folder: recorded.folder,
        original: recorded, asJSON: json)
    } catch RunError.changed(let path, let changes) {
      complain(
        """
        error: \(path) contains another run:
        \(RunError.lines(changes))
        Choose another folder for this replay with --to, or resume that run:
          poptrain run \(shellPath(path))
        """)
      throw ExitStatus.badData
    }
    try ending.throwStatus()
    try compare(replay, in: RecordedRun(directory))
  }

  /// Says what the replay has come to beside the original.
  private func compare(_ replay: Replay, in run: RecordedRun) throws {
    let comparison = try replay.comparison(with: run)
    guard !json else { return try say(json: RunEvent.compared(comparison)) }
    var table = Table(header: ["", comparison.metric, "age"], numeric: [1, 2])
    func add(_ name: String, _ model: ReplayComparison.Model) {
      table.rows.append([name, model.score.map { short($0) } ?? "–", grouped(model.age)])
    }
    add("original, member \(comparison.original.member)", comparison.original)
    for model in comparison.replays { add("replay, member \(model.member)", model) }
    let scores = comparison.replays.compactMap(\.score)
    if scores.count > 1 {
      table.rows.append(["mean of \(scores.count) replays", short(scores.reduce(0, +) / Double(scores.count)), ""])
    }
    say()
    for line in table.lines { say(line) }
  }
}
