import Foundation
import PopulationBasedTraining
import PoptrainSharedLog
import PoptrainStore
import PoptrainStoreTesting
import Testing

/// A run in a folder, which processes of a test join, and their time.
struct SharedRun {
  let folder: TemporaryFolder
  let clock = ManualClock()
  let rules = Rules.small(steps: 40)

  init() throws { folder = try TemporaryFolder() }

  /// A process joins.
  func join(
    _ name: String, experiment: String = "name: test", log: (any EntryLog)? = nil,
    rules: Rules? = nil, poll: any Clock<Duration> = StoppedClock(),
    compute: @escaping @Sendable (@escaping @Sendable () -> [Decision]) async -> [Decision] = { $0() }
  ) async throws -> LogStore {
    let clock = clock
    let rules = rules ?? self.rules
    return try await LogStore(
      RunOpening(
        rules: rules, experiment: experiment, basis: "name: test", folder: "/trainer", isDurable: false,
        surroundings: Ledger.Surroundings(
          monotonicNow: { clock.now }, wallNow: { clock.now }, process: name, compute: compute)),
      in: log ?? folder.log, clock: poll, rules: { _ in rules })
  }

  /// Lets time pass for a process, which looks around meanwhile.
  func pass(_ seconds: Int, _ stores: LogStore...) async {
    for _ in 0..<seconds {
      clock.advance(by: 1)
      for store in stores { await store.lookAround() }
    }
  }
}

/// The members that are leased.
func members(_ grant: Grant) -> [Int] {
  if case .leases(let leases) = grant { leases.map(\.member) } else { [] }
}

extension LeaseRequest {
  /// One for all members that there are.
  static func all(_ worker: String) -> LeaseRequest { LeaseRequest(worker: worker, capacity: .max) }
}

/// A clock on which the time of who waits for seconds passes at once.
struct PassingClock: Clock {
  let clock: ManualClock
  let meanwhile: @Sendable () async -> Void
  var now: ContinuousClock.Instant { .now }
  var minimumResolution: Duration { .zero }

  func sleep(until deadline: ContinuousClock.Instant, tolerance: Duration?) async throws {
    guard deadline - now > .seconds(5) else { return try await ContinuousClock().sleep(for: .seconds(100_000)) }
    clock.advance(by: 10)
    await meanwhile()
  }
}

/// A clock on which nobody waits long.
struct ImpatientClock: Clock {
  var now: ContinuousClock.Instant { .now }
  var minimumResolution: Duration { .zero }

  func sleep(until deadline: ContinuousClock.Instant, tolerance: Duration?) async throws {
    try await ContinuousClock().sleep(for: .milliseconds(deadline - now > .milliseconds(700) ? 1 : 500))
  }
}
