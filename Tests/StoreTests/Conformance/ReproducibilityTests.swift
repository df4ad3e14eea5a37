import PopulationBasedTraining
import PoptrainStore
import PoptrainStoreTesting
import Testing

@Suite("In synchronous order")
struct ReproducibilityTests {
  @Test(
    "the same seed makes the same history, whatever the number of workers and the order in which they finish",
    arguments: StoreKind.all, ["truncation", "restart", "pb2"])
  func sameHistory(kind: StoreKind, rule: String) async throws {
    var rules = Rules.small(size: 7, steps: 80, order: .synchronous, exploit: .truncation(0.3))
    if rule == "restart" {
      rules.exploit = .rule("restart", ["patience": .number(1), "quantile_fraction": .number(0.3)])
      rules.steps = 160
    }
    if rule == "pb2" {
      rules.explore = RuleChoice(ExploreRules.all.first { $0.name == "pb2" }!, ["window": .number(10)])
    }
    let expected = try await history(kind, rules, workers: 1, seed: 0)
    #expect(expected.contains { $0.contains("inherit") } && expected.contains { $0.contains("diverged") })
    for workers in [1, 2, 5] {
      for seed in 1...4 as ClosedRange<UInt64> {
        let other = try await history(kind, rules, workers: workers, seed: seed)
        #expect(other == expected, "\(workers) workers, order \(seed)")
      }
    }
  }

  @Test("another seed makes another history")
  func otherHistory() async throws {
    let one = try await history(.inMemory, .small(order: .synchronous, seed: 1), workers: 1, seed: 0)
    let other = try await history(.inMemory, .small(order: .synchronous, seed: 2), workers: 1, seed: 0)
    #expect(one != other)
  }

  @Test("killed after any call, an engine that is started again comes to the same history")
  func killed() async throws {
    let rules = Rules.small(size: 5, steps: 50, order: .synchronous, exploit: .truncation(0.3))
    let expected = try await history(.sqlite, rules, workers: 1, seed: 0)
    let bench = try await Bench(.sqlite, rules)
    var calls = 0
    try await train(bench, workers: 3, seed: 5) { scores in
      calls += 1
      let again = try await bench.killedAndStartedAgain()
      try await train(again, workers: 2, seed: UInt64(calls), scores)
      let history = canonical(try await again.store.records(after: 0))
      #expect(history == expected, "killed after call \(calls)")
    }
    #expect(calls > 50)
  }

  /// The history of an experiment with so many workers.
  private func history(_ kind: StoreKind, _ rules: Rules, workers: Int, seed: UInt64) async throws -> [String] {
    let bench = try await Bench(kind, rules)
    try await train(bench, workers: workers, seed: seed)
    return canonical(try await bench.store.records(after: 0))
  }

  /// Runs an experiment to its end with so many workers, which finish, give back and fail in a random order.
  ///
  /// - Parameters:
  ///   - scores: what the checkpoints of an earlier start contain.
  ///   - afterCall: is given the contents of all checkpoints after every call.
  private func train(
    _ bench: Bench, workers: Int, seed: UInt64, _ scores: [CheckpointID: Double] = [:],
    afterCall: ([CheckpointID: Double]) async throws -> Void = { _ in }
  ) async throws {
    var random = SeededGenerator(seed: seed)
    var held: [Lease] = []
    var scores = scores
    while true {
      if held.count < workers {
        let grant = try await bench.grant(Int.random(in: 1...workers - held.count, using: &random), worker: "\(seed)")
        if case .leases(let leases) = grant { held += leases }
        if grant == .finished { break }
        try await afterCall(scores)
      }
      let lease = held.remove(at: Int.random(in: 0..<held.count, using: &random))
      bench.clock.advance(by: 0.1)
      switch Int.random(in: 0..<10, using: &random) {
      case 0: try await bench.store.release(lease.token)
      case 1 where await bench.member(lease.member).failures == 0 && !scores.isEmpty: try await bench.fail(lease)
      default:
        let score = trained(lease, from: lease.start.flatMap { scores[$0] } ?? 0)
        scores[lease.end] = score.isFinite ? score : 0
        try await bench.complete(lease, metric: score)
      }
      try await afterCall(scores)
    }
  }

  /// A trainer: a function of the checkpoint, the hyperparameters, the steps and the seed.
  private func trained(_ lease: Lease, from score: Double) -> Double {
    let rate = lease.hyperparameters["learning_rate"]?.asNumber ?? 0
    if lease.seed % 17 == 0 { return .nan }
    return score * 0.9 + rate * Double(lease.steps) + Double(lease.seed % 1009) / 1009
  }

  /// History without tokens, times, workers and sequences, ordered by member and number.
  private func canonical(_ records: [HistoryRecord]) -> [String] {
    var made: [Int: String] = [:]
    func name(_ checkpoint: CheckpointID?) -> String {
      checkpoint.map { $0.description.split(separator: "-").prefix(2).joined(separator: "-") } ?? "fresh"
    }
    return records.compactMap { record -> String? in
      switch record {
      case .interval(var interval):
        made[interval.sequence] = "\(interval.member)-\(interval.number)"
        let names = "\(name(interval.start)) -> \(name(interval.end))"
        (interval.sequence, interval.token, interval.worker) = (0, nil, "")
        (interval.startedAt, interval.finishedAt, interval.start, interval.end) = (0, 0, nil, nil)
        return "\(names) \(text(interval))"
      case .decision(var decision):
        var donor = ""
        if case .inherit(let copied) = decision.result {
          donor = "\(copied.member) \(made[copied.sequence] ?? "") \(name(copied.checkpoint)) \(copied.score)"
        }
        let result = decision.result.name
        (decision.sequence, decision.saw, decision.result) = (0, 0, .stay)
        return "\(result) \(donor) \(text(decision))"
      case .collection(_, let checkpoint): return "collected \(name(checkpoint))"
      case .attempt, .event: return nil
      }
    }.sorted()
  }
}
