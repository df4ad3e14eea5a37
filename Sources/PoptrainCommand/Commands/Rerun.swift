import PoptrainRuns
import PoptrainChecking
import ArgumentParser
import PoptrainEngine
import PoptrainExperimentFile
import Foundation
import PopulationBasedTraining

struct RerunInterval: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "rerun", abstract: "Repeat one interval of a run, in the foreground.",
    discussion: """
      poptrain rerun runs/digits --member 7 --interval 3

      The same checkpoint, values and seed, in a temporary folder; nothing in the run changes. What the trainer prints \
      appears as it comes. An interval whose attempts failed can be repeated too.
      """)

  @OptionGroup var argument: RunOption
  @Option(help: "The member, from 0.") var member: Int
  @Option(help: "The number of its interval, from 1.") var interval: Int

  func run() async throws {
    let run = try argument.open()
    try run.checkTrainer()
    let rerun = try Rerun(run, member: member, interval: interval)
    let names = run.experiment.rules.space.hyperparameters.map(\.name)
    let values = names.map { "\($0) \(rerun.hyperparameters[$0]?.description ?? "")" }.joined(separator: ", ")
    let ages = "ages \(rerun.ages.lowerBound) to \(rerun.ages.upperBound)"
    say("member \(member), interval \(interval): \(ages), seed \(rerun.seed)")
    say("from \(rerun.checkpoint ?? "fresh"), under \(values)")
    if let change = run.programChange {
      say("\(change.words(since: "the run was last started")); this is trained under the new code")
    }
    let result = await untilInterrupted(cleaningUp: { await rerun.stop() }) {
      await rerun.run { StandardOutput.write($0) }
    }
    let metric = run.experiment.metric
    say("recorded: \(described(rerun.recorded, metric))")
    say("now:      \(described(result, metric))")
    if rerun.recorded.metric != nil, result.metric != nil {
      say(result.isSameScore(as: rerun.recorded) ? "the same score" : "another score")
    }
  }

  private func described(_ result: Rerun.Result, _ metric: String) -> String {
    (result.metric.map { "\(metric) \($0), " } ?? "") + harmless(result.ending)
  }
}
