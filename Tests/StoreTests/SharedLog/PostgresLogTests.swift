import Foundation
import PopulationBasedTraining
import PoptrainPostgres
import PoptrainSharedLog
import PoptrainStore
import PoptrainStoreTesting
import Testing

@Suite("A log in a database", .timeLimit(.minutes(20))) struct PostgresLogTests {
  private let server: PostgresTestServer
  private let run = UUID().uuidString

  init() throws { server = try .shared() }

  private func log(_ run: String? = nil, checkpoints: String? = nil) throws -> PostgresLog {
    try server.log(run ?? self.run, checkpoints: checkpoints)
  }

  @Test("conforms to the contract of logs", arguments: EntryLogConformance.checks)
  func conforms(check: EntryLogConformance.Check) async throws {
    try await check.body { try log() }
  }

  @Test("serves a store that conforms to its contract", arguments: kinds, checks)
  func serves(kind: StoreKind, check: StoreConformance.Check) async throws {
    try await check.body(Bench(kind, check.rules))
  }

  @Test("has an entry once of which the answer was lost")
  func lostAnswer() async throws { try await checkLostAnswers(log()) }

  @Test("has each interval once where many processes write at once")
  func contention() async throws { try await checkContention(.small(steps: 400)) { try log() } }

  @Test("is made by all processes at once, where there are no tables yet")
  func firstOfAll() async throws {
    let server = try PostgresTestServer()
    try await checkContention(.small(steps: 40)) { try server.log("first", checkpoints: "/first") }
  }

  @Test(
    "is another one by another name, whatever that is", arguments: ["x", "'; DROP TABLE poptrain_entries; --", "ü/%"])
  func named(run: String) throws {
    let name = try #require((self.run + run).addingPercentEncoding(withAllowedCharacters: .alphanumerics))
    let log = try log(name)
    #expect(try log.create(1, Data("x".utf8), isDurable: true) && log.last() == 1)
    #expect(try self.log().last() == 0)
    try log.beat(run, 1)
    #expect(try log.pulses().map(\.process) == [run])
    try log.remove()
    #expect(try log.last() == 0 && log.pulses().isEmpty && log.checkpoints() == nil)
  }

  @Test("has no entry without the one before it, as of a process that comes back after the run was removed")
  func removed() throws {
    let log = try log()
    for number in 1...3 { #expect(try log.create(number, Data("x".utf8), isDurable: true)) }
    try self.log().remove()
    #expect(try !log.create(4, Data("x".utf8), isDurable: true))
    #expect(try log.last() == 0)
  }

  @Test("knows where its checkpoints are, which no other run has, and no other process changes")
  func checkpoints() throws {
    let place = "/shared/" + run
    #expect(try log().checkpoints() == nil)
    #expect(try log(checkpoints: place).create(1, Data("x".utf8), isDurable: true))
    #expect(try log().checkpoints() == place)
    #expect(try !log(checkpoints: place).create(1, Data("y".utf8), isDurable: true))
    let other = "begun by another process, with its checkpoints in \(place)"
    for (log, number, message) in [
      (try log(checkpoints: "/other"), 1, other),
      // It saw that the run had begun before it tried to.
      (try log(checkpoints: "/other"), 2, other),
      (try log(UUID().uuidString, checkpoints: place), 1, "each needs a place of its own"),
    ] {
      #expect { try log.create(number, Data("x".utf8), isDurable: true) } throws: { "\($0)".contains(message) }
    }
    #expect(try log(checkpoints: place).create(2, Data("y".utf8), isDurable: true))
  }

  @Test("is read by a user who may not write it, and tells who may not make its tables")
  func rights() throws {
    let server = try PostgresTestServer()
    let log = PostgresLog(
      try PostgresPlace(server.url("x", user: "reader"), environment: server.environment), checkpoints: "/x")
    #expect(try log.last() == 0)
    #expect {
      try log.create(1, Data("x".utf8), isDurable: true)
    } throws: { error in
      guard case .refused(let reason)? = error as? LogFailure else { return false }
      return "\(reason)".contains("Allow the user reader to make tables there once")
    }
  }

  @Test("does not answer while the server is away, and keeps all that it has said before")
  func restarted() throws {
    let server = try PostgresTestServer()
    let log = try server.log("x", checkpoints: "/x")
    for number in 1...100 { #expect(try log.create(number, Data("\(number)".utf8), isDurable: false)) }
    try server.kill()
    #expect { try log.last() } throws: { if case .noAnswer? = $0 as? LogFailure { true } else { false } }
    try server.start()
    #expect(try log.last() == 100 && log.read(100) == Data("100".utf8))
  }

  private static let kinds = [StoreKind.inDatabase, .threeInOneDatabase]
  /// All of them take minutes.
  private static let checks = StoreConformance.checksOfOneOfSeveral.enumerated().filter { $0.offset % 10 == 0 }.map(
    \.element)
}

extension PostgresTestServer {
  fileprivate func log(_ run: String, checkpoints: String?) throws -> PostgresLog {
    PostgresLog(try place(run), checkpoints: checkpoints ?? "/shared/checkpoints/\(run)")
  }
}

extension StoreKind {
  fileprivate static let inDatabase = StoreKind("a log in a database", isOnDisk: false) { folder in
    let name = URL(fileURLWithPath: folder.path).lastPathComponent
    let log = try PostgresTestServer.shared().log(name, checkpoints: nil)
    return RegisteringDatabase { SharedLogDatabase(log, copies: folder.path + "/copies", rules: $0) }
  }
  fileprivate static let threeInOneDatabase = StoreKind("three stores of one log in a database", isOnDisk: false) {
    SpreadDatabase(base: try inDatabase.database($0))
  }
}
