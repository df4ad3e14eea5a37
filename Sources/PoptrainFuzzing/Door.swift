/// A fuzz target: a place where untrusted bytes enter.
///
/// Whatever comes in, the process lives on and there is an answer or an error; what is accepted means the same when it is
/// written and read again.
package enum Door: String, CaseIterable, Sendable {
  /// The text of an experiment file.
  case experiment
  /// A JSON value, as it is in a database or a line.
  case json
  /// The lines of a session trainer that has two intervals in flight.
  case session
  /// What a command has printed.
  case printed
  /// The result file of a command.
  case result
  /// The manifest of a checkpoint.
  case manifest
  /// Cells that are exported.
  case csv
  /// What a server of S3 answers: a status, then what it says.
  case s3
  /// What a server of PostgreSQL answers.
  case postgres

  /// Lets bytes in.
  package func enter(_ bytes: [UInt8]) throws(Objection) {
    switch self {
    case .experiment: try enterExperiment(bytes)
    case .json: try enterJSON(bytes)
    case .session: try enterSession(bytes)
    case .printed: try enterPrinted(bytes)
    case .result: try enterResult(bytes)
    case .manifest: try enterManifest(bytes)
    case .csv: try enterCSV(bytes)
    case .s3: try enterS3(bytes)
    case .postgres: try enterPostgres(bytes)
    }
  }
}

/// What should never have come of some bytes.
package struct Objection: Error {
  /// What it is.
  package let message: String

  init(_ message: String) { self.message = message }
}

/// Objects, unless a condition holds.
func expect(_ condition: Bool, _ message: @autoclosure () -> String) throws(Objection) {
  if !condition { throw Objection(message()) }
}
