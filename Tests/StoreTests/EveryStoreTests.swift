import PoptrainSQLite
import PoptrainStore
import PoptrainStoreTesting
import Testing

extension StoreKind {
  static let inMemory = StoreKind("in memory", isOnDisk: false) { _ in InMemoryDatabase() }
  static let sqlite = StoreKind("SQLite", isOnDisk: true) { SQLiteDatabase(path: $0.database) }
  static let sent = StoreKind("in memory, by encoded messages", isOnDisk: false) { _ in
    MessageDatabase(InMemoryDatabase())
  }

  static let all = [inMemory, sqlite, sent, sharedLog]
}

@Suite("Every store", .timeLimit(.minutes(20))) struct EveryStoreTests {
  @Test("conforms to the contract", arguments: StoreKind.all, StoreConformance.checks)
  func conforms(kind: StoreKind, check: StoreConformance.Check) async throws {
    try await check.body(Bench(kind, check.rules))
  }

  @Test(
    "conforms where each call goes through another of three stores of one log",
    arguments: StoreConformance.checksOfOneOfSeveral)
  func conformsTogether(check: StoreConformance.Check) async throws {
    try await check.body(Bench(.threeOnOneLog, check.rules))
  }
}
