import PopulationBasedTraining
import Trainers

@testable import Store
@testable import Worker

/// A random walk of a worker's loop: events that may follow its actions, a stop at a random moment, and a check of what
/// it does with each lease.
struct Walk {
  private var random: RandomStream
  private var loop = WorkerLoop(worker: "w", metric: "score")
  private var stop = WorkerLoop.Stop.no
  private var leases = 0
  /// What was done under the present lease.
  private var history: [String] = []
  private var open: String?

  init(seed: UInt64) {
    random = RandomStream(seed: seed, member: 0, ordinal: 0, purpose: "walk")
  }

  /// Walks to the end. What went wrong; none: nothing.
  mutating func run() -> String? {
    var action = loop.start()
    for _ in 0..<2000 {
      if let wrong = check(action) { return "\(wrong) at \(describe(action)) after \(history)" }
      if case .finish(let ending) = action {
        if case .broken = ending { return nil }
        return open.map { "it ended with the lease \($0)" }
      }
      if random.integer(below: 40) == 0 { stop = max(stop, random.integer(below: 3) == 0 ? .now : .afterInterval) }
      action = loop.handle(event(after: action), stop: stop)
    }
    return "it did not end"
  }

  private mutating func check(_ action: WorkerLoop.Action) -> String? {
    func expect(_ lease: Lease, after steps: [String]) -> String? {
      guard lease.token == open else { return "\(lease.token) is not the lease that is held, \(open ?? "none")" }
      return steps == history ? nil : "expected \(steps)"
    }
    switch action {
    case .lease:
      if stop != .no { return "it asked for a lease while stopping" }
      return open.map { "it asked for a lease while it had \($0)" }
    case .wait:
      return open.map { "it waited while it had \($0)" }
    case .prepare(let lease):
      if stop != .no { return "it began an interval while stopping" }
      defer { history = ["prepare"] }
      return expect(lease, after: [])
    case .train(let lease, _):
      if stop != .no { return "it began to train while stopping" }
      defer { history.append("train") }
      return expect(lease, after: ["prepare"])
    case .publish(let lease):
      defer { history.append("publish") }
      return expect(lease, after: ["prepare", "train"])
    case .complete(let lease, let report, let request):
      if stop != .no, request != nil { return "it asked for a lease while stopping" }
      defer { close() }
      if case .invalid = report.result { return expect(lease, after: ["prepare", "train"]) }
      return expect(lease, after: ["prepare", "train", "publish"])
    case .fail(let lease, _):
      defer { close() }
      return history.first == "prepare" ? expect(lease, after: history) : "it failed what it had not begun"
    case .release(let lease):
      defer { close() }
      return stop == .no ? "it released without a stop" : expect(lease, after: history)
    case .pause:
      if stop != .no { return "it waited for room while stopping" }
      return nil
    case .finish:
      return nil
    }
  }

  private mutating func close() {
    open = nil
    history = []
  }

  private mutating func event(after action: WorkerLoop.Action) -> WorkerLoop.Event {
    if random.integer(below: 200) == 0 { return .broken("disk") }
    let failure = TrainerFailure(.exited, "it died")
    switch action {
    case .lease: return .granted(grant())
    case .wait: return .changed
    case .pause: return .waited
    case .prepare: return random.integer(below: 6) == 0 ? .attemptFailed(failure) : .prepared(saveTo: "/s", at: 1)
    case .train:
      switch random.integer(below: 6) {
      case 0: return .trained(.failed(failure))
      case 1: return .trained(.invalid("no", log: nil))
      case 2: return .trained(.trained(TrainedInterval(steps: 1, metrics: [:])))
      default: return .trained(.trained(TrainedInterval(steps: 1, metrics: ["score": 1])))
      }
    case .publish: return random.integer(below: 6) == 0 ? .attemptFailed(failure) : .published
    case .complete(_, _, let request):
      if random.integer(below: 6) == 0 { return .superseded }
      return .recorded(`The loop of a worker`.completion(request.map { _ in grant() }))
    case .fail: return random.integer(below: 6) == 0 ? .superseded : .recorded(`The loop of a worker`.completion())
    case .release: return random.integer(below: 6) == 0 ? .superseded : .released
    case .finish: preconditionFailure("nothing follows an end")
    }
  }

  private mutating func grant() -> Grant {
    switch random.integer(below: 20) {
    case 0: return .finished
    case 1...4: return .wait(version: 1)
    case 5: return .leases([])
    default:
      leases += 1
      open = "\(leases)"
      return .leases([`The loop of a worker`.lease("\(leases)")])
    }
  }
}
