import ArgumentParser
import Foundation
import PoptrainExperimentFile
import PoptrainRuns
import PoptrainText
import PopulationBasedTraining

struct ShowStatus: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "status", abstract: "Show the state of a run, also while it is being trained, or list the runs here.",
    discussion: """
      poptrain status                 every run up to three folders below this one
      poptrain status runs/digits     the state of a run and of each member
      poptrain status runs/digits --json | jq '.members[] | {id, score}'
      poptrain status runs/digits -f  then a line for each change, until its end
      """)

  @Argument(
    help: """
      The run: its folder, s3://bucket/prefix, or postgresql://host/database/run; without it, the runs below this \
      folder are listed.
      """,
    completion: .directory)
  var directory: String?
  @Flag(help: "Print one JSON object for a program to read.") var json = false
  @Flag(name: .shortAndLong, help: "Then print a line for each change, until the run is finished or Ctrl-C.")
  var follow = false

  func validate() throws {
    if follow, directory == nil {
      throw ValidationError("-f needs the folder of a run: poptrain status runs/digits -f")
    }
    if follow, json { throw ValidationError("-f prints lines for people; `poptrain run --json` prints events") }
  }

  func run() async throws {
    guard let directory else { return try list(RunList(below: RunDirectory(path: "."))) }
    var source = try RunSource(RunDirectory(place: directory))
    if follow { try source.skip() }
    try show(source.run)
    if follow { try await PoptrainCommand.follow(source) }
  }

  private func show(_ run: RecordedRun) throws {
    let population = try run.population()
    let status = try run.status(of: population)
    guard !json else { return try say(json: status) }
    let experiment = run.experiment
    say(
      sentence:
        "\(experiment.name): \(status.state.rawValue), \(grouped(status.trainedSteps)) of \(grouped(status.totalSteps)) steps (\(percentage(status.trainedSteps, of: status.totalSteps)))\(status.forfeitedSteps == 0 ? "" : ", some of them forfeited")"
    )
    if let ending = status.ending {
      say(sentence: "ended: \(experiment.words(for: ending, forfeited: status.forfeited))")
      for line in population.wordsForAges(status.forfeited) { say(sentence: line) }
    } else if status.forfeitedSteps > 0 {
      say(
        sentence: "\(grouped(status.forfeitedSteps)) steps were forfeited: every attempt at them failed or was refused")
    }
    if let best = status.best {
      say(sentence: "best: member \(best.member), \(status.metric) \(short(best.score)) at age \(grouped(best.age))")
    }
    if let front = status.front {
      say(sentence: "Pareto front: \(front.map { "member \($0)" }.joined(separator: ", "))")
    }
    say()
    let names = experiment.rules.space.hyperparameters.filter(\.domain.isChanging).map(\.name)
    var table = Table(
      header: ["member", "state", "steps", "age", "failed", experiment.metric] + names, numeric: [0, 2, 3, 4, 5])
    table.paints[1] = { word in status.members.first { $0.state.word == word }?.state.paint.first }
    for member in status.members {
      table.rows.append(
        [
          "\(member.id)", member.state.word, grouped(member.steps), grouped(member.age), "\(member.failures)",
          member.score.map { short($0) } ?? "–",
        ] + names.map { short(member.hyperparameters[$0]) })
    }
    // The score and the first hyperparameter are what is looked at most.
    table.dispensable =
      Array((7..<max(7, table.header.count)).reversed()) + [3, 4, 2, 6].filter(table.header.indices.contains)
    for line in table.lines(width: Terminal.width) { say(line) }
  }
}

/// A part of a whole, rounded down: `42 %`.
func percentage(_ part: Int, of whole: Int) -> String {
  "\(Int(100 * Double(part) / Double(max(1, whole)))) %"
}
