import PopulationBasedTraining
import PoptrainStore

/// Trains members by keeping a diary: what a model was trained under, step by step. It knows nothing of lineages.
struct RecordingTrainer {
  /// The values that each model has seen: those of age 0 first.
  private(set) var seen: [CheckpointID: [Hyperparameters]] = [:]
  private(set) var outcomes: Set<String> = []
  private var random: RandomStream

  init(seed: UInt64) {
    random = RandomStream(seed: seed, member: 0, ordinal: 0, purpose: "test")
  }

  /// Trains as several workers would, until nothing is left or so many intervals have ended.
  ///
  /// - Parameter isExact: whether every interval ends where it was asked to, and well.
  mutating func train(_ store: any PopulationStore, workers: Int, intervals: Int = .max, isExact: Bool) async throws {
    var live: [Lease] = []
    var ended = 0
    while ended < intervals {
      if live.count < workers, case .leases(let leases) = try await store.lease(request) { live += leases }
      guard !live.isEmpty else { return }
      let lease = live.remove(at: random.integer(below: live.count))
      _ = try await store.complete(report(lease, isExact: isExact), then: nil)
      ended += 1
    }
    for lease in live { try await store.release(lease.token) }
  }

  private let request = LeaseRequest(worker: "test", capacity: 1)

  private mutating func report(_ lease: Lease, isExact: Bool) -> IntervalReport {
    let draw = random.integer(below: 10)
    var steps = lease.steps
    if lease.kind == .train, draw < 2, lease.steps > 1 { steps = 1 + random.integer(below: lease.steps - 1) }
    if lease.kind == .train, draw == 2, !isExact { steps += 1 + random.integer(below: 7) }
    let outcome = steps < lease.steps ? "fewer" : steps > lease.steps ? "more" : "all"
    outcomes.insert(lease.kind == .evaluate ? "evaluated" : outcome)

    let before = lease.start.flatMap { seen[$0] } ?? []
    precondition(before.count == lease.startAge, "the age is not what the model has seen")
    if lease.kind == .train { seen[lease.end] = before + Array(repeating: lease.hyperparameters, count: steps) }
    let metric = draw == 3 && !isExact ? .nan : random.unit()
    return IntervalReport(
      token: lease.token, result: .trained(steps: steps, metric: metric), metrics: ["score": metric], startedAt: 0)
  }
}
