import Foundation
import PoptrainPostgres
import PoptrainStoreTesting
import Testing

import Glibc

@Suite("A connection to a database", .timeLimit(.minutes(10))) struct ConnectionTests {
  private let server: PostgresTestServer

  init() throws { server = try .shared() }

  private func database(
    _ url: String, _ more: [String: String] = [:], name: String = "runs"
  ) throws -> PostgresDatabase {
    let environment = server.environment.merging(more) { $1 }
    return PostgresDatabase(
      try PostgresPlace(url.replacing("/runs/", with: "/\(name)/"), environment: environment))
  }

  private func isEncrypted(_ database: PostgresDatabase) throws -> Bool {
    let rows = try database.ask("SELECT ssl::text FROM pg_stat_ssl WHERE pid = pg_backend_pid()", [])
    return rows.first?.first == Data("true".utf8)
  }

  @Test(
    "is opened however the server wants to know the user", arguments: ["scram", "md5", "clear"], ["disable", "require"])
  func users(user: String, mode: String) throws {
    let database = try database(server.url(user: user, more: "?sslmode=\(mode)"))
    #expect(try isEncrypted(database) == (mode == "require"))
    #expect(try database.ask("SELECT current_user::text", []) == [[Data(user.utf8)]])
  }

  @Test("is encrypted where the server can, and goes by a Unix socket too")
  func kinds() throws {
    #expect(try isEncrypted(database(server.url())))
    let socket = try database(server.url(host: "", more: "?host=\(server.folder)&sslmode=require"))
    #expect(try !isEncrypted(socket))
  }

  @Test("trusts whom it is told to trust")
  func authorities() throws {
    let authority = "sslrootcert=\(server.folder)/ca.crt"
    for (host, more) in [
      ("localhost", "sslmode=verify-full&\(authority)"), ("127.0.0.1", "sslmode=verify-ca&\(authority)"),
      ("127.0.0.1", "sslmode=require&\(authority)"),
    ] {
      #expect(try isEncrypted(database(server.url(user: "tls", host: host, more: "?\(more)"))))
    }
    let other = try database(server.url(user: "tls", more: "?sslmode=verify-full&\(authority)"))
    try expectRefusal(by: other, "the certificate of another host")
    for (host, more) in [
      ("localhost", "sslmode=verify-full&sslrootcert=system"),
      ("localhost", "sslmode=verify-ca&sslrootcert=system"), ("localhost", "sslmode=require&sslrootcert=system"),
      ("localhost", "sslmode=verify-ca&sslrootcert=/nonexistent"),
    ] {
      try expectRefusal(by: database(server.url(user: "tls", host: host, more: "?\(more)")), "PGSSLROOTCERT")
    }
  }

  @Test("is refused with what to do")
  func refused() throws {
    for (database, remedy) in [
      (try database(server.url(), ["PGPASSWORD": "wrong"]), "password authentication failed"),
      (try database(server.url(user: "md5"), ["PGPASSWORD": "wrong"]), "PGPASSWORD or the file of passwords"),
      (try database(server.url(), ["PGPASSWORD": ""]), "set PGPASSWORD, or write it into"),
      (try database(server.url(), name: "absent"), "Make the database first"),
      (try database(server.url(user: "tls", more: "?sslmode=disable")), "Check the user and PGSSLMODE"),
      // This machine, by an address that is not known as its own.
      (try database(server.url(user: "clear", host: "0.0.0.0", more: "?sslmode=disable")), "without TLS"),
    ] {
      try expectRefusal(by: database, remedy)
    }
    #expect(try !isEncrypted(database(server.url(user: "md5", host: "0.0.0.0", more: "?sslmode=disable"))))
  }

  @Test("brings values as they are, also large ones, none and what is SQL elsewhere")
  func values() throws {
    let database = try database(server.url())
    let texts = ["", "'; DROP TABLE x; --", "ü\u{1F600}\\", "$1"]
    for text in texts {
      #expect(try database.ask("SELECT $1", [.text(text)]) == [[Data(text.utf8)]])
    }
    let bytes = Data((0..<(5 << 20)).map { UInt8(truncatingIfNeeded: $0) })
    #expect(
      try database.ask("SELECT $1, NULL::text, $2", [.bytes(bytes), .text("x")]) == [[bytes, nil, Data("x".utf8)]])
    #expect(try database.ask("SELECT 'x' WHERE false", []) == [])
    #expect { try database.ask("SELECT 1 / 0", []) } throws: { error in
      if case .refused(_, code: "22012")? = error as? PostgresFailure { true } else { false }
    }
    // It goes on after an error.
    #expect(try database.ask("SELECT 'x'", []) == [[Data("x".utf8)]])
  }

  @Test("is opened again where it was lost between two statements, or in one")
  func lost() throws {
    let (database, other) = (try database(server.url()), try database(server.url()))
    func session() throws -> Data? { try database.ask("SELECT pg_backend_pid()::text", []).first?.first ?? nil }
    let first = try #require(try session())
    _ = try other.ask("SELECT pg_terminate_backend($1::int)::text", [.text(String(decoding: first, as: UTF8.self))])
    #expect(try session() != first)
    #expect { try database.ask("SELECT pg_terminate_backend(pg_backend_pid())::text", []) } throws: { error in
      if case .noAnswer? = error as? PostgresFailure { true } else { false }
    }
    #expect(try session() != nil)
  }

  @Test("is not waited for without an end, nor believed, where something else answers")
  func others() throws {
    let (listener, port) = try listen()
    defer { close(listener) }
    // Nobody takes what is sent there.
    let silent = try database("postgresql://scram@127.0.0.1:\(port)/runs/x")
    try expectNoAnswer(by: silent, "did not answer")
    let absent = try database("postgresql://scram@127.0.0.1:1/runs/x")
    try expectNoAnswer(by: absent, "Connection refused")
    let unknown = try database("postgresql://scram@host.invalid/runs/x")
    try expectNoAnswer(by: unknown, "was not reached")
  }

  private func listen() throws -> (CInt, UInt16) {
    let descriptor = socket(AF_INET, CInt(SOCK_STREAM.rawValue), 0)
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
    var length = socklen_t(MemoryLayout<sockaddr_in>.size)
    withUnsafeMutablePointer(to: &address) { pointer in
      pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { address in
        _ = bind(descriptor, address, length)
        _ = Glibc.listen(descriptor, 8)
        getsockname(descriptor, address, &length)
      }
    }
    return (descriptor, UInt16(bigEndian: address.sin_port))
  }

  private func expectNoAnswer(by database: PostgresDatabase, _ what: String) throws {
    #expect { try database.ask("SELECT 'x'", []) } throws: { error in
      guard case .noAnswer(let message)? = error as? PostgresFailure else { return false }
      return message.contains(what)
    }
  }

  private func expectRefusal(by database: PostgresDatabase, _ what: String) throws {
    #expect { try database.ask("SELECT 'x'", []) } throws: { error in
      guard case .refused(let message, _)? = error as? PostgresFailure else { return false }
      return message.contains(what)
    }
  }
}
