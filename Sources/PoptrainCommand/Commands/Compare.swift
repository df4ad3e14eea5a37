import PoptrainRuns
import PoptrainText
import PoptrainComparing
import ArgumentParser
import PoptrainEngine
import PoptrainExperimentFile
import Foundation
import PopulationBasedTraining
import PoptrainTrainers

struct Compare: AsyncParsableCommand {
  enum Mode: String, ExpressibleByArgument, CaseIterable { case max, min }

  static let configuration = CommandConfiguration(
    commandName: "compare",
    abstract: "Compare the experiment with random search and other alternatives on equal budgets.",
    discussion: """
      poptrain compare experiment.yaml
      poptrain compare experiment.yaml --with no_explore,binary_tournament --seeds 8
      poptrain compare experiment.yaml --report test_accuracy --test

      Every alternative is the experiment with one rule changed, trained for as many steps with the same seeds: the \
      file's `seed`, or --seed, and those after it. Runs of one seed begin with the same values and are compared in \
      pairs, by the best checkpoint of the whole run and by the best when it is over; the median member is shown too. \
      Tables say how, and a page, comparison.html.

      The alternatives are three controls (random_search, no_explore, no_exploit) and the rules of the experiment file \
      with their standard settings: \(Alternative.all.dropFirst(3).map(\.name).joined(separator: ", ")).

      The best of many noisy scores is biased upwards: let the trainer report a test metric too, and name it with \
      --report. With --test it need not be measured in every interval: after the runs, the trainer evaluates the chosen \
      checkpoints once more (`interval.is_test`; `{kind}` in a command).

      Runs are ordinary folders, <dir>/<alternative>-seed<n>. Ctrl-C stops as in `poptrain run`. The same command \
      resumes without repeating finished runs, also with more seeds or alternatives.
      """)

  @Argument(help: "The experiment file.", completion: .file(extensions: ["yaml", "yml"]))
  var experiment: String

  @Option(name: .customLong("with"), help: ArgumentHelp("The alternatives.", valueName: "names"))
  var names = "random_search"

  @Option(help: "How many seeds; 6 is the fewest with which p < 0.05 can be shown.")
  var seeds = 6

  @Option(help: "The first seed, instead of the file's; at most 2^53. A resumed comparison keeps it.")
  var seed: UInt64?

  @Option(help: ArgumentHelp("The folder of the runs; default runs/<name>-compare.", valueName: "dir"))
  var run: String?

  @Option(help: ArgumentHelp("Another metric of the best checkpoint to compare.", valueName: "metric"))
  var report: String?

  @Option(help: "Whether more or less of that metric is better, max or min; default as the file's `mode`.")
  var reportMode: Mode?

  @Flag(help: "Have the trainer test the chosen checkpoints when the runs are over, and compare what it reports then.")
  var test = false

  @Flag(help: "Print the comparison as one JSON object; progress goes to standard error.")
  var json = false

  func validate() throws {
    guard 1...1000 ~= seeds else { throw ValidationError("--seeds is from 1 to 1000, not \(seeds)") }
    try validateSeed(seed)
    if reportMode != nil, report == nil { throw ValidationError("--report-mode is for the metric of --report") }
    if try alternatives().isEmpty { throw ValidationError("--with is to name at least one alternative") }
  }

  func run() async throws {
    var experiment = try ExperimentFile.read(contentsOf: self.experiment, programs: .ofThisMachine())
    let folder = URL(verbatimPath: self.experiment).resolvingSymlinksInPath().deletingLastPathComponent().path
    let directory = try RunDirectory(folder: run ?? "runs/\(experiment.name)-compare")
    if try !ExperimentFile.namesItself(contentsOf: self.experiment) {
      if run == nil {
        try experiment.checkNewComparison(
          directory, place: Experiment.Place(file: self.experiment, folder: folder), seed: seed,
          command: command(firstSeed: seed))
      }
      if let name = directory.nameOfComparison { experiment.name = name }
    }
    let begun = seed == nil ? directory.firstSeedOfComparison(experiment) : nil
    let mode = reportMode.flatMap { Rules.Mode(rawValue: $0.rawValue) }
    let plan: ComparisonPlan
    do {
      plan = try ComparisonPlan(
        experiment, with: alternatives(), seedCount: seeds, firstSeed: seed ?? begun,
        report: report.map { ReportedMetric(name: $0, mode: mode ?? experiment.rules.mode) },
        isTested: test, in: directory, folder: folder)
    } catch let error as WrongComparison {
      throw ValidationError("\(error)")
    }

    let said = experiment.rules.seed
    let note = begun.map {
      "seed: \($0), as an earlier command line said; the file says \(said), with which --seed \(said) begins"
    }
    let (news, announcing) = AsyncStream<ComparisonRunner.News>.makeStream()
    let runner = ComparisonRunner(plan) { announcing.yield($0) }
    let reporter = ComparisonReporter(plan, isQuiet: json)
    let reporting = Task { await reporter.follow(news) }
    let result: Result<Engine.Ending, any Error>
    do {
      let ending = try await stoppable(by: { await runner.stop(isPreempted: $0) }) {
        await reporter.begin(note: note)
        return try await runner.run()
      }
      result = .success(ending)
    } catch {
      result = .failure(error)
    }
    announcing.finish()
    await reporting.value
    let ending = try result.get()
    await reporter.end(ending)
    try ending.throwStatus()

    let comparison = try Comparison(plan)
    let page = try ComparisonPage(comparison, command: command(firstSeed: seed ?? begun), version: Release.version)
      .write()
    if json { try say(json: ComparisonSummary(comparison)) } else { await reporter.show(comparison, page: page) }
    if comparison.baseline.values == nil { throw ExitStatus.trainerNeverWorked }
  }

  private func alternatives() throws -> [Alternative] {
    try names.split(separator: ",").map { name in
      let name = name.trimmingPrefix(while: \.isWhitespace)
      guard let alternative = Alternative.named(String(name)) else {
        throw ValidationError("unknown alternative `\(name)`; choose from\n\(Compare.alternatives)")
      }
      return alternative
    }
  }

  private static let alternatives = {
    let width = Alternative.all.map(\.name.count).max() ?? 0
    return Alternative.all.map { alternative in
      "  \(alternative.name)\(String(repeating: " ", count: width - alternative.name.count))  \(alternative.summary)"
    }.joined(separator: "\n")
  }()

  /// What makes the comparison again.
  private func command(firstSeed: UInt64?) -> String {
    var words = ["poptrain", "compare", shellPath(experiment), "--with", shellWord(names), "--seeds", "\(seeds)"]
    if let firstSeed { words += ["--seed", "\(firstSeed)"] }
    if let run { words += ["--run", shellPath(run)] }
    if let report { words += ["--report", shellWord(report)] }
    if let reportMode { words += ["--report-mode", reportMode.rawValue] }
    if test { words.append("--test") }
    return words.joined(separator: " ")
  }
}
