package import PopulationBasedTraining
internal import PoptrainStore
internal import Testing

/// A walk of random calls, decided by a seed and by what the store answers.
package struct Walk {
  package private(set) var bench: Bench
  private var random: SeededGenerator
  private var live: [Lease] = []
  private var dead: [Lease] = []
  package private(set) var witness: Witness
  package private(set) var transitions: TransitionLog
  package private(set) var isOver = false
  private let isTimed: Bool

  /// - Parameter isTimed: whether leases may expire.
  package init(_ bench: Bench, seed: UInt64, isTimed: Bool = true) async throws {
    self.bench = bench
    self.isTimed = isTimed
    random = SeededGenerator(seed: seed)
    witness = Witness(rules: bench.rules)
    transitions = TransitionLog(rules: bench.rules)
    try await witness.look(at: bench.store, live: [])
    transitions.joined(witness.records)
  }

  /// Makes one call, and looks at what came of it.
  package mutating func step() async throws {
    let seen = witness.records.count
    var granted: [Lease] = []
    var released: Lease?
    switch Int.random(in: 0..<100, using: &random) {
    case 0..<25: granted = try await leaseMore()
    case 25..<65: granted = try await completeOne()
    case 65..<75: try await failOne()
    case 75..<82: released = try await releaseOne()
    case 82..<87 where isTimed: bench.clock.advance(by: Double(Int.random(in: 1...45, using: &random)))
    case 87..<92: try await heartbeat()
    case 92..<98: try await repeatOld()
    default: try await bench.store.warn("something")
    }
    try await witness.look(at: bench.store, live: live)
    transitions.log(witness.records[seen...], granted: granted, released: released)
  }

  /// Goes on under other rules, and looks at what came of it.
  package mutating func revise(_ change: (inout Rules) -> Void) async throws {
    let seen = witness.records.count
    let revised = try await bench.revised(change)
    for lease in live { drop(lease) }
    bench = revised
    witness.expectRevision(bench.rules)
    try await witness.look(at: bench.store, live: live)
    transitions.revised(bench.rules, witness.records[seen...])
    isOver = false
  }

  private mutating func leaseMore() async throws -> [Lease] {
    let grant = try await bench.grant(Int.random(in: 1...3, using: &random), worker: "worker \(live.count)")
    return take(grant)
  }

  private mutating func take(_ grant: Grant?) -> [Lease] {
    switch grant {
    case .leases(let leases):
      #expect(!leases.isEmpty)
      for lease in leases {
        if let old = live.first(where: { $0.member == lease.member }) {
          #expect(old.expiresAt <= bench.clock.now, "taken over too early")
          drop(old)
        }
        live.append(lease)
      }
      return leases
    case .wait: #expect(!live.isEmpty)
    case .finished: isOver = true
    case .aborted: Issue.record("the run was given up")
    case nil: break
    }
    return []
  }

  private mutating func drop(_ lease: Lease) {
    live.removeAll { $0.token == lease.token }
    dead.append(lease)
  }

  private mutating func completeOne() async throws -> [Lease] {
    guard let lease = live.randomElement(using: &random) else { return [] }
    let request = random.chance(percent: 50) ? LeaseRequest(worker: "next", capacity: 1) : nil
    let metrics: [Double] = [.nan, .infinity, 0.5]
    var report = IntervalReport.trained(
      lease,
      metric: random.chance(percent: 15)
        ? metrics[Int.random(in: 0..<3, using: &random)] : Double.random(in: -1...1, using: &random),
      at: bench.clock.now)
    report.evaluations = [Evaluation(age: lease.startAge, metrics: ["score": .nan])]
    switch Int.random(in: 0..<20, using: &random) {
    case 0: report.result = .invalid("no")
    case 1, 2: report.result = .trained(steps: lease.steps / 2, metric: 0.1)
    case 3: report.result = .trained(steps: lease.steps + 3, metric: 0.2)
    default: break
    }
    drop(lease)
    return take(try await bench.store.complete(report, then: request).grant)
  }

  private mutating func failOne() async throws {
    // The first interval has to end well, or the run is given up.
    guard let lease = live.randomElement(using: &random), let last = witness.records.last(where: \.isInterval) else {
      return
    }
    // Nor may two members be given up one after the other.
    if case .interval(let interval) = last, interval.outcome == .forfeited, interval.member != lease.member { return }
    drop(lease)
    try await bench.fail(lease)
  }

  private mutating func releaseOne() async throws -> Lease? {
    guard let lease = live.randomElement(using: &random) else { return nil }
    drop(lease)
    try await bench.store.release(lease.token)
    return lease
  }

  private mutating func heartbeat() async throws {
    guard let position = live.indices.randomElement(using: &random) else { return }
    try await bench.store.heartbeat(live[position].token)
    live[position].expiresAt = bench.clock.now + 60
  }

  /// Uses a token that is not live: the call gets the recorded interval, or is refused.
  private mutating func repeatOld() async throws {
    guard let old = dead.randomElement(using: &random) else { return }
    let recorded = witness.records.contains { $0.token == old.token }
    do {
      let answer = try await bench.complete(old, metric: 5, then: LeaseRequest(worker: "w", capacity: 3))
      #expect(recorded && answer.interval?.token == old.token)
      #expect(answer.grant == nil && answer.decisions.isEmpty && answer.collected.isEmpty)
    } catch {
      #expect(error as? StoreError == .superseded(token: old.token))
      #expect(!recorded)
    }
  }
}

extension HistoryRecord {
  fileprivate var isInterval: Bool { if case .interval = self { true } else { false } }

  fileprivate var token: String? { if case .interval(let interval) = self { interval.token } else { nil } }
}
