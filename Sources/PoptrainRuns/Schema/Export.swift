internal import PoptrainExperimentFile
internal import PoptrainJSON
internal import PopulationBasedTraining
internal import PoptrainStore

/// The intervals of a run as rows, read from history twice: what a row says of what followed it, and the columns, are known
/// only at the end of history, and a million rows are not to be held.
package struct Export: Sendable {
  private let run: RecordedRun
  private let sequence: Int
  private var end = 0
  /// The copy that an interval begins with, by its sequence.
  private var copies: [Int: IntervalRow.Copy] = [:]
  /// What the member decided after an interval, by its sequence.
  private var answers: [Int: IntervalRow.Answer] = [:]
  private var metrics: Set<String> = []

  /// Reads what belongs to the intervals of a run that come after a sequence.
  package init(_ run: RecordedRun, after sequence: Int = 0) throws(RunError) {
    self.run = run
    self.sequence = sequence
    var latest: [Member.ID: Int] = [:]
    var copied: [Member.ID: IntervalRow.Copy] = [:]
    func note(_ decision: Decision) {
      if let copy = IntervalRow.Copy(decision, in: run) { copied[decision.member] = copy }
      if decision.result == .fresh { copied[decision.member] = nil }
    }
    for decision in try reading({ () throws(StoreError) in try run.history.unfollowedDecisions(at: sequence) }) {
      note(decision)
    }
    var pages = run.pages(after: sequence)
    while let records = try pages.next() {
      for record in records {
        switch record {
        case .interval(let interval):
          latest[interval.member] = interval.sequence
          copies[interval.sequence] = copied.removeValue(forKey: interval.member)
          metrics.formUnion(interval.metrics.keys)
        case .decision(let decision):
          note(decision)
          // Leaving is no answer to an interval that has one.
          guard let interval = latest[decision.member], decision.result != .retire || answers[interval] == nil else {
            continue
          }
          answers[interval] = IntervalRow.Answer(decision)
        case .attempt, .collection, .event: break
        }
      }
    }
    end = pages.end
  }

  /// Calls a function with a row for each interval, in order.
  package func forEachRow(_ body: (IntervalRow) throws -> Void) throws {
    var pages = run.pages(after: sequence, upTo: end)
    while let records = try pages.next() {
      for case .interval(let interval) in records {
        let sequence = interval.sequence
        try body(IntervalRow(interval, beginningWith: copies[sequence], followedBy: answers[sequence], in: run))
      }
    }
  }

  /// Calls a function with a header and one line for each interval, as RFC 4180 has it.
  package func forEachLineOfCSV(_ body: (String) throws -> Void) throws {
    let hyperparameters = run.experiment.rules.space.hyperparameters.map(\.name)
    let metrics = metrics.sorted()
    let header =
      Export.columns + hyperparameters.map { "hyperparameters.\($0)" } + metrics.map { "metrics.\($0)" }
    try body(CSV.row(header.map(JSON.text)))
    try forEachRow { row in
      let object = try JSON(encoding: row)
      let cells =
        Export.columns.map { object[$0] } + hyperparameters.map { object["hyperparameters"]?[$0] }
        + metrics.map { object["metrics"]?[$0] }
      try body(CSV.row(cells))
    }
  }

  /// The fields of a row that are one value.
  private static let columns = [
    "sequence", "member", "number", "kind", "outcome", "start_steps", "steps", "start_age", "end_age", "score",
    "start_checkpoint", "end_checkpoint", "seed", "worker", "started_at_seconds", "finished_at_seconds", "message",
    "decision", "donor",
  ]
}
