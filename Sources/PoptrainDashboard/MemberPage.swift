internal import PoptrainExperimentFile
internal import PoptrainJSON
internal import PoptrainRuns
internal import PoptrainStore
internal import PoptrainText
internal import PopulationBasedTraining

/// What is known of one member: `members/7.json`.
struct MemberPage {
  /// The most intervals that are listed, the last ones.
  static let intervals = 500
  /// The most decisions and failed attempts that are listed, the last ones.
  static let decisions = 200
  /// The most bytes of its log.
  private static let logBytes = 16 << 10

  let tape: RunTape
  let member: Member
  /// What happened to it last, as far as the tape reaches.
  let history: MemberHistory

  private var run: RecordedRun { tape.run }

  var json: JSON {
    guard case .object(let summary) = tape.json(member) else { return .null }
    let listed = history.decisions.filter { $0.ordinal > 0 }.suffix(MemberPage.decisions)
    return .object(
      summary + [
        .init("logTail", .text(logTail)),
        .init("logCommand", .text("poptrain logs \(shellPath(run.directory.shown)) --member \(member.id)")),
        .init("intervals", .array(history.intervals.suffix(MemberPage.intervals).compactMap(json))),
        .init("decisions", .array(listed.map(json))),
        .init("attempts", .array(history.attempts.suffix(MemberPage.decisions).map(json))),
      ])
  }

  private func json(_ interval: Interval) -> JSON? {
    guard let row = tape.rows.row(of: interval.sequence) else { return nil }
    return .fields([
      "row": .integer(row), "number": .integer(interval.number), "outcome": .text(interval.outcome.rawValue),
      "startAge": .integer(interval.startAge), "endAge": .integer(interval.endAge),
      "score": interval.score.map { .number(run.metric($0)) }, "metrics": JSON(metrics: interval.metrics),
      "hyperparameters": tape.values(interval.hyperparameters), "worker": .text(interval.worker),
      "startedAtSeconds": .number(interval.startedAt), "finishedAtSeconds": .number(interval.finishedAt),
      "message": interval.message.map(JSON.text),
    ])
  }

  private func json(_ decision: Decision) -> JSON {
    let before = history.decisions.last { $0.sequence < decision.sequence }
    let compared = Compared(tape, decision)
    return .fields([
      "sequence": .integer(decision.sequence),
      "after": history.intervals.last { $0.sequence < decision.sequence }.map { .integer($0.number) },
      "result": .text(decision.result.name), "reason": .text(decision.reason), "rule": .text(decision.rule),
      "ownScore": decision.ownScore.map { .number(run.metric($0)) },
      "threshold": decision.threshold.map { .number(run.metric($0)) }, "donor": decision.result.donor.map(json),
      "from": before.map { tape.values($0.hyperparameters) }, "to": tape.values(decision.hyperparameters),
      "compared": .array(compared.shown.map(json)), "comparedCount": .integer(compared.count),
    ])
  }

  private func json(_ donor: Decision.Donor) -> JSON {
    .object([
      "member": .integer(donor.member), "age": .integer(donor.age), "score": .number(run.metric(donor.score)),
      "inherits": .text(donor.inherits.rawValue),
    ])
  }

  private func json(_ entry: Compared.Entry) -> JSON {
    .object([
      "member": .integer(entry.member), "row": .integer(entry.row), "score": .number(run.metric(entry.selection)),
      "age": .number(entry.age),
    ])
  }

  private func json(_ attempt: Attempt) -> JSON {
    .object([
      "number": .integer(attempt.number), "reason": .text(attempt.reason.rawValue), "message": .text(attempt.message),
      "atSeconds": .number(attempt.at),
    ])
  }

  /// The end of what its trainer has printed, as a terminal would show it.
  private var logTail: String {
    let intervals = history.intervals.compactMap { interval in interval.log.map { (interval.sequence, $0) } }
    let attempts = history.attempts.compactMap { attempt in attempt.log.map { (attempt.sequence, $0) } }
    guard let segment = (intervals + attempts).max(by: { $0.0 < $1.0 })?.1 else { return "" }
    let start = max(segment.bytes.lowerBound, segment.bytes.upperBound - MemberPage.logBytes)
    let log = TrainerLog(path: "\(run.directory.logs)/\(segment.file)")
    let text = String(decoding: log.read(start..<segment.bytes.upperBound).bytes, as: UTF8.self)
    return shownLines(text).joined(separator: "\n")
  }
}
