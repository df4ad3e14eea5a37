internal import PoptrainExperimentFile
internal import PoptrainJSON
internal import PopulationBasedTraining
internal import PoptrainStore

/// The intervals of a run as rows.
package struct Export: Sendable {
  private let run: RecordedRun
  private let intervals: [Interval]
  /// What followed each interval, by its sequence.
  private let decisions: [Int: Decision]

  /// Reads the intervals of a run.
  package init(_ run: RecordedRun) throws(RunError) {
    self.run = run
    intervals = try reading { () throws(StoreError) in try run.history.intervals() }
    var decisions: [Int: Decision] = [:]
    var latest: [Member.ID: Int] = [:]
    for record in try reading({ () throws(StoreError) in try run.history.records() }) {
      if case .interval(let interval) = record { latest[interval.member] = interval.sequence }
      guard case .decision(let decision) = record, let interval = latest[decision.member] else { continue }
      // Leaving is no answer to an interval that has one.
      if decision.result != .retire || decisions[interval] == nil { decisions[interval] = decision }
    }
    self.decisions = decisions
  }

  /// One JSON object for each interval.
  package func jsonLines() -> some Sequence<String> {
    intervals.lazy.map { row($0).description }
  }

  /// A header and one line for each interval, as RFC 4180 has it.
  package func csvLines() -> [String] {
    let metrics = Set(intervals.flatMap(\.metrics.keys)).sorted()
    let names = run.experiment.rules.space.hyperparameters.map(\.name)
    let rows = intervals.map { row($0).members ?? [] }
    let plain = Export.columns
    let header = plain + names.map { "hyperparameters.\($0)" } + metrics.map { "metrics.\($0)" }
    return [CSV.row(header.map(JSON.text))]
      + rows.map { row in
        let object = JSON.object(row)
        let cells =
          plain.map { object[$0] } + names.map { object["hyperparameters"]?[$0] }
          + metrics.map { object["metrics"]?[$0] }
        return CSV.row(cells)
      }
  }

  private static let columns = [
    "sequence", "member", "number", "kind", "outcome", "start_steps", "steps", "start_age", "end_age", "score",
    "start_checkpoint", "end_checkpoint", "seed", "worker", "started_at", "finished_at", "message", "decision", "donor",
  ]

  private func row(_ interval: Interval) -> JSON {
    let decision = decisions[interval.sequence]
    return .object([
      "sequence": .integer(interval.sequence),
      "member": .integer(interval.member),
      "number": .integer(interval.number),
      "kind": .text(interval.kind.rawValue),
      "outcome": .text(interval.outcome.rawValue),
      "start_steps": .integer(interval.startSteps),
      "steps": .integer(interval.steps),
      "start_age": .integer(interval.startAge),
      "end_age": .integer(interval.endAge),
      "score": interval.score.map { .number(run.metric($0)) } ?? .null,
      "start_checkpoint": interval.start.map { .text($0.description) } ?? .null,
      "end_checkpoint": interval.end.map { .text($0.description) } ?? .null,
      "seed": .integer(Int(interval.seed)),
      "worker": .text(interval.worker),
      "started_at": .number(interval.startedAt),
      "finished_at": .number(interval.finishedAt),
      "message": interval.message.map(JSON.text) ?? .null,
      "decision": decision.map { .text($0.result.name) } ?? .null,
      "donor": decision?.result.donor.map { .integer($0.member) } ?? .null,
      "hyperparameters": JSON(interval.hyperparameters, in: run.experiment.rules.space),
      "metrics": JSON(metrics: interval.metrics),
      "evaluations": .array(
        interval.evaluations.map { .object(["age": .integer($0.age), "metrics": JSON(metrics: $0.metrics)]) }),
    ])
  }
}
