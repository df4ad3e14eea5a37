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

  static let all = [inMemory, sqlite, sent]
  /// Those whose leases do not expire by a clock.
  static let ofSeveralProcesses = [sharedLog, threeOnOneLog]
}

@Suite("Every store", .timeLimit(.minutes(20))) struct EveryStoreTests {
  @Test("conforms to the contract", arguments: StoreKind.all, StoreConformance.checks)
  func conforms(kind: StoreKind, check: StoreConformance.Check) async throws {
    try await check.body(Bench(kind, check.rules))
  }

  @Test(
    "conforms where several processes may have one", arguments: StoreKind.ofSeveralProcesses,
    StoreConformance.checksOfOneOfSeveral)
  func conformsAmongSeveral(kind: StoreKind, check: StoreConformance.Check) async throws {
    try await check.body(Bench(kind, check.rules))
  }
}
