import PopulationBasedTraining
import Testing
import PoptrainTrainers

@testable import PoptrainStore
@testable import PoptrainWorker

struct `A batch in the loop of a worker` {
  private typealias Base = `The loop of a worker`

  /// Drives a loop with a trainer whose process dies whenever one of these is in it; returns what it did.
  private func actions(
    _ tokens: String, deadly: Set<String>, count: Int = 100, after first: TrainerOutcome? = nil
  ) -> [String] {
    var loop = WorkerLoop(metric: "score", backoff: nil)
    if let first {
      _ = loop.handle(.granted(.leases([Base.lease("z")])), stop: .no)
      _ = loop.handle(.prepared(saveTo: "/s"), stop: .no)
      _ = loop.handle(.trained([first], startedAt: 1), stop: .no)
      _ = loop.handle(.published([.done]), stop: .no)
      _ = loop.handle(.recorded(nil), stop: .no)
    }
    var actions: [String] = []
    var action = loop.handle(.granted(.leases(tokens.map { Base.lease("\($0)") })), stop: .no)
    for _ in 0..<count {
      let event: WorkerLoop.Event
      switch action {
      case .prepare: event = .prepared(saveTo: "/s")
      case .train(let batch):
        let tokens = batch.map(\.lease.token)
        actions.append("train \(tokens.joined())")
        event = .trained(outcomes(tokens, deadly), startedAt: 1)
      case .publish(let leases): event = .published(leases.map { _ in .done })
      case .complete(let finished, let thenLease):
        actions.append("complete \(finished.map(\.lease.token).joined())\(thenLease ? " then" : "")")
        event = .recorded(nil)
      case .fail(let lease, _):
        actions.append("fail \(lease.token)")
        event = .recorded(nil)
      case .release(let lease):
        actions.append("release \(lease.token)")
        event = .released
      case .lease, .wait, .pause, .finish: return actions
      }
      action = loop.handle(event, stop: .no)
    }
    return actions
  }

  private func outcomes(_ tokens: [String], _ deadly: Set<String>) -> [TrainerOutcome] {
    var death = TrainerFailure(.exited, "it died")
    death.isOfProcess = true
    let dies = !deadly.isDisjoint(with: tokens)
    return tokens.map { _ in
      dies ? .failed(death) : .trained(TrainedInterval(steps: 10, metrics: ["score": 1]))
    }
  }

  @Test func `is prepared one by one, and trained, published and completed at once`() {
    var loop = WorkerLoop(metric: "score")
    let leases = [Base.lease("a"), Base.lease("b")]
    #expect(describe(loop.handle(.granted(.leases(leases)), stop: .no)) == "prepare a")
    #expect(describe(loop.handle(.prepared(saveTo: "/a"), stop: .no)) == "prepare b")
    #expect(describe(loop.handle(.prepared(saveTo: "/b"), stop: .no)) == "train a /a b /b")
    let trained = TrainerOutcome.trained(TrainedInterval(steps: 10, metrics: ["score": 1]))
    #expect(describe(loop.handle(Base.trained(trained, trained), stop: .no)) == "publish a b")
    let completed = "trained(steps: 10, metric: Optional(1.0))"
    let published = WorkerLoop.Event.published([.done, .done])
    #expect(describe(loop.handle(published, stop: .no)) == "complete a \(completed) b \(completed) then")
    #expect(describe(loop.handle(.recorded(.leases([Base.lease("c")])), stop: .no)) == "prepare c")
  }

