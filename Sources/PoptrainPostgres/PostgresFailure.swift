/// Why a PostgreSQL server did not do what it was asked.
package enum PostgresFailure: Error, Hashable, CustomStringConvertible {
  /// The statement may have happened or not: a time limit, a broken connection, a server that is busy or starts again.
  case noAnswer(String)
  /// It has not happened, and will not. Says why, and what to do. The code is the server's word for it (SQLSTATE); none
  /// where the server did not say it.
  case refused(String, code: String? = nil)

  package var description: String {
    switch self {
    case .noAnswer(let message), .refused(let message, _): message
    }
  }

  /// What an error of the server means.
  ///
  /// - Parameters:
  ///   - code: its SQLSTATE.
  ///   - message: what it says.
  ///   - place: the server, and as whom it was asked.
  init(code: String, message: String, at place: PostgresPlace) {
    let text = "\(place): \(message)"
    switch code.prefix(2) {
    // Connections, rollbacks, resources, an operator's intervention, the system. A standby may become the primary.
    case "08", "40", "53", "57", "58": self = .noAnswer(text)
    case _ where ["25006", "55P03"].contains(code): self = .noAnswer(text)
    default:
      let remedy = PostgresFailure.remedy(code, at: place).map { ". \($0)" } ?? ""
      self = .refused(text + remedy, code: code)
    }
  }

  private static func remedy(_ code: String, at place: PostgresPlace) -> String? {
    switch code {
    case "28P01": "Check the user, and PGPASSWORD or the file of passwords (PGPASSFILE, ~/.pgpass)"
    case "28000": "Check the user and PGSSLMODE, and that pg_hba.conf of the server admits them from here"
    case "3D000": "Make the database first, with createdb, or check its name"
    case "42501":
      "Allow the user \(place.user) to make tables there once, and then to read and to write poptrain_entries and poptrain_pulses"
    default: nil
    }
  }
}
