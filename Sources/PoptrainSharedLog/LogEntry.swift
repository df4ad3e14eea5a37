internal import Foundation
internal import PoptrainStore

/// What one process has changed, as a line of JSON.
struct LogEntry: Codable {
  /// The format of entries that this version writes, and the newest that it reads.
  static let format = 1

  let format: Int
  /// Its position in the log, from 1.
  let number: Int
  /// Random, so that a process knows its own entry again.
  let id: String
  /// The id of the entry before; empty for the first.
  let previous: String
  /// The run that the log belongs to: the id of its first entry.
  let run: String
  /// The process that wrote it.
  let process: String
  let delta: Ledger.Delta

  /// Reads a line of a log, in which it is to have this number.
  init(line: Data, number: Int, in log: any EntryReader) throws(LogFailure) {
    let decoder = JSONDecoder()
    decoder.nonConformingFloatDecodingStrategy = .convertFromString(
      positiveInfinity: "inf", negativeInfinity: "-inf", nan: "nan")
    do {
      let format = try decoder.decode(Version.self, from: line).format
      guard format <= LogEntry.format else {
        throw LogFailure.refused(.newerVersion(found: format, known: LogEntry.format, path: "\(log)"))
      }
      self = try decoder.decode(LogEntry.self, from: line)
    } catch let error as LogFailure {
      throw error
    } catch {
      throw .refused(.damaged(path: "\(log)", what: "entry \(number) cannot be read: \(LogEntry.reason(of: error))"))
    }
  }

  /// What is wrong with a line, without what Swift says for developers.
  private static func reason(of error: any Error) -> String {
    switch error as? DecodingError {
    case .dataCorrupted(let context), .keyNotFound(_, let context), .typeMismatch(_, let context),
      .valueNotFound(_, let context):
      let field = context.codingPath.map(\.stringValue).joined(separator: ".")
      let reason = context.debugDescription.drop { $0.isWhitespace }
      return (field.isEmpty ? "" : "\(field): ") + (reason.hasSuffix(".") ? reason.dropLast() : reason)
    case nil: return "\(error)"
    @unknown default: return "\(error)"
    }
  }

  init(number: Int, id: String, previous: String, run: String, process: String, delta: Ledger.Delta) {
    format = LogEntry.format
    self.number = number
    self.id = id
    self.previous = previous
    self.run = run
    self.process = process
    self.delta = delta
  }

  /// The line.
  func line() throws(StoreError) -> Data {
    let encoder = JSONEncoder()
    encoder.outputFormatting = .withoutEscapingSlashes
    encoder.nonConformingFloatEncodingStrategy = .convertToString(
      positiveInfinity: "inf", negativeInfinity: "-inf", nan: "nan")
    do { return try encoder.encode(self) } catch {
      throw .unavailable("what is to be recorded cannot be written as JSON: \(error)")
    }
  }

  private struct Version: Codable {
    let format: Int
  }
}
