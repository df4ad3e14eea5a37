internal import Foundation
package import PoptrainPostgres

/// A PostgreSQL server for tests, with data of its own.
package final class PostgresTestServer: Sendable {
  /// Its port on this machine.
  package let port: Int
  /// Where its Unix socket is, and `ca.crt`, whose owner has signed its certificate for `localhost`.
  package let folder: String
  /// That of every user.
  package let password: String
  private let commands: FileHandle
  private let answers: FileHandle
  private let process: Process

  /// One that ends with the tests.
  package static func shared() throws -> PostgresTestServer { try started.get() }

  private static let started = Result { try PostgresTestServer() }

  /// Starts one, which ends when this is forgotten, and with this process at the latest.
  package init() throws {
    let sources = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
      .deletingLastPathComponent()
    process = Process()
    process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
    process.arguments = ["python3", sources.appendingPathComponent("Tests/Support/postgres_server.py").path]
    let (input, output) = (Pipe(), Pipe())
    (process.standardInput, process.standardOutput) = (input, output)
    try process.run()
    (commands, answers) = (input.fileHandleForWriting, output.fileHandleForReading)
    let line = try PostgresTestServer.line(answers)
    let parts = line.split(separator: "\t").map(String.init)
    precondition(parts.count == 3, "the server of PostgreSQL said `\(line)`; install what it needs: make setup-dev")
    (port, folder, password) = (Int(parts[0]) ?? 0, parts[1], parts[2])
  }

  deinit {
    try? commands.close()
    process.waitUntilExit()
  }

  private static func line(_ handle: FileHandle) throws -> String {
    var line = Data()
    while let next = try handle.read(upToCount: 1), !next.isEmpty, next != Data("\n".utf8) { line += next }
    return String(decoding: line, as: UTF8.self)
  }

  /// What a program needs to ask it.
  package var environment: [String: String] { ["PGPASSWORD": password, "HOME": "/nonexistent"] }

  /// A place in it, where nothing is yet if its name is new.
  package func url(
    _ run: String = UUID().uuidString, user: String = "scram", host: String = "127.0.0.1", more: String = ""
  ) -> String {
    "postgresql://\(user)@\(host):\(port)/runs/\(run)\(more)"
  }

  package func place(_ run: String) throws -> PostgresPlace { try PostgresPlace(url(run), environment: environment) }

  /// Stops it as a crash does.
  package func kill() throws { try order("kill") }

  /// Starts it again, with its data and its port.
  package func start() throws { try order("start") }

  private func order(_ word: String) throws {
    try commands.write(contentsOf: Data("\(word)\n".utf8))
    let answer = try PostgresTestServer.line(answers)
    precondition(answer == "done", "the server of PostgreSQL did not \(word): `\(answer)`")
  }
}
