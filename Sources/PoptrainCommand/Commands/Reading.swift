import PoptrainText
import PoptrainRuns
import ArgumentParser
import PoptrainEngine
import PoptrainExperimentFile
import Foundation
import PopulationBasedTraining
import PoptrainStore

struct ShowStatus: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "status", abstract: "Show the state of a run, also while it is being trained.",
    discussion: """
      poptrain status runs/digits
      poptrain status runs/digits --json | jq '.members[] | {id, score}'
      """)

  @OptionGroup var argument: RunOption
  @Flag(help: "Print one JSON object for a program to read.") var json = false

  func run() throws {
    let run = try argument.open()
    let population = try run.population()
    let status = try run.status(of: population)
    guard !json else { return try say(json: status) }
    let experiment = run.experiment
    let percent = Int(100 * Double(status.trainedSteps) / Double(max(1, status.totalSteps)))
    say(
      "\(experiment.name): \(status.state.rawValue), \(grouped(status.trainedSteps)) of \(grouped(status.totalSteps)) steps (\(percent) %)\(status.forfeitedSteps == 0 ? "" : ", some of them forfeited")"
    )
    if let ending = status.ending {
      say("ended: \(experiment.words(for: ending, forfeited: status.forfeited))")
      if let ages = population.wordsForAges { say(ages) }
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
    case .table: showTable(schedule, run)
    case .csv: for line in schedule.csvLines() { say(line) }
    case .json: try say(json: schedule)
    }
  }

  private func showTable(_ schedule: ScheduleExport, _ run: RecordedRun) {
    let names = run.experiment.rules.space.hyperparameters.filter(\.domain.isChanging).map(\.name)
    var table = Table(header: ["from", "to", "member", schedule.metric] + names, numeric: [0, 1, 2, 3])
    for stretch in schedule.schedule {
      table.rows.append(
        [grouped(stretch.start), grouped(stretch.stop), "\(stretch.member)"]
          + [stretch.score.map { short($0) } ?? "–"] + names.map { short(stretch.hyperparameters[$0]) })
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
      poptrain export runs/digits --format jsonl --after 120    what is new since the row with `sequence` 120

      The database itself, runs/digits/population.sqlite, may be queried too: its views are `population`, `copies`,
      `lineage`, `hyperparameters`, `best_schedule`, `failures`.
      """)

  @OptionGroup var argument: RunOption
  @Option(help: "csv or jsonl.") var format: Format = .csv
  @Option(help: ArgumentHelp("Only intervals with a larger `sequence`.", valueName: "sequence")) var after = 0

  func run() throws {
    let export = try Export(argument.open(), after: after)
    switch format {
    case .csv: for line in try export.csvLines() { say(line) }
    case .jsonl: for row in export.rows { try say(json: row) }
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
    say("\(counted(audit.decisions, "decision")) recomputed: all the same")
    say(
      "\(counted(audit.intervals, "interval")) in order; \(counted(audit.checkpoints, "checkpoint")) as published")
  }
}
