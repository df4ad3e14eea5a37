internal import PoptrainSQLite
internal import Foundation
public import PopulationBasedTraining
internal import PoptrainStore

/// How long a store takes.
public struct StoreTimes: Sendable {
  /// Seconds for a message to the store, and for its answer back.
  public var way: Double
  /// Seconds for a commit, whatever is in it.
  public var commit: Double
  /// Seconds more for each transaction in it.
  public var transaction: Double

  /// Describes a store.
  public init(way: Double, commit: Double, transaction: Double) {
    self.way = way
    self.commit = commit
    self.transaction = transaction
  }

  /// Measures the SQLite store in a folder, without workers, trainers and checkpoints: one caller that leases and completes,
  /// and then many at once, which share commits.
  public static func measured(
    in folder: String, rules: Rules, isDurable: Bool, callers: Int, intervals: Int
  ) async throws -> StoreTimes {
    func secondsPerInterval(callers: Int) async throws -> Double {
      let path = "\(folder)/\(UUID().uuidString).sqlite"
      defer { try? FileManager.default.removeItem(atPath: path) }
      let store = try await SQLiteDatabase(path: path).open(
        RunOpening(rules: rules, experiment: "{}", folder: folder, isDurable: isDurable))
      let start = ContinuousClock.now
      try await withThrowingTaskGroup(of: Void.self) { group in
        for caller in 0..<callers {
          group.addTask { try await train(intervals / callers, as: "\(caller)", store, metric: rules.metric) }
        }
        try await group.waitForAll()
      }
      let seconds = (ContinuousClock.now - start) / .seconds(1)
      try await store.close()
      return seconds / Double(intervals)
    }
    let alone = try await secondsPerInterval(callers: 1)
    let together = try await secondsPerInterval(callers: callers)
    return StoreTimes(way: 0, commit: max(0, alone - together), transaction: together)
  }

  /// Leases and completes so many intervals, one after the other.
  private static func train(_ intervals: Int, as caller: String, _ store: any PopulationStore, metric: String)
    async throws
  {
    let request = LeaseRequest(worker: caller, capacity: 1)
    var grant = try await store.lease(request)
    for number in 0..<intervals {
      guard case .leases(let leases) = grant else { return }
      let score = Double((number * 7919) % 1000)
      let report = IntervalReport(
        token: leases[0].token, result: .trained(steps: leases[0].steps, metric: score), metrics: [metric: score],
        startedAt: 0)
      grant = try await store.complete(report, then: request).grant ?? .finished
    }
  }
}
