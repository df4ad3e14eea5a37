@testable import PoptrainSQLite
import Foundation
import PopulationBasedTraining
import PoptrainStore
import Testing

/// A store of one kind, with a clock that the test turns and tokens that it knows.
struct Bench: Sendable {
  let store: any PopulationStore
  let rules: Rules
  let clock: ManualClock
  /// Where the store's files are; removed with the bench.
  let folder: TemporaryFolder?
  private let tokens: TokenSource

  /// Every implementation; the conformance checks run over all of them.
  enum Kind: String, CaseIterable, Sendable {
    case inMemory, sqlite
  }

  /// Starts a new population.
  init(_ kind: Kind, _ rules: Rules) async throws {
    self.rules = rules
    clock = ManualClock()
    let clock = clock
    let tokens = TokenSource()
    self.tokens = tokens
    switch kind {
    case .inMemory:
      folder = nil
      // The other kind takes the first token for the run.
      _ = tokens.next()
      store = InMemoryStore(
        rules: rules, monotonicNow: { clock.now }, wallNow: { clock.now }, makeToken: { tokens.next() })
    case .sqlite:
      let folder = try TemporaryFolder()
      self.folder = folder
      store = try await SQLiteStore.open(in: folder, rules, clock: clock, tokens: tokens)
    }
  }

  private init(_ rules: Rules, _ folder: TemporaryFolder) async throws {
    self.rules = rules
    self.folder = folder
    clock = ManualClock()
    tokens = TokenSource(prefix: "u")
    store = try await SQLiteStore.open(in: folder, rules, clock: clock, tokens: tokens)
  }

  private init(_ store: any PopulationStore, _ rules: Rules, like other: Bench) {
    self.store = store
    self.rules = rules
    clock = other.clock
    folder = other.folder
    tokens = other.tokens
  }

  /// The population under other rules: revised in memory, or opened again with another experiment.
  func revised(_ change: (inout Rules) -> Void) async throws -> Bench {
    var rules = rules
    change(&rules)
    guard let folder, let store = store as? SQLiteStore else {
      await (store as? InMemoryStore)?.revise(rules)
      return Bench(store, rules, like: self)
    }
    try await store.close()
    let again = try await SQLiteStore.open(
      in: folder, rules, experiment: "name: test # \(rules.steps) \(rules.populationSize) \(rules.stop)", clock: clock,
      tokens: tokens)
    return Bench(again, rules, like: self)
  }

  /// What a new engine finds if this one, which keeps a database, is killed now: its files as they are.
  func killedAndStartedAgain() async throws -> Bench {
    try await Bench(rules, try #require(folder).copyOfDatabase())
  }

  // MARK: Calls

  func lease(_ capacity: Int = 1, worker: String = "worker") async throws -> [Lease] {
    guard case .leases(let leases) = try await grant(capacity, worker: worker) else { return [] }
    return leases
  }

  func grant(_ capacity: Int = 1, worker: String = "worker") async throws -> Grant {
    try await store.lease(LeaseRequest(worker: worker, capacity: capacity))
  }

  /// Leases one member.
  func leaseOne() async throws -> Lease {
    try #require(try await lease(1).first)
  }

  @discardableResult
  func complete(
    _ lease: Lease, metric: Double, steps: Int? = nil, then request: LeaseRequest? = nil
  ) async throws -> Completion {
    try await store.complete(.trained(lease, metric: metric, steps: steps, at: clock.now), then: request)
  }

  @discardableResult
  func fail(_ lease: Lease, _ message: String = "it broke") async throws -> Completion {
    try await store.fail(FailureReport(lease, message, at: clock.now))
  }

  /// Leases everybody and has everybody score.
  func completeGeneration(_ metric: (Lease) -> Double) async throws -> [Completion] {
    var completions: [Completion] = []
    for lease in try await lease(.max) { completions.append(try await complete(lease, metric: metric(lease))) }
    return completions
  }

  // MARK: What there is

  func member(_ id: Member.ID) async -> Member { await store.population().members[id] }

  func intervals() async throws -> [Interval] {
    try await store.records(after: 0).compactMap { if case .interval(let interval) = $0 { interval } else { nil } }
  }

  func decisions() async throws -> [Decision] {
    try await store.records(after: 0).compactMap { if case .decision(let decision) = $0 { decision } else { nil } }
  }

  /// Everything that anybody can ask, as text, to see whether a call has changed something.
  func everything() async throws -> String {
    let population = await store.population()
    let members = population.members.map(text).joined(separator: "\n")
    return try await "\(members)\n\(population.sequence)\n" + store.records(after: 0).map(text).joined(separator: "\n")
  }
}

extension SQLiteStore {
  static func open(
    in folder: TemporaryFolder, _ rules: Rules, experiment: String = "name: test", file: String? = nil,
    clock: ManualClock = ManualClock(), tokens: TokenSource = TokenSource(), isDurable: Bool = false
  ) async throws -> SQLiteStore {
    try await SQLiteStore(
      path: folder.database, rules: rules, experiment: experiment, file: file, folder: "/trainer", isDurable: isDurable,
      monotonicNow: { clock.now }, wallNow: { clock.now }, makeToken: { tokens.next() })
  }
}

extension IntervalReport {
  static func trained(_ lease: Lease, metric: Double, steps: Int? = nil, at time: Double = 0) -> IntervalReport {
    IntervalReport(
      token: lease.token, result: .trained(steps: steps ?? lease.steps, metric: metric), metrics: ["score": metric],
      startedAt: time)
  }
}

extension FailureReport {
  init(_ lease: Lease, _ message: String = "it broke", at time: Double = 0) {
    self.init(
      token: lease.token, reason: "exited", message: message, logTail: "last line", log: nil, startedAt: time)
  }
}

/// A folder that goes away with the last reference to it.
final class TemporaryFolder: Sendable {
  let path: String

  init() throws {
    path = NSTemporaryDirectory() + "poptrain-store-\(UUID().uuidString)"
    try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
  }

  deinit { try? FileManager.default.removeItem(atPath: path) }

  var database: String { path + "/population.sqlite" }

  /// Another folder, with the files of the database as they are.
  func copyOfDatabase() throws -> TemporaryFolder {
    let copy = try TemporaryFolder()
    for suffix in ["", "-wal"] where FileManager.default.fileExists(atPath: database + suffix) {
      try FileManager.default.copyItem(atPath: database + suffix, toPath: copy.database + suffix)
    }
    return copy
  }
}
