import ArgumentParser
import PoptrainEngine
import PoptrainExperimentFile
import PoptrainRuns

struct JoinRun: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "worker", abstract: "Train a run together with others, on this machine.",
    discussion: """
      poptrain worker /shared/runs/x               with as many as the file says
      poptrain worker /shared/runs/x --workers 4   with four trainers

      The run was begun with `poptrain run experiment.yaml --shared --run /shared/runs/x`, here or on any machine that \
      has the folder at the same path. Processes come and go at any time. If one is killed, the others take over its \
      members after a minute. It ends when nothing is left to train; Ctrl-C and SIGTERM end this process alone, as \
      they do for `run`.
      """)

  @OptionGroup var argument: RunOption
  @Option(help: "Number of trainers that run here at once, overriding `workers`.") var workers: Int?
  @Flag(help: "Print one JSON object per line, for a program to read.") var json = false

  func validate() throws {
    try validateWorkers(workers)
  }

  func run() async throws {
    let recorded = try argument.open()
    guard recorded.directory.isShared else { throw RunError.notShared(path: recorded.directory.shown) }
    try recorded.checkTrainer()
    var experiment = recorded.file
    if let workers { experiment.workers = .count(workers) }
    let ending = try await train(experiment, in: recorded.directory, folder: recorded.folder, asJSON: json)
    try ending.throwStatus()
  }
}
