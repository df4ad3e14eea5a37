import Foundation
import PopulationBasedTraining
import PoptrainSharedLog
import PoptrainStore
import PoptrainStoreTesting
import Synchronization
import Testing

extension StoreKind {
  // On disk, but what a process had that was killed is not free at once, as the checks of those that are would have it.
  static let sharedLog = StoreKind("a log in a folder", isOnDisk: false) { folder in
    RegisteringDatabase { SharedLogDatabase(folder.log, copies: folder.path + "/copies", rules: $0) }
  }
  static let threeOnOneLog = StoreKind("each call through another of three stores of one log", isOnDisk: false) {
    folder in
    SpreadDatabase(
      base: RegisteringDatabase { SharedLogDatabase(folder.log, copies: folder.path + "/copies", rules: $0) })
  }
}

extension TemporaryFolder {
  var log: FolderLog {
    let log = FolderLog(path: path + "/log")
    try? log.make()
    return log
  }
}

/// Knows the rules of every experiment that it was opened with: those of the conformance suite are no experiment files.
final class RegisteringDatabase: RunDatabase {
  private let known: Known
  private let base: any RunDatabase

  init(_ make: (@escaping @Sendable (String) throws(StoreError) -> Rules) -> any RunDatabase) {
    let known = Known()
    self.known = known
    base = make { text throws(StoreError) in
      guard let rules = known.rules.withLock({ $0[text] }) else { throw .notAStore("unknown: \(text)") }
      return rules
    }
  }

  func identity() throws(StoreError) -> RunIdentity? { try base.identity() }

  func open(_ opening: RunOpening) async throws(StoreError) -> any RunStore {
    known.rules.withLock { $0[opening.experiment] = opening.rules }
    return try await base.open(opening)
  }

  func history(space: Space) throws(StoreError) -> any RunHistory { try base.history(space: space) }

  private final class Known: Sendable {
    let rules = Mutex<[String: Rules]>([:])
  }
}

/// Opens three stores on one run, as three processes do, and sends each call through another one.
struct SpreadDatabase: RunDatabase {
  let base: any RunDatabase

  func identity() throws(StoreError) -> RunIdentity? { try base.identity() }

  func open(_ opening: RunOpening) async throws(StoreError) -> any RunStore {
    var stores: [any RunStore] = []
    for _ in 0..<3 { stores.append(try await base.open(opening)) }
    return SpreadStore(stores)
  }

  func history(space: Space) throws(StoreError) -> any RunHistory { try base.history(space: space) }
}

private final class SpreadStore: RunStore {
  private let stores: [any RunStore]
  private let state = Mutex((next: 0, owners: [String: Int]()))

  init(_ stores: [any RunStore]) { self.stores = stores }

  private func next() -> Int {
    state.withLock { state in
      state.next = (state.next + 1) % stores.count
      return state.next
    }
  }

  private func note(_ grant: Grant?, of owner: Int) {
    guard case .leases(let leases) = grant else { return }
    state.withLock { state in for lease in leases { state.owners[lease.token] = owner } }
  }

  func lease(_ request: LeaseRequest) async throws(StoreError) -> Grant {
    let owner = next()
    let grant = try await stores[owner].lease(request)
    note(grant, of: owner)
    return grant
  }

  /// Of the process that holds the lease: others do not know that its worker lives.
  func heartbeat(_ token: String) async throws(StoreError) {
    try await stores[state.withLock { $0.owners[token] } ?? next()].heartbeat(token)
  }

  func complete(_ reports: [IntervalReport], then request: LeaseRequest?) async throws(StoreError) -> [Completion?] {
    let owner = next()
    let completions = try await stores[owner].complete(reports, then: request)
    for completion in completions { note(completion?.grant, of: owner) }
    return completions
  }

  func fail(_ report: FailureReport) async throws(StoreError) -> Completion { try await stores[next()].fail(report) }

  func release(_ token: String) async throws(StoreError) { try await stores[next()].release(token) }

  func end(because reason: Population.Ending) async throws(StoreError) { try await stores[next()].end(because: reason) }

