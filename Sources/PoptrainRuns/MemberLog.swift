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
    let (intervals, attempts) = try reading { () throws(StoreError) in
      (try history.intervals(of: member), try history.attempts(of: member))
    }
    let entries =
      intervals.filter { $0.sequence > sequence && $0.outcome != .forfeited }
      .map { entry($0.sequence, $0.number, $0.message, $0.log) }
      + attempts.filter { $0.sequence > sequence }.map { entry($0.sequence, $0.number, $0.message, $0.log) }
    return entries.sorted { $0.sequence < $1.sequence }
  }

  private func entry(_ sequence: Int, _ number: Int, _ failure: String?, _ segment: LogSegment?) -> LogEntry {
    let part = segment.map { TrainerLog(path: "\(directory.logs)/\($0.file)").read($0.bytes) }
    return LogEntry(
      sequence: sequence, number: number, failure: failure, text: Data(part?.bytes ?? []), lost: part?.lost ?? 0)
  }
}
