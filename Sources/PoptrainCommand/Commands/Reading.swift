import PoptrainText
import PoptrainRuns
import ArgumentParser
import PoptrainEngine
import PoptrainExperimentFile
import Foundation
import PopulationBasedTraining
import PoptrainStore

struct ShowSchedule: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "schedule", abstract: "Show the hyperparameter schedule that made a model.",
    discussion: """
      poptrain schedule runs/digits                  of the best model
      poptrain schedule runs/digits --member 7       of the current model of member 7
      poptrain schedule runs/digits --format csv     for a script of your own
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
    case .csv: for line in schedule.csvLines() { say(exactly: line) }
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
      poptrain export runs/digits --format jsonl --after 120
                                               what is new since `sequence` 120

      The database itself, runs/digits/population.sqlite, may be queried too: its views are `population`, `copies`, \
      `lineage`, `hyperparameters`, `best_schedule`, `failures`, `present_checkpoints`.
      """)

  @OptionGroup var argument: RunOption
  @Option(help: "csv or jsonl.") var format: Format = .csv
  @Option(help: ArgumentHelp("Only intervals with a larger `sequence`.", valueName: "sequence")) var after = 0

  func run() throws {
    let export = try Export(argument.open(), after: after)
    switch format {
    case .csv: try export.forEachLineOfCSV { say(exactly: $0) }
    case .jsonl: try export.forEachRow { try say(json: $0) }
    }
  }
}

struct AuditRun: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "audit",
    abstract: "Verify a run: recompute every decision from its history, and check the hash of every file.",
    discussion: """
      poptrain audit runs/digits

      Prints what is wrong, where, and how to fix it; the exit status is then 65. Notes are normal after a crash.
      """)

  @OptionGroup var argument: RunOption

  func run() throws {
    try RunDirectory(place: argument.directory).readLogAnew()
    let audit = try argument.open().audit()
    for note in audit.notes { say("note: \(note)") }
    for finding in audit.findings { complain("error: \(finding)") }
    guard audit.findings.isEmpty else { throw ExitStatus.badData }
    say("\(counted(audit.decisions, "decision")) recomputed: all match")
    say(
      "\(counted(audit.intervals, "interval")) in order; \(counted(audit.checkpoints, "checkpoint")) as published")
  }
}
