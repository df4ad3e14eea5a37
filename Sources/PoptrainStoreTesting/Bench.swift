internal import Foundation
package import PopulationBasedTraining
package import PoptrainStore
internal import Testing

/// An implementation of a store, for the conformance suite.
package struct StoreKind: Sendable, CustomTestStringConvertible {
  /// Its name in the reports of tests.
  package let name: String
  /// Whether it is kept in its folder, and outlives its process.
  package let isOnDisk: Bool
  /// Names the place of a run in a folder.
  package let database: @Sendable (TemporaryFolder) throws -> any RunDatabase

  /// Describes an implementation.
  package init(
    _ name: String, isOnDisk: Bool, database: @escaping @Sendable (TemporaryFolder) throws -> any RunDatabase
  ) {
    self.name = name
    self.isOnDisk = isOnDisk
    self.database = database
  }

  package var testDescription: String { name }
}

/// A store of one kind, with a clock that the test turns and tokens that it knows.
package struct Bench: Sendable {
  package let store: any RunStore
  package let kind: StoreKind
  package let rules: Rules
  package let clock: ManualClock
  /// Where costly decisions are computed.
  package let computation = HoldingPoint()
  /// Where the store's files are; removed with the bench.
  package let folder: TemporaryFolder
  private let database: any RunDatabase
  private let tokens: TokenSource
  private let experiment: String

  /// Starts a new population.
  package init(_ kind: StoreKind, _ rules: Rules) async throws {
    let folder = try TemporaryFolder()
    try await self.init(kind, rules, try kind.database(folder), folder, TokenSource())
  }

  private init(
    _ kind: StoreKind, _ rules: Rules, _ database: any RunDatabase, _ folder: TemporaryFolder, _ tokens: TokenSource,
    clock: ManualClock = ManualClock(), experiment: String = Bench.experiment, basis: String? = nil
  ) async throws {
    self.kind = kind
    self.rules = rules
    self.database = database
    self.folder = folder
    self.tokens = tokens
    self.experiment = experiment
    self.clock = clock
    let gate = computation
    store = try await database.open(
      RunOpening(
        rules: rules, experiment: experiment, basis: basis, folder: "/trainer", isDurable: false,
        surroundings: Ledger.Surroundings(
          monotonicNow: { clock.now }, wallNow: { clock.now }, makeToken: { tokens.next() },
          compute: { decisions in
            await gate.pass()
            return decisions()
          })))
  }

  /// What the run is opened with first.
  package static let experiment = "name: test"

  /// The population under other rules: opened again with another experiment.
  package func revised(_ change: (inout Rules) -> Void) async throws -> Bench {
    var rules = rules
    change(&rules)
    try await store.close()
    return try await Bench(
      kind, rules, database, folder, tokens, clock: clock,
      experiment: "name: test # \(rules.steps) \(rules.populationSize) \(rules.stop) \(rules.keep)", basis: experiment)
  }

  /// What a new engine finds if this one is killed now: the files as they are.
  package func killedAndStartedAgain() async throws -> Bench {
    let copy = try folder.copy()
    return try await Bench(kind, rules, try kind.database(copy), copy, TokenSource(prefix: "u"))
  }

  // MARK: Calls

  package func lease(_ capacity: Int = 1, worker: String = "worker") async throws -> [Lease] {
    guard case .leases(let leases) = try await grant(capacity, worker: worker) else { return [] }
    return leases
  }

  package func grant(_ capacity: Int = 1, worker: String = "worker") async throws -> Grant {
    try await store.lease(LeaseRequest(worker: worker, capacity: capacity))
  }

  /// Leases one member.
  package func leaseOne() async throws -> Lease {
    try #require(try await lease(1).first)
  }

  @discardableResult
  package func complete(
    _ lease: Lease, metric: Double, steps: Int? = nil, then request: LeaseRequest? = nil
  ) async throws -> Completion {
    try await store.complete(.trained(lease, metric: metric, steps: steps, at: clock.now), then: request)
  }

  @discardableResult
  package func fail(_ lease: Lease, _ message: String = "it broke") async throws -> Completion {
    try await store.fail(FailureReport(lease, message, at: clock.now))
  }

  /// Leases everybody and has everybody score.
  package func completeGeneration(_ metric: (Lease) -> Double) async throws -> [Completion] {
    var completions: [Completion] = []
    for lease in try await lease(.max) { completions.append(try await complete(lease, metric: metric(lease))) }
    return completions
  }

  // MARK: What there is

  package func member(_ id: Member.ID) async -> Member { await store.population().members[id] }

  package func intervals() async throws -> [Interval] {
    try await store.records(after: 0).compactMap { if case .interval(let interval) = $0 { interval } else { nil } }
  }

  package func decisions() async throws -> [Decision] {
    try await store.records(after: 0).compactMap { if case .decision(let decision) = $0 { decision } else { nil } }
  }

  /// Everything that anybody can ask, as text, to see whether a call has changed something.
  package func everything() async throws -> String {
    let population = await store.population()
    let members = population.members.map(text).joined(separator: "\n")
    return try await "\(members)\n\(population.sequence)\n" + store.records(after: 0).map(text).joined(separator: "\n")
  }
}

extension IntervalReport {
  package static func trained(_ lease: Lease, metric: Double, steps: Int? = nil, at time: Double = 0) -> IntervalReport
  {
    IntervalReport(
      token: lease.token, result: .trained(steps: steps ?? lease.steps, metric: metric), metrics: ["score": metric],
      startedAt: time)
  }
}

extension FailureReport {
  package init(_ lease: Lease, _ message: String = "it broke", at time: Double = 0) {
    self.init(
      token: lease.token, reason: .exited, message: message, logTail: "last line", log: nil, startedAt: time)
  }
}

/// A folder that goes away with the last reference to it.
package final class TemporaryFolder: Sendable {
  package let path: String

  package init() throws {
    path = NSTemporaryDirectory() + "poptrain-store-\(UUID().uuidString)"
    try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
  }

  deinit { try? FileManager.default.removeItem(atPath: path) }

  /// Another folder with the same files.
  package func copy() throws -> TemporaryFolder {
    let copy = try TemporaryFolder()
    for name in try FileManager.default.contentsOfDirectory(atPath: path) {
      try FileManager.default.copyItem(atPath: "\(path)/\(name)", toPath: "\(copy.path)/\(name)")
    }
    return copy
  }
}
