import ArgumentParser
import Foundation
import PoptrainExperimentFile
import PoptrainRuns
import PoptrainText
import PopulationBasedTraining

struct ShowStatus: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "status", abstract: "Show the state of a run, also while it is being trained, or list the runs here.",
    discussion: """
      poptrain status                 every run up to three folders below this one, the last active first
      poptrain status runs/digits     the state of a run and of each member
      poptrain status runs/digits --json | jq '.members[] | {id, score}'
      """)

  @Argument(
    help: "The folder of the run, such as runs/digits; without it, the runs below this folder are listed.",
    completion: .directory)
  var directory: String?
  @Flag(help: "Print one JSON object for a program to read.") var json = false

  func run() throws {
    guard let directory else { return try list(RunList(below: RunDirectory(path: "."))) }
    try show(RecordedRun(RunDirectory(path: directory)))
  }

  private func list(_ list: RunList) throws {
    guard !json else { return try say(json: list) }
    guard !list.runs.isEmpty else {
      return say(
        """
        no runs here, nor up to three folders below
        to begin one: poptrain run experiment.yaml
        to get an experiment.yaml to start from: poptrain init
        """)
    }
    var table = Table(
      header: ["run", "state", "steps", "", "best", "metric", "members", "last active"], numeric: [2, 3, 4, 6])
    for run in list.runs where run.error == nil { table.rows.append(row(run, in: list)) }
    if !table.rows.isEmpty { for line in table.lines { say(line) } }
    for run in list.runs {
      guard let error = run.error else { continue }
      say(harmless("\(shown(run, in: list)): \(error.split(separator: "\n").joined(separator: " "))"))
    }
  }

  private func row(_ run: RunList.Entry, in list: RunList) -> [String] {
    let (trained, total) = (run.trainedSteps ?? 0, run.totalSteps ?? 0)
    let isRunning = run.state == .running
    return [
      harmless(shown(run, in: list)), run.state?.rawValue ?? "", "\(grouped(trained)) of \(grouped(total))",
      percentage(trained, of: total), run.bestScore.map { short($0) } ?? "–", run.metric ?? "",
      run.populationSize.map(grouped) ?? "",
      isRunning ? "now" : run.lastActiveAtSeconds.map { spoken(Date(timeIntervalSince1970: $0)) } ?? "–",
    ]
  }

  /// The folder as it is typed here.
  private func shown(_ run: RunList.Entry, in list: RunList) -> String {
    let path = run.run.dropFirst(list.folder.count).drop { $0 == "/" }
    return path.isEmpty ? "." : shellPath(String(path))
  }

  private func show(_ run: RecordedRun) throws {
    let population = try run.population()
    let status = try run.status(of: population)
    guard !json else { return try say(json: status) }
    let experiment = run.experiment
    say(
      "\(experiment.name): \(status.state.rawValue), \(grouped(status.trainedSteps)) of \(grouped(status.totalSteps)) steps (\(percentage(status.trainedSteps, of: status.totalSteps)))\(status.forfeitedSteps == 0 ? "" : ", some of them forfeited")"
    )
    if let ending = status.ending {
      say("ended: \(experiment.words(for: ending, forfeited: status.forfeited))")
      for line in population.wordsForAges(status.forfeited) { say(line) }
    } else if status.forfeitedSteps > 0 {
      say("\(grouped(status.forfeitedSteps)) steps were forfeited: every attempt at them failed")
    }
    if let best = status.best {
      say("best: member \(best.member), \(status.metric) \(short(best.score)) at age \(grouped(best.age))")
    }
    if let front = status.front {
      say("Pareto front: \(front.map { "member \($0)" }.joined(separator: ", "))")
    }
    say()
    let names = experiment.rules.space.hyperparameters.filter(\.domain.isChanging).map(\.name)
    var table = Table(
      header: ["member", "state", "steps", "age", "failed", experiment.metric] + names, numeric: [0, 2, 3, 4, 5])
    for member in status.members {
      table.rows.append(
        [
          "\(member.id)", member.state.word, grouped(member.steps), grouped(member.age), "\(member.failures)",
          member.score.map { short($0) } ?? "–",
        ] + names.map { short(member.hyperparameters[$0]) })
    }
    for line in table.lines { say(line) }
  }
}

/// A part of a whole, rounded down: `42 %`.
private func percentage(_ part: Int, of whole: Int) -> String {
  "\(Int(100 * Double(part) / Double(max(1, whole)))) %"
}
