internal import Foundation

internal import Glibc

/// The place of a run in a PostgreSQL database, such as `postgresql://host/database/run`, and how the server is reached.
package struct PostgresPlace: Sendable, CustomStringConvertible {
  /// The name of the run.
  package let run: String
  package let database: String
  package let user: String
  /// A name, an address, or the folder of a Unix socket.
  let host: String
  let port: Int
  let security: PostgresSecurity
  let password: String?

  /// Parses a URL, and finds what it leaves open where libpq finds it: in the environment and the file of passwords.
  ///
  /// - Throws: what is wrong, never with the URL in it, which may hold a password.
  package init(_ url: String, environment: [String: String]) throws(PostgresFailure) {
    func fail(_ what: String) -> PostgresFailure { .refused("\(what); write postgresql://HOST/DATABASE/RUN") }
    func decoded(_ part: Substring, _ what: String) throws(PostgresFailure) -> String {
      guard let text = part.removingPercentEncoding, !text.unicodeScalars.contains(where: { $0.value < 32 }) else {
        throw fail("\(what) has a `%` or a control character that means nothing")
      }
      return text
    }
    guard
      let parts = url.wholeMatch(
        of:
          /postgresql:\/\/(?:([^@\/?#]*)@)?(\[[0-9A-Fa-f:.]+\]|[^@:\/?#]*)(?::([0-9]+))?\/([^\/?#]+)\/([^?#]+)(?:\?([^#]*))?/
      )
    else { throw fail("this does not name a host, a database and a run") }
    var parameters: [String: String] = [:]
    for part in (parts.6 ?? "").split(separator: "&") {
      let pair = part.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
      let name = String(pair[0])
      guard name != "password" else { throw PostgresPlace.holdsPassword }
      guard ["host", "sslmode", "sslrootcert"].contains(name), pair.count == 2 else {
        throw fail("`host`, `sslmode` and `sslrootcert` may be behind a `?`, and nothing else")
      }
      parameters[name] = try decoded(pair[1], name)
    }
    guard parts.1?.contains(":") != true else { throw PostgresPlace.holdsPassword }
    let given = try parts.1.map { part throws(PostgresFailure) in try decoded(part, "the user") }
    func setting(_ name: String, _ variable: String) -> String? {
      parameters[name] ?? environment[variable].flatMap { $0.isEmpty ? nil : $0 }
    }

    let authority = try decoded(parts.2, "the host").trimmingCharacters(in: ["[", "]"])
    // libpq's default on Debian.
    host = authority.isEmpty ? setting("host", "PGHOST") ?? "/var/run/postgresql" : authority
    guard let port = Int(parts.3.map(String.init) ?? setting("", "PGPORT") ?? "5432"), 1...65535 ~= port else {
      throw fail("the port, perhaps that of PGPORT, is no number from 1 to 65535")
    }
    self.port = port
    database = try decoded(parts.4, "the database")
    run = try decoded(parts.5, "the run")
    let name = getpwuid(geteuid()).map { String(cString: $0.pointee.pw_name) }
    guard let user = given ?? setting("", "PGUSER") ?? name, !user.isEmpty else { throw fail("no user is named") }
    self.user = user
    let home = environment["HOME"] ?? NSHomeDirectory()
    security = try PostgresSecurity(
      mode: setting("sslmode", "PGSSLMODE") ?? "prefer", authorities: setting("sslrootcert", "PGSSLROOTCERT"),
      home: home)
    if let password = setting("", "PGPASSWORD") {
      self.password = password
    } else {
      password = try PasswordFile(setting("", "PGPASSFILE") ?? "\(home)/.pgpass").password(
        for: [host.hasPrefix("/") ? "localhost" : host, "\(port)", database, user])
    }
  }

  private static let holdsPassword = PostgresFailure.refused(
    "a password in a place would be in the listing of processes; set PGPASSWORD, or write it into ~/.pgpass")

  /// Whether the server is reached by a Unix socket.
  var isSocket: Bool { host.hasPrefix("/") }

  /// Whether what is sent does not leave this machine.
  var isLocal: Bool { isSocket || ["localhost", "::1"].contains(host) || host.hasPrefix("127.") }

  /// What the run is called among others.
  package var name: String { run.split(separator: "/").last.map(String.init) ?? run }

  /// The server and the database, for messages.
  package var description: String { "the database `\(database)` of PostgreSQL at \(host), port \(port)" }
}
