import Foundation
import PopulationBasedTraining
import PoptrainSharedLog
import PoptrainStore
import PoptrainStoreTesting
import Synchronization
import Testing

/// Calls that come while an entry is being written.
@Suite("A call that comes while another is written to a shared log", .timeLimit(.minutes(20)))
struct InterleavingTests {
  private let folder: TemporaryFolder

  init() throws { folder = try TemporaryFolder() }

  private func join(
    _ log: any EntryLog, rules: Rules = .small(steps: 40),
    compute: @escaping @Sendable (@escaping @Sendable () -> [Decision]) async -> [Decision] = { $0() }
  ) async throws -> LogStore {
    try await LogStore(
      RunOpening(
        rules: rules, experiment: "name: test", basis: "name: test", folder: "/trainer", isDurable: false,
        surroundings: Ledger.Surroundings(monotonicNow: { 0 }, wallNow: { 0 }, process: randomToken(), compute: compute)
      ),
      in: log, clock: StoppedClock(), rules: { _ in rules })
  }

  @Test("has an entry of its own where it must have written one", arguments: 0..<40)
  func forced(yields: Int) async throws {
    let log = SlowLog(base: folder.log, yields: yields)
    let store = try await join(log)
    for round in 0..<10 {
      async let other: Void = store.warn("round \(round)")
      let begun = log.begun
      _ = try await store.neededCheckpoints()
      #expect(log.begun > begun)
      try await other
    }
  }

  /// The calls of others have a higher priority, so that one that has failed hears of it when the next entry is in flight.
  @Test("does not make it forget that decisions are to be given up", arguments: 1...10 as ClosedRange<UInt64>)
  func givenUp(seed: UInt64) async throws {
    let log = SlowLog(base: folder.log, yields: 3, seed: seed)
    let store = try await join(log, rules: .learning())
    log.isReliable = false
    await withTaskGroup { group in
      for _ in 0..<3 {
        group.addTask(priority: .high) {
          for _ in 0..<100 { try? await store.warn("something") }
        }
      }
      group.addTask(priority: .background) {
        for _ in 0..<50 {
          guard case .leases(let leases) = try? await store.lease(LeaseRequest(worker: "w", capacity: 1)) else {
            continue
          }
          if (try? await store.complete(.trained(leases[0], metric: 1), then: nil)) == nil {
            try? await store.release(leases[0].token)
          }
        }
      }
    }
    log.isReliable = true
    try await store.warn("afterwards")
    // Decides for those that nobody decides for.
    _ = try await store.lease(LeaseRequest(worker: "w", capacity: .max))
    #expect(await store.population().members.allSatisfy { $0.state != .due })
  }
}

/// A log that takes its time, and may refuse entries.
private final class SlowLog: WrappedLog {
  let base: any EntryLog
  private let yields: Int
  private let state: Mutex<(begun: Int, isReliable: Bool, random: SeededGenerator)>

  init(base: any EntryLog, yields: Int, seed: UInt64 = 0) {
    self.base = base
    self.yields = yields
    state = Mutex((0, true, SeededGenerator(seed: seed)))
  }

  /// How many entries somebody has begun to write.
  var begun: Int { state.withLock(\.begun) }

  /// Whether it refuses nothing.
  var isReliable: Bool {
    get { state.withLock(\.isReliable) }
    set { state.withLock { $0.isReliable = newValue } }
  }

  func create(_ number: Int, _ contents: Data, isDurable: Bool) async throws(LogFailure) -> Bool {
    let isRefused = state.withLock { state in
      state.begun += 1
      return !state.isReliable && state.random.chance(percent: 30)
    }
    for _ in 0..<yields { await Task.yield() }
    if isRefused { throw .refused(.unavailable("the disk is full")) }
    return try await base.create(number, contents, isDurable: isDurable)
  }
}
