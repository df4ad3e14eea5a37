public import Foundation
public import PopulationBasedTraining
internal import Store
internal import Trainers

/// What a trainer printed during one interval, or one failed attempt at it.
public struct LogEntry: Sendable {
  /// The position in history.
  public let sequence: Int
  /// The number of the interval.
  public let number: Int
  /// What went wrong, where it did.
  public let failure: String?
  /// The bytes as printed.
  public let text: Data
  /// How many bytes that were printed before them are no longer kept.
  public let lost: Int
}

extension RecordedRun {
  /// What was printed for a member, in order, after a sequence.
  public func log(of member: Member.ID, after sequence: Int) throws(RunError) -> [LogEntry] {
    let records = try storing { () throws(StoreError) in try history.records(after: sequence) }
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
