import ArgumentParser
import Engine
import ExperimentFile
import Foundation
import PopulationBasedTraining
import Store
import UnixSignals

struct Run: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Train a population, or go on with one.",
    discussion: """
      poptrain run experiment.yaml               trains into runs/<name>, or resumes what is there
      poptrain run experiment.yaml --workers 4   with four trainers at once
      poptrain run experiment.yaml --seed 7 --run runs/seven

      Ctrl-C once: intervals under way finish within `stop_timeout` or are repeated on resume; the exit status is 75.
      Ctrl-C twice: stop now. Either way nothing that was completed is lost, and the same command goes on.
      """)

  @Argument(help: "The experiment file.", completion: .file(extensions: ["yaml", "yml"]))
  var experiment: String

  @Option(help: ArgumentHelp("The folder of the run; default runs/<name>.", valueName: "dir"))
  var run: String?

  @Option(help: "How many trainers run at once, instead of the file's `workers`.")
  var workers: Int?

  @Option(help: "The seed, instead of the file's `seed`; at most 2^53.")
  var seed: UInt64?

  @Flag(help: "Print one JSON object a line for a program to read.")
  var json = false

  func validate() throws {
    if let workers, workers < 1 { throw ValidationError("--workers needs at least 1, not \(workers)") }
    if let seed, seed > 1 << 53 { throw ValidationError("--seed is at most 2^53, not \(seed)") }
  }

  func run() async throws {
    var experiment = try ExperimentFile.read(contentsOf: self.experiment, programs: .ofThisMachine())
    if let workers { experiment.workers = .count(workers) }
    if let seed { experiment.rules.seed = seed }
    let directory = RunDirectory(path: run ?? "runs/\(experiment.name)")
    let folder = URL(fileURLWithPath: self.experiment).resolvingSymlinksInPath().deletingLastPathComponent().path

    let (news, announcing) = AsyncStream<Engine.News>.makeStream()
    let engine = try await Engine(experiment, in: directory, folder: folder) { announcing.yield($0) }
    let reporter = RunReporter(engine, asJSON: json)
    await reporter.begin()

    let signals = Task {
      for await _ in await UnixSignalsSequence(trapping: .sigint, .sigterm) { await engine.stop() }
    }
    let reporting = Task { await reporter.follow(news) }
    let ending = try await engine.run()
    announcing.finish()
    await reporting.value
    signals.cancel()
    await reporter.end(ending)

    switch ending {
    case .finished: break
    case .stopped, .broken: throw ExitStatus.stopped
    case .interrupted: throw ExitStatus.interrupted
    case .hopeless: throw ExitStatus.trainerNeverWorked
    }
  }
}
