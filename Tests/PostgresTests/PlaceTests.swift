import Foundation
import Testing
@testable import PoptrainPostgres

@Suite("A place in a database") struct PostgresPlaceTests {
  private static let nowhere = ["HOME": "/nonexistent", "PGUSER": "me"]

  @Test(
    "is a server, a database and a run",
    arguments: [
      ("postgresql://db/runs/x", "db 5432 me runs x"), ("postgresql://ann@db:6000/runs/x", "db 6000 ann runs x"),
      ("postgresql://[::1]:6000/runs/x", "::1 6000 me runs x"),
      ("postgresql://a%40b@db/r%2Fs/x%20y/z", "db 5432 a@b r/s x y/z"),
      ("postgresql:///runs/x", "/var/run/postgresql 5432 me runs x"),
      ("postgresql:///runs/x?host=/tmp/sockets&sslmode=disable", "/tmp/sockets 5432 me runs x"),
    ])
  func parsed(url: String, parts: String) throws {
    let place = try PostgresPlace(url, environment: Self.nowhere)
    #expect("\(place.host) \(place.port) \(place.user) \(place.database) \(place.run)" == parts)
  }

  @Test("is completed by the environment, as libpq does")
  func environment() throws {
    let set = Self.nowhere.merging(["PGHOST": "db", "PGPORT": "6000", "PGPASSWORD": "word", "PGSSLMODE": "require"]) {
      $1
    }
    let place = try PostgresPlace("postgresql:///runs/x", environment: set)
    #expect(place.host == "db" && place.port == 6000 && place.password == "word")
    #expect(place.security.encryption == .always)
    #expect(try PostgresPlace("postgresql://other:7/runs/x", environment: set).host == "other")
  }

  @Test(
    "is refused with what is wrong, and without a password that is in it",
    arguments: [
      ("postgresql://", "does not name"), ("postgresql://db", "does not name"),
      ("postgresql://db/runs", "does not name"),
      ("postgresql://db/runs/", "does not name"), ("postgresql://db//x", "does not name"),
      ("postgresql://db/runs/x#y", "does not name"),
      ("postgresql://db:port/runs/x", "does not name"), ("postgresql://db:70000/runs/x", "the port"),
      ("postgresql://db/runs/%zz", "the run has"), ("postgresql://db/runs/a%00b", "the run has"),
      ("postgresql://db/runs/x?options=-c", "and nothing else"), ("postgresql://db/runs/x?host", "and nothing else"),
      ("postgresql://db/runs/x?sslmode=maybe", "not `maybe`"),
      ("postgresql://db/runs/x?sslmode=verify-full", "PGSSLROOTCERT"),
      ("postgresql://me:secret@db/runs/x", "PGPASSWORD"), ("postgresql://me:se/cret@db/runs/x", "does not name"),
      ("postgresql://me:%20secret@db/runs/x", "PGPASSWORD"), ("postgresql://db/runs/x?password=secret", "PGPASSWORD"),
    ])
  func refused(url: String, what: String) {
    #expect {
      try PostgresPlace(url, environment: Self.nowhere)
    } throws: { error in
      let message = "\(error)"
      return message.contains(what) && !message.contains("cret")
    }
  }

  @Test("takes its password from the file of passwords, which nobody else may read")
  func passwordFile() throws {
    let path = FileManager.default.temporaryDirectory.appendingPathComponent("pgpass-\(UUID())").path
    defer { try? FileManager.default.removeItem(atPath: path) }
    try """
    # a comment
    other:*:*:*:wrong
    db:5432:runs:a\\:b:word\\:with\\\\signs
    localhost:*:*:*:local
    *:*:*:ann:star
    """.write(toFile: path, atomically: true, encoding: .utf8)
    func password(_ url: String) throws -> String? {
      try PostgresPlace(url, environment: ["PGPASSFILE": path, "HOME": "/nonexistent"]).password
    }
    #expect(throws: PostgresFailure.refused("others may read the passwords in \(path); run: chmod 600 \(path)")) {
      try password("postgresql://ann@db/runs/x")
    }
    try FileManager.default.setAttributes([.posixPermissions: 0o600], ofItemAtPath: path)
    #expect(try password("postgresql://a%3Ab@db/runs/x") == "word:with\\signs")
    #expect(try password("postgresql://ann@db/runs/x") == "star")
    #expect(try password("postgresql://bob@/runs/x?host=/tmp") == "local")
    #expect(try password("postgresql://bob@db/runs/x") == nil)
    // As an editor of Windows leaves it.
    let windows = try String(contentsOfFile: path, encoding: .utf8).replacing("\n", with: "\r\n")
    try Data(windows.utf8).write(to: URL(fileURLWithPath: path))
    #expect(try password("postgresql://ann@db/runs/x") == "star")
  }
}
