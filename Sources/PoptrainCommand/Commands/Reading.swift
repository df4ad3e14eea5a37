import PoptrainText
import PoptrainRuns
import ArgumentParser
import PoptrainEngine
import PoptrainExperimentFile
import Foundation
import PoptrainJSON
import PopulationBasedTraining
import PoptrainStore

struct ShowStatus: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "status", abstract: "Show how a run stands, also while it goes on.",
    discussion: """
      poptrain status runs/digits
      poptrain status runs/digits --json | jq '.members[] | {id, score}'
      """)

  @OptionGroup var argument: RunOption
  @Flag(help: "Print one JSON object for a program to read.") var json = false

  func run() throws {
    let run = try argument.open()
    let status = try Status(run)
    guard !json else { return say(status.json.description) }
    let experiment = run.experiment
    let steps = (trained: status.population.trainedSteps, planned: status.population.plannedSteps)
    let percent = Int(100 * Double(steps.trained) / Double(max(1, steps.planned)))
    say(
      "\(experiment.name): \(status.state.rawValue), \(grouped(steps.trained)) of \(grouped(steps.planned)) steps (\(percent) %)\(status.forfeitedSteps.isEmpty ? "" : ", some of them forfeited")"
    )
    if let ending = status.population.ending {
      say("ended: \(experiment.words(for: ending, forfeited: status.forfeitedSteps))")
      if let ages = status.population.wordsForAges { say(ages) }
    } else if !status.forfeitedSteps.isEmpty {
      say("\(grouped(status.forfeitedSteps.values.reduce(0, +))) steps were forfeited: every attempt at them failed")
    }
    if let best = status.population.best {
      say(
        "best: member \(best.member), \(experiment.metric) \(short(run.metric(best.published.score))) at age \(grouped(best.published.age))"
      )
    }
    if !experiment.rules.objectives.isEmpty {
      say("front, dominated by nobody: \(status.population.front.map { "member \($0)" }.joined(separator: ", "))")
    }
    say()
    let space = experiment.rules.space
    let names = space.hyperparameters.filter(\.domain.isChanging).map(\.name)
    var table = Table(
      header: ["member", "state", "steps", "age", "failed", experiment.metric] + names, numeric: [0, 2, 3, 4, 5])
    for member in status.population.members {
      table.rows.append(
        [
          "\(member.id)", member.state.word, grouped(member.steps), grouped(member.age),
          "\(status.failures[member.id, default: 0])",
        ]
          + [member.published.map { short(run.metric($0.score)) } ?? "–"]
          + names.map { short(space.inForce(member.hyperparameters, at: member.age)[$0]) })
    }
    for line in table.lines { say(line) }
  }
}

struct ShowSchedule: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "schedule", abstract: "Show the hyperparameter schedule that made a model.",
    discussion: """
      poptrain schedule runs/digits                  of the best model
      poptrain schedule runs/digits --member 7       of what member 7 has now
      poptrain schedule runs/digits --format csv     for a training script of your own, as docs/schedules.md shows
      """)

  enum Format: String, ExpressibleByArgument, CaseIterable { case table, csv, json }

  @OptionGroup var argument: RunOption
  @OptionGroup var model: ModelOption
  @Option(help: "table, csv or json.") var format: Format = .table
  @Flag(help: "The same as --format json.") var json = false

  func run() throws {
    let run = try argument.open()
    let schedule = try ScheduleExport(run, of: model.model(in: run).checkpoint)
    switch json ? .json : format {
    case .table: showTable(schedule.stretches, run)
    case .csv: for line in schedule.csvLines() { say(line) }
    case .json: say(schedule.json.description)
    }
  }

  private func showTable(_ stretches: [Lineage.Stretch], _ run: RecordedRun) {
    let names = run.experiment.rules.space.hyperparameters.filter(\.domain.isChanging).map(\.name)
    var table = Table(header: ["from", "to", "member", run.experiment.metric] + names, numeric: [0, 1, 2, 3])
    for stretch in stretches {
      table.rows.append(
        [grouped(stretch.ages.lowerBound), grouped(stretch.ages.upperBound), "\(stretch.member)"]
          + [stretch.score.map { short(run.metric($0)) } ?? "–"] + names.map { short(stretch.hyperparameters[$0]) })
    }
    for line in table.lines { say(line) }
  }
}

struct ExportIntervals: ParsableCommand {
  enum Format: String, ExpressibleByArgument, CaseIterable { case csv, jsonl }

  static let configuration = CommandConfiguration(
    commandName: "export", abstract: "Write every interval of a run as a row.",
    discussion: """
      poptrain export runs/digits --format csv > intervals.csv
      poptrain export runs/digits --format jsonl | jq 'select(.decision == "inherit")'

      The database itself, runs/digits/population.sqlite, may be queried too: its views are `population`, `copies`,
      `lineage`, `hyperparameters`, `best_schedule`, `failures`.
      """)

  @OptionGroup var argument: RunOption
  @Option(help: "csv or jsonl.") var format: Format = .csv

  func run() throws {
    let export = try Export(argument.open())
    switch format {
    case .csv: for line in export.csvLines() { say(line) }
    case .jsonl: for line in export.jsonLines() { say(line) }
    }
  }
}

struct AuditRun: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "audit",
    abstract: "Check all of a run: make every decision again from its history, compare every file with its hash.",
    discussion: """
      poptrain audit runs/digits

      Says what is wrong, where, and what to do; then the exit status is 65. A note is what a crash may leave.
      """)

  @OptionGroup var argument: RunOption

  func run() throws {
    let audit = try argument.open().audit()
    for note in audit.notes { say("note: \(note)") }
    for finding in audit.findings { complain("error: \(finding)") }
    guard audit.findings.isEmpty else { throw ExitStatus.badData }
    say("\(counted(audit.decisions, "decision")) made again: all the same")
    say(
      "\(counted(audit.intervals, "interval")) in order; \(counted(audit.checkpoints, "checkpoint")) as published")
  }
}
