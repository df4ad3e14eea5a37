package import Foundation
package import PopulationBasedTraining
internal import PoptrainStore
internal import PoptrainText

/// What a trainer printed during one interval, or one failed attempt at it.
package struct LogEntry: Sendable {
  /// The position in history.
  package let sequence: Int
  /// The number of the interval.
  package let number: Int
  /// What went wrong, where it did.
  package let failure: String?
  /// The bytes as printed.
  package let text: Data
  /// How many bytes that were printed before them are no longer kept.
  package let lost: Int
}

extension RecordedRun {
  /// What was printed for a member, in order, after a sequence.
  package func log(of member: Member.ID, after sequence: Int) throws(RunError) -> [LogEntry] {
    let records = try reading { () throws(StoreError) in try history.records(after: sequence) }
    return records.compactMap { record in
      switch record {
      case .interval(let interval) where interval.member == member && interval.outcome != .forfeited:
        entry(interval.sequence, interval.number, interval.message, interval.log)
      case .attempt(let attempt) where attempt.member == member:
        entry(attempt.sequence, attempt.number, attempt.message, attempt.log)
      default: nil
      }
    }
  }

  private func entry(_ sequence: Int, _ number: Int, _ failure: String?, _ segment: LogSegment?) -> LogEntry {
    let part = segment.map { TrainerLog(path: "\(directory.logs)/\($0.file)").read($0.bytes) }
    return LogEntry(
      sequence: sequence, number: number, failure: failure, text: Data(part?.bytes ?? []), lost: part?.lost ?? 0)
  }
}
