internal import Foundation
internal import PoptrainSQLite
public import PopulationBasedTraining
internal import PoptrainStore

/// How long the other workers wait while one member decides by a rule that learns from history.
public struct LongestWait: Sendable {
  /// Seconds that the decision took, with its interval.
  public let decision: Double
  /// The most seconds for which another worker waited meanwhile until it was given a member and had given it back.
  public let others: Double

  /// Measures the SQLite store in a folder, with a worker for each member: all have trained as often as the rule remembers, then
  /// the worst of them copies while the others go on.
  ///
  /// - Parameter isApart: whether the decision is computed on a thread of its own, or by the store itself.
  public static func measured(in folder: String, rules: Rules, isApart: Bool) async throws -> LongestWait {
    let path = "\(folder)/\(UUID().uuidString).sqlite"
    defer { try? FileManager.default.removeItem(atPath: path) }
    var surroundings = Ledger.Surroundings()
    if !isApart { surroundings.compute = { decisions in decisions() } }
    let store = try await SQLiteDatabase(path: path).open(
      RunOpening(rules: rules, experiment: "{}", folder: folder, isDurable: false, surroundings: surroundings))
    let everybody = LeaseRequest(worker: "all", capacity: .max)
    // Nobody is better than others, so that nobody copies.
    for round in 0...rules.observationsRemembered / rules.populationSize {
      guard case .leases(let leases) = try await store.lease(everybody) else { break }
      for lease in leases { _ = try await store.complete(.scored(lease, Double(round)), then: nil) }
    }
    guard case .leases(let leases) = try await store.lease(everybody), let worst = leases.last else {
      return LongestWait(decision: 0, others: 0)
    }
    for lease in leases.dropLast() {
      _ = try await store.complete(.scored(lease, 1e3 + Double(lease.member)), then: nil)
    }

    let start = ContinuousClock.now
    let decision = Task {
      _ = try await store.complete(.scored(worst, 0), then: nil)
      return (ContinuousClock.now - start) / .seconds(1)
    }
    var longest = Duration.zero
    while true {
      let asked = ContinuousClock.now
      guard case .leases(let next) = try await store.lease(LeaseRequest(worker: "other", capacity: 1)) else { break }
      try await store.release(next[0].token)
      longest = max(longest, ContinuousClock.now - asked)
      if await store.population().members[worst.member].decisions > worst.number - 1 { break }
    }
    let seconds = try await decision.value
    try await store.close()
    return LongestWait(decision: seconds, others: longest / .seconds(1))
  }
}

extension IntervalReport {
  fileprivate static func scored(_ lease: Lease, _ score: Double) -> IntervalReport {
    IntervalReport(
      token: lease.token, result: .trained(steps: lease.steps, metric: score), metrics: ["score": score], startedAt: 0)
  }
}
