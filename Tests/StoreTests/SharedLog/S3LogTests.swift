import Foundation
import PopulationBasedTraining
import PoptrainS3
import PoptrainSharedLog
import PoptrainStore
import PoptrainStoreTesting
import Synchronization
import Testing

@Suite("A log in a bucket", .timeLimit(.minutes(20))) struct S3LogTests {
  private let server: S3TestServer
  private let place = UUID().uuidString

  init() throws { server = try .shared() }

  private func log() throws -> S3Log { S3Log(try server.place(place)) }

  @Test("conforms to the contract of logs", arguments: EntryLogConformance.checks)
  func conforms(check: EntryLogConformance.Check) async throws {
    try await check.body { try log() }
  }

  @Test("serves a store that conforms to its contract", arguments: kinds, checks)
  func serves(kind: StoreKind, check: StoreConformance.Check) async throws {
    try await check.body(Bench(kind, check.rules))
  }

  @Test("tells its last entry by few lists", .enabled(if: S3TestServer.isReal), arguments: [1, 999, 1000, 1001, 3456])
  func lastOfMany(count: Int) throws {
    let log = try log()
    for number in 1...count { #expect(try log.create(number, Data("x".utf8), isDurable: true)) }
    let other = try self.log()
    #expect(try other.last() == count && other.lastKnown() == count)
    #expect(try log.create(count + 1, Data("x".utf8), isDurable: true))
    #expect(try other.lastKnown() == count + 1)
  }

  @Test("tells that it was removed, and begun again")
  func removed() throws {
    let (log, other) = (try log(), try log())
    for number in 1...3 { _ = try log.create(number, Data("x".utf8), isDurable: true) }
    #expect(try other.lastKnown() == 3)
    for number in 2...3 { try server.place(place).delete("log/000000000\(number)") }
    #expect(try other.last() == 1 && other.lastKnown() == 1)
  }

  @Test("has no entry without the one before it, as of a process that comes back after the run was removed")
  func removedMeanwhile() throws {
    let time = Mutex(ContinuousClock.now)
    let log = S3Log(try server.place(place)) { time.withLock { $0 } }
    for number in 1...2 { #expect(try log.create(number, Data("x".utf8), isDurable: true)) }
    time.withLock { $0 += .seconds(30) }
    #expect(try log.create(3, Data("x".utf8), isDurable: true))
    for number in 1...3 { try server.place(place).delete("log/000000000\(number)") }
    time.withLock { $0 += .seconds(30) }
    #expect { try log.create(4, Data("x".utf8), isDurable: true) } throws: { "\($0)".contains("was removed while") }
    #expect(try log.last() == 0)
  }

  @Test("is damaged where an entry is missing that others follow")
  func missing() throws {
    let log = try log()
    for number in 1...3 { _ = try log.create(number, Data("x".utf8), isDurable: true) }
    for number in 2...3 { try server.place(place).delete("log/000000000\(number)") }
    #expect { try log.read(2) } throws: { "\($0)".contains("000000002 is not there yet") }
    _ = try log.create(3, Data("x".utf8), isDurable: true)
    #expect { try log.read(2) } throws: { "\($0)".contains("is damaged: entry 2 is missing, and later ones are") }
  }

  @Test("has no entries but its own", arguments: ["notes", "0000000002~", "9223372036854775807", "3", "+000000003"])
  func foreign(name: String) throws {
    let log = try log()
    for number in 1...2 { _ = try log.create(number, Data("x".utf8), isDurable: true) }
    try server.place(place).put("log/\(name)", Data("mine".utf8))
    let other = try self.log()
    #expect(try other.last() == 2 && other.lastKnown() == 2 && log.lastKnown() == 2)
  }

  @Test("has an entry once of which the answer was lost")
  func lostAnswer() async throws {
    try await checkLostAnswers(log())
  }

  @Test("is not written where the server does not look whether there is an entry", .enabled(if: !S3TestServer.isReal))
  func careless() async throws {
    let log = S3Log(try server.place(in: "careless"))
    await #expect {
      try await join("a", log, rules)
    } throws: { error in
      "\(error)".contains("ignores `If-None-Match: *`")
    }
    #expect(try log.last() == 0)
  }

  @Test("has each interval once where many processes write at once")
  func contention() async throws {
    try await checkContention(rules) { try log() }
  }

  private let rules = Rules.small(steps: S3TestServer.isReal ? 1000 : 40)

  private static let kinds = [StoreKind.bucket, .threeOnOneBucket]
  /// All of them take a minute.
  private static let checks = StoreConformance.checksOfOneOfSeveral.enumerated()
    .filter { S3TestServer.isReal || $0.offset % 10 == 0 }.map(\.element)
}

extension StoreKind {
  fileprivate static let bucket = StoreKind("a log in a bucket", isOnDisk: false) { folder in
    let log = try log(of: folder)
    return RegisteringDatabase { SharedLogDatabase(log, copies: folder.path + "/copies", rules: $0) }
  }
  fileprivate static let threeOnOneBucket = StoreKind("three stores of one log in a bucket", isOnDisk: false) {
    SpreadDatabase(base: try bucket.database($0))
  }

  private static func log(of folder: TemporaryFolder) throws -> S3Log {
    S3Log(try S3TestServer.shared().place(URL(fileURLWithPath: folder.path).lastPathComponent))
  }
}
