import PopulationBasedTraining
import PoptrainTrainers

@testable import PoptrainStore
@testable import PoptrainWorker

/// A random walk of a worker's loop: events that may follow its actions, a stop at a random moment, and a check of what
/// it does with each lease.
struct Walk {
  private var random: RandomStream
  private var loop = WorkerLoop(metric: "score")
  private var stop = WorkerLoop.Stop.no
  private var leases = 0
  /// What was done under each lease that is held, since it was last prepared.
  private var open: [String: [String]] = [:]
  /// Those whose process has died with others in it since they were last prepared.
  private var suspects: Set<String> = []
  /// Those that a full disk has lost.
  private var lost: Set<String> = []
  /// How many have died alone, one after the other.
  private var endedAlone = 0

  init(seed: UInt64) {
    random = RandomStream(seed: seed, member: 0, ordinal: 0, purpose: "walk")
  }

  /// Walks to the end. What went wrong; none: nothing.
  mutating func run() -> String? {
    var action = loop.start()
    for _ in 0..<5000 {
      if case .finish(.broken) = action { return nil }
      let kept = Set(loop.leases.map(\.token))
      if kept != Set(open.keys) { return "it keeps \(kept.sorted()) alive and holds \(open.keys.sorted())" }
      if let wrong = check(action) { return "\(wrong) at \(describe(action)) after \(open)" }
      if case .finish = action { return open.isEmpty ? nil : "it ended with the leases \(open.keys.sorted())" }
      if random.integer(below: 60) == 0 { stop = max(stop, random.integer(below: 3) == 0 ? .now : .afterInterval) }
      action = loop.handle(event(after: action), stop: stop)
    }
    return "it did not end"
  }

  private mutating func check(_ action: WorkerLoop.Action) -> String? {
    let open = open
    func expect(_ lease: Lease, after steps: [String]) -> String? {
      guard let history = open[lease.token] else { return "\(lease.token) is not held" }
      return steps == history ? nil : "expected \(steps)"
    }
    switch action {
    case .lease:
      if stop != .no { return "it asked for a lease while stopping" }
      return open.isEmpty ? nil : "it asked for a lease while it had some"
    case .wait:
      return open.isEmpty ? nil : "it waited while it had leases"
    case .prepare(let lease):
      if stop != .no { return "it began an interval while stopping" }
      let wrong =
        suspects.remove(lease.token) == nil ? expect(lease, after: []) : expect(lease, after: ["prepare", "train"])
      self.open[lease.token] = ["prepare"]
      return wrong
    case .train(let batch):
      if stop != .no { return "it began to train while stopping" }
      if Set(batch.map(\.lease.steps)).count != 1 { return "it mixed numbers of steps" }
      defer { for prepared in batch { self.open[prepared.lease.token]?.append("train") } }
      return batch.lazy.compactMap { expect($0.lease, after: ["prepare"]) }.first
    case .publish(let leases):
      return leases.lazy.compactMap { expect($0, after: ["prepare", "train"]) }.first
    case .complete(let finished, let thenLease):
      if stop != .no, thenLease { return "it asked for a lease while stopping" }
      if thenLease, open.count > finished.count { return "it asked for a lease while it had others" }
      defer { for finished in finished { self.open[finished.lease.token] = nil } }
      return finished.lazy.compactMap { finished in
        if case .invalid = finished.report.result { return expect(finished.lease, after: ["prepare", "train"]) }
        return expect(finished.lease, after: ["prepare", "train", "publish"])
      }.first
    case .fail(let lease, _):
      defer { self.open[lease.token] = nil }
      if suspects.contains(lease.token) { return "it charged \(lease.token) for its batch" }
      return open[lease.token]?.first == "prepare" ? nil : "it failed what it had not begun"
    case .release(let lease):
      defer {
        self.open[lease.token] = nil
        suspects.remove(lease.token)
      }
      if stop == .no, endedAlone < 2, !lost.contains(lease.token) { return "it released without a stop" }
      return open[lease.token] == nil ? "\(lease.token) is not held" : nil
    case .pause:
      if stop != .no { return "it waited for room while stopping" }
      return nil
    case .finish:
      return nil
    }
  }

  private mutating func event(after action: WorkerLoop.Action) -> WorkerLoop.Event {
    if random.integer(below: 400) == 0 { return .broken("disk") }
    switch action {
    case .lease: return .granted(grant())
    case .wait: return .changed
    case .pause: return .waited
    case .prepare:
      return random.integer(below: 6) == 0
        ? .attemptFailed(TrainerFailure(.notLoaded, "damaged")) : .prepared(saveTo: "/s")
    case .train(let batch): return .trained(outcomes(of: batch.map(\.lease.token)), startedAt: 1)
    case .publish(let leases): return .published(leases.map { publication(of: $0.token) })
    case .complete(_, let thenLease):
      return .recorded(thenLease && random.integer(below: 6) > 0 ? grant() : nil)
    case .fail: return random.integer(below: 6) == 0 ? .superseded : .recorded(nil)
    case .release: return random.integer(below: 6) == 0 ? .superseded : .released
    case .finish: preconditionFailure("nothing follows an end")
    }
  }

  private mutating func publication(of token: String) -> WorkerLoop.Publication {
    switch random.integer(below: 12) {
    case 0, 1: return .failed(TrainerFailure(.notSaved, "empty"))
    case 2: return .blocked("full", losesInterval: false)
    case 3:
      lost.insert(token)
      return .blocked("full", losesInterval: true)
    default:
      open[token]?.append("publish")
      return .done
    }
  }

  /// What a trainer makes of a batch; now and then its process dies after some answers.
  private mutating func outcomes(of tokens: [String]) -> [TrainerOutcome] {
    let answered = random.integer(below: 3) == 0 ? random.integer(below: tokens.count) : tokens.count
    var death = TrainerFailure(.exited, "it died")
    death.isOfProcess = true
    return tokens.enumerated().map { position, token in
      guard position < answered else {
        if tokens.count > 1 { suspects.insert(token) } else { endedAlone += 1 }
        return .failed(death)
      }
      switch random.integer(below: 6) {
      case 0: return .failed(TrainerFailure(.failed, "no data"))
      case 1: return .invalid("no", log: nil)
      case 2:
        endedAlone = 0
        return .trained(TrainedInterval(steps: 1, metrics: [:]))
      default:
        endedAlone = 0
        return .trained(TrainedInterval(steps: 1, metrics: ["score": 1]))
      }
    }
  }

  private mutating func grant() -> Grant {
    switch random.integer(below: 30) {
    case 0: return .finished
    case 1...4: return .wait(version: 1)
    case 5: return .leases([])
    default:
      endedAlone = 0
      return .leases(
        (0...random.integer(below: 9)).map { _ in
          leases += 1
          open["\(leases)"] = []
          return `The loop of a worker`.lease("\(leases)", steps: random.integer(below: 8) == 0 ? 4 : 10)
        })
    }
  }
}