  @Test func `has members of one kind and one number of steps`() {
    var loop = WorkerLoop(metric: "score")
    let leases = [
      Base.lease("a"), Base.lease("b", steps: 4), Base.lease("c", kind: .evaluate), Base.lease("d"),
      Base.lease("e", steps: 4),
    ]
    var action = loop.handle(.granted(.leases(leases)), stop: .no)
    var trained: [[String]] = []
    while trained.count < 3 {
      switch action {
      case .prepare: action = loop.handle(.prepared(saveTo: "/s"), stop: .no)
      case .train(let batch):
        trained.append(batch.map(\.lease.token))
        action = loop.handle(.trained(batch.map { _ in .invalid("no", log: nil) }, startedAt: 1), stop: .no)
      case .complete(_, let thenLease):
        #expect(!thenLease)
        action = loop.handle(.recorded(nil), stop: .no)
      default:
        Issue.record("\(action)")
        return
      }
    }
    #expect(trained == [["a", "d"], ["b", "e"], ["c"]])
  }

  @Test func `whose process dies is repeated in halves, until the guilty one is alone`() {
    let trained = TrainerOutcome.trained(TrainedInterval(steps: 10, metrics: ["score": 1]))
    #expect(
      actions("abcdefgh", deadly: ["f"], after: trained) == [
        "train abcdefgh", "train abcd", "complete abcd", "train efgh", "train ef", "train e", "complete e", "train f",
        "fail f", "train gh", "complete gh then",
      ])
    #expect(actions("ab", deadly: []) == ["train ab", "complete ab then"])
  }

  @Test func `whose process dies before anything was trained is tried alone first`() {
    #expect(
      actions("abcdef", deadly: ["e"]) == [
        "train abcdef", "train a", "complete a", "train bcdef", "train bc", "complete bc", "train def", "train d",
        "complete d", "train ef", "train e", "fail e", "train f", "complete f then",
      ])
  }

  @Test func `that always dies charges two, and gives the others back`() {
    #expect(
      actions("abcdef", deadly: ["a", "b", "c", "d", "e", "f"]) == [
        "train abcdef", "train a", "fail a", "train bcdef", "train b", "release c", "release d", "release e",
        "release f", "fail b",
      ])
  }

  @Test func `charges those that the trainer answered for, and them alone`() {
    var loop = WorkerLoop(metric: "score", backoff: nil)
    _ = loop.handle(.granted(.leases(["a", "b", "c"].map { Base.lease($0) })), stop: .no)
    for _ in 0..<3 { _ = loop.handle(.prepared(saveTo: "/s"), stop: .no) }
    var death = TrainerFailure(.exited, "it died")
    death.isOfProcess = true
    let outcomes: [TrainerOutcome] = [
      .failed(TrainerFailure(.failed, "no data")), .failed(death),
      .trained(TrainedInterval(steps: 10, metrics: ["score": 1])),
    ]
    #expect(describe(loop.handle(.trained(outcomes, startedAt: 5), stop: .no)) == "fail a failed 5.0")
    #expect(describe(loop.handle(.recorded(nil), stop: .no)) == "publish c")
    #expect(
      describe(loop.handle(.published([.done]), stop: .no)) == "complete c trained(steps: 10, metric: Optional(1.0))")
    #expect(describe(loop.handle(.recorded(nil), stop: .no)) == "prepare b")
    // It is charged only when it is alone, and not while stopping.
    #expect(describe(loop.handle(.prepared(saveTo: "/s"), stop: .no)) == "train b /s")
  }

  /// A loop that is about to publish a batch.
  private func publishing(_ tokens: String) -> WorkerLoop {
    var loop = WorkerLoop(metric: "score", backoff: nil)
    _ = loop.handle(.granted(.leases(tokens.map { Base.lease("\($0)") })), stop: .no)
    for _ in tokens { _ = loop.handle(.prepared(saveTo: "/s"), stop: .no) }
    let trained = TrainerOutcome.trained(TrainedInterval(steps: 10, metrics: ["score": 1]))
    _ = loop.handle(.trained(tokens.map { _ in trained }, startedAt: 5), stop: .no)
    return loop
  }

  @Test func `is published as far as there is room, and the rest when there is more`() {
    var loop = publishing("abcd")
    let full = WorkerLoop.Publication.blocked("full", losesInterval: false)
    let publications: [WorkerLoop.Publication] = [.done, full, .failed(TrainerFailure(.notSaved, "empty")), full]
    let completed = "trained(steps: 10, metric: Optional(1.0))"
    // What is recorded may have others collected, which makes room.
    #expect(describe(loop.handle(.published(publications), stop: .no)) == "complete a \(completed)")
    #expect(describe(loop.handle(.recorded(nil), stop: .no)) == "fail c not saved 5.0")
    #expect(describe(loop.handle(.recorded(nil), stop: .no)) == "publish b d")
    #expect(describe(loop.handle(.published([full, full]), stop: .no)) == "pause full first")
    #expect(describe(loop.handle(.waited, stop: .no)) == "publish b d")
    #expect(describe(loop.handle(.published([full, full]), stop: .no)) == "pause full again")
    #expect(describe(loop.handle(.waited, stop: .no)) == "publish b d")
    #expect(describe(loop.handle(.published([full, .done]), stop: .no)) == "complete d \(completed)")
    #expect(describe(loop.handle(.recorded(nil), stop: .no)) == "publish b")
    #expect(describe(loop.handle(.published([.done]), stop: .no)) == "complete b \(completed) then")
  }

  @Test func `is repeated as far as the full disk has lost it`() {
    var loop = publishing("ab")
    let lost = WorkerLoop.Publication.blocked("full", losesInterval: true)
    let completed = "complete b trained(steps: 10, metric: Optional(1.0))"
    #expect(describe(loop.handle(.published([lost, .done]), stop: .no)) == completed)
    #expect(describe(loop.handle(.recorded(nil), stop: .no)) == "release a")
    #expect(describe(loop.handle(.released, stop: .no)) == "lease")
  }

  @Test func `is completed as far as there was room when the run stops`() {
    var loop = publishing("ab")
    let full = WorkerLoop.Publication.blocked("full", losesInterval: false)
    #expect(describe(loop.handle(.published([full, .done]), stop: .afterInterval)) == "release a")
    let completed = "complete b trained(steps: 10, metric: Optional(1.0))"
    #expect(describe(loop.handle(.released, stop: .afterInterval)) == completed)
  }

  @Test func `that cannot be published ends the worker`() {
    var loop = publishing("ab")
    #expect(
      describe(loop.handle(.published([.done, .broken("disk")]), stop: .no)) == #"finish(broken("disk"))"#)
  }

  @Test func `is given back, as far as it has not begun, when the run stops`() {
    var loop = WorkerLoop(metric: "score")
    _ = loop.handle(.granted(.leases(["a", "b", "c"].map { Base.lease($0) })), stop: .no)
    _ = loop.handle(.prepared(saveTo: "/a"), stop: .no)
    #expect(describe(loop.handle(.prepared(saveTo: "/b"), stop: .afterInterval)) == "release a")
    #expect(loop.leases.map(\.token) == ["a", "b", "c"])
    #expect(describe(loop.handle(.released, stop: .afterInterval)) == "release b")
    #expect(describe(loop.handle(.superseded, stop: .afterInterval)) == "release c")
    #expect(describe(loop.handle(.released, stop: .afterInterval)) == "finish(stopped)")
  }

  @Test func `releases those that failed on a full disk, and publishes the others when there is room`() {
    var loop = WorkerLoop(metric: "score")
    _ = loop.handle(.granted(.leases(["a", "b"].map { Base.lease($0) })), stop: .no)
    for _ in 0..<2 { _ = loop.handle(.prepared(saveTo: "/s"), stop: .no) }
    let outcomes: [TrainerOutcome] = [
      .failed(TrainerFailure(.failed, "no room")), .trained(TrainedInterval(steps: 10, metrics: ["score": 1])),
    ]
    let event = WorkerLoop.Event.trained(outcomes, startedAt: 5, obstacle: "full")
    #expect(describe(loop.handle(event, stop: .no)) == "pause full first")
    #expect(describe(loop.handle(.waited, stop: .no)) == "release a")
    #expect(describe(loop.handle(.released, stop: .no)) == "publish b")
  }
}