  func warn(_ message: String) async throws(StoreError) { try await stores[next()].warn(message) }

  func waitForChange(after version: Int) async { await stores[next()].waitForChange(after: version) }

  /// As a store has it that has read everything.
  func population() async -> Population {
    let store = stores[next()]
    _ = try? await store.records(after: .max - 1)
    return await store.population()
  }

  func records(after sequence: Int) async throws(StoreError) -> [HistoryRecord] {
    try await stores[next()].records(after: sequence)
  }

  func identity() async throws(StoreError) -> RunIdentity { try await stores[next()].identity() }

  func secondsSpent() async throws(StoreError) -> Double { try await stores[next()].secondsSpent() }

  func presentCheckpoints() async throws(StoreError) -> Set<CheckpointID> {
    try await stores[next()].presentCheckpoints()
  }

  func neededCheckpoints() async throws(StoreError) -> Set<CheckpointID> {
    try await stores[next()].neededCheckpoints()
  }

  func close() async throws(StoreError) {
    for store in stores { try await store.close() }
  }
}

/// A clock on which the time never comes, so that a test decides when a process looks around.
struct StoppedClock: Clock {
  var now: ContinuousClock.Instant { .now }
  var minimumResolution: Duration { .zero }

  func sleep(until deadline: ContinuousClock.Instant, tolerance: Duration?) async throws {
    try await ContinuousClock().sleep(for: .seconds(100_000))
  }
}

extension Sequence {
  func asyncMap<Mapped>(_ body: (Element) async throws -> Mapped) async rethrows -> [Mapped] {
    var mapped: [Mapped] = []
    for element in self { mapped.append(try await body(element)) }
    return mapped
  }
}

/// A process joins.
func join(_ name: String, _ log: any EntryLog, _ rules: Rules) async throws -> LogStore {
  try await LogStore(
    RunOpening(
      rules: rules, experiment: "name: test", folder: "/trainer", isDurable: false,
      surroundings: Ledger.Surroundings(monotonicNow: { 0 }, wallNow: { 0 }, process: name)),
    in: log, rules: { _ in rules })
}

/// Checks that each interval is there once where many processes write at once.
func checkContention(_ rules: Rules, _ makeLog: () throws -> any EntryLog) async throws {
  let stores = try await (0..<8).asyncMap { try await join("process \($0)", makeLog(), rules) }
  await withTaskGroup { group in
    for store in stores {
      group.addTask {
        while let grant = try? await store.lease(LeaseRequest(worker: "w", capacity: 1)) {
          switch grant {
          case .leases(let leases): _ = try? await store.complete(.trained(leases[0], metric: 1), then: nil)
          case .wait(let version, _): await store.waitForChange(after: version)
          case .finished, .aborted: return
          }
        }
      }
    }
  }
  let histories = try await stores.asyncMap { try await $0.records(after: 0) }
  for history in histories.dropFirst() { #expect(history == histories[0]) }
  let tokens = histories[0].compactMap { if case .interval(let interval) = $0 { interval.token } else { nil } }
  #expect(tokens.count == 4 * rules.steps / 10 && Set(tokens).count == tokens.count)
  for store in stores { try await store.close() }
}

/// Checks that an entry of which the answer was lost is there once.
func checkLostAnswers(_ base: any EntryLog) async throws {
  let log = LosingLog(base: base)
  let store = try await join("a", log, Rules.small(steps: 40))
  try await store.warn("is told once")
  let warnings = try await store.records(after: 0).filter { "\($0)".contains("is told once") }
  #expect(warnings.count == 1)
  #expect(log.lost.withLock { $0 } > 1)
  try await store.close()
}

/// A log whose first answer to each entry is lost.
private final class LosingLog: WrappedLog {
  let lost = Mutex(0)
  let base: any EntryLog

  init(base: any EntryLog) { self.base = base }

  func create(_ number: Int, _ contents: Data, isDurable: Bool) async throws(LogFailure) -> Bool {
    let isNew = try await base.create(number, contents, isDurable: isDurable)
    guard isNew else { return false }
    lost.withLock { $0 += 1 }
    throw .noAnswer("the answer was lost")
  }
}
