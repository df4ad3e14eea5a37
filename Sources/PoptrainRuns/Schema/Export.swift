internal import PoptrainExperimentFile
internal import PoptrainJSON
internal import PopulationBasedTraining
internal import PoptrainStore

/// The intervals of a run as rows.
package struct Export: Sendable {
  /// A row for each interval, in order.
  package let rows: [IntervalRow]
  private let hyperparameters: [String]

  /// Reads the intervals of a run that come after a sequence.
  package init(_ run: RecordedRun, after sequence: Int = 0) throws(RunError) {
    var intervals: [Interval] = []
    // What came before each interval and what followed it, by its sequence.
    var copies: [Int: Decision] = [:]
    var decisions: [Int: Decision] = [:]
    var latest: [Member.ID: Int] = [:]
    var copied: [Member.ID: Decision] = [:]
    func note(_ decision: Decision) {
      if decision.result.donor != nil { copied[decision.member] = decision }
      if decision.result == .fresh { copied[decision.member] = nil }
    }
    for decision in try reading({ () throws(StoreError) in try run.history.unfollowedDecisions(at: sequence) }) {
      note(decision)
    }
    for record in try reading({ () throws(StoreError) in try run.history.records(after: sequence) }) {
      switch record {
      case .interval(let interval):
        intervals.append(interval)
        latest[interval.member] = interval.sequence
        copies[interval.sequence] = copied.removeValue(forKey: interval.member)
      case .decision(let decision):
        note(decision)
        // Leaving is no answer to an interval that has one.
        guard let interval = latest[decision.member], decision.result != .retire || decisions[interval] == nil else {
          continue
        }
        decisions[interval] = decision
      case .attempt, .collection, .event: break
      }
    }
    rows = intervals.map { interval in
      IntervalRow(
        interval, beginningWith: copies[interval.sequence], followedBy: decisions[interval.sequence], in: run)
    }
    hyperparameters = run.experiment.rules.space.hyperparameters.map(\.name)
  }

  /// A header and one line for each interval, as RFC 4180 has it.
  package func csvLines() throws -> [String] {
    let metrics = Set(rows.flatMap(\.metrics.keys)).sorted()
    let header =
      Export.columns + hyperparameters.map { "hyperparameters.\($0)" } + metrics.map { "metrics.\($0)" }
    return [CSV.row(header.map(JSON.text))]
      + (try rows.map { row in
        let object = try JSON(encoding: row)
        let cells =
          Export.columns.map { object[$0] } + hyperparameters.map { object["hyperparameters"]?[$0] }
          + metrics.map { object["metrics"]?[$0] }
        return CSV.row(cells)
      })
  }

  /// The fields of a row that are one value.
  private static let columns = [
    "sequence", "member", "number", "kind", "outcome", "start_steps", "steps", "start_age", "end_age", "score",
    "start_checkpoint", "end_checkpoint", "seed", "worker", "started_at_seconds", "finished_at_seconds", "message",
    "decision", "donor",
  ]
}
