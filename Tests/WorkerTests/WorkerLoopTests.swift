import PopulationBasedTraining
import Testing
import PoptrainTrainers

@testable import PoptrainStore
@testable import PoptrainWorker

struct `The loop of a worker` {
  private static let space = Space([Hyperparameter("lr", .uniform(0, 1))])
  private static let trained = TrainedInterval(
    steps: 9, metrics: ["score": 2, "loss": 1], evaluations: [Evaluation(age: 3, metrics: ["score": 1])], unread: [],
    log: LogSegment(file: "log", bytes: 1..<2))
  private static let failure = TrainerFailure(
    .hung, "it hung", logTail: "tail", log: LogSegment(file: "log", bytes: 3..<4))

  static func lease(_ token: String = "a", steps: Int = 10, kind: Interval.Kind = .train) -> Lease {
    Lease(
      token: token, worker: "w", member: 0, number: 1, kind: kind, start: nil,
      end: CheckpointID(member: 0, number: 1, token: token), startSteps: 0, steps: steps, startAge: 0, totalSteps: 100,
      hyperparameters: [:], seed: 1, expiresAt: 60)
  }

  /// What a trainer that was asked at time 5 made of its batch.
  static func trained(_ outcomes: TrainerOutcome...) -> WorkerLoop.Event { .trained(outcomes, startedAt: 5) }

  /// A loop that has been told these events, none of them while stopping; and its last action.
  private func loop(_ events: WorkerLoop.Event...) -> WorkerLoop {
    var loop = WorkerLoop(metric: "score")
    for event in events { _ = loop.handle(event, stop: .no) }
    return loop
  }

  private var leasing: WorkerLoop { loop() }
  private var preparing: WorkerLoop { loop(.granted(.leases([Self.lease()]))) }
  private var training: WorkerLoop { loop(.granted(.leases([Self.lease()])), .prepared(saveTo: "/s")) }
  private var publishing: WorkerLoop {
    loop(.granted(.leases([Self.lease()])), .prepared(saveTo: "/s"), Self.trained(.trained(Self.trained)))
  }
  private var concluding: WorkerLoop {
    loop(.granted(.leases([Self.lease()])), .prepared(saveTo: "/s"), Self.trained(.failed(Self.failure)))
  }

  private var completing: WorkerLoop {
    loop(
      .granted(.leases([Self.lease()])), .prepared(saveTo: "/s"), Self.trained(.trained(Self.trained)),
      .published([.done]))
  }

  /// A row: a state, an event, and the action that follows for each stop.
  struct Row {
    let loop: WorkerLoop
    let event: WorkerLoop.Event
    let actions: [String]
  }

  private var table: [Row] {
    let lease = Self.lease()
    let stopped = "finish(stopped)"
    return [
      Row(loop: leasing, event: .granted(.leases([lease])), actions: ["prepare a", "release a", "release a"]),
      Row(loop: leasing, event: .granted(.wait(version: 7)), actions: ["wait 7", stopped, stopped]),
      Row(loop: leasing, event: .granted(.finished), actions: Array(repeating: "finish(finished)", count: 3)),
      Row(
        loop: leasing, event: .granted(.aborted("why")),
        actions: Array(repeating: #"finish(aborted("why"))"#, count: 3)),
      Row(loop: loop(.granted(.wait(version: 7))), event: .changed, actions: ["lease", stopped, stopped]),
      Row(loop: preparing, event: .prepared(saveTo: "/s"), actions: ["train a /s", "release a", "release a"]),
      Row(
        loop: preparing, event: .attemptFailed(Self.failure),
        actions: ["fail a hung 0.0", "fail a hung 0.0", "release a"]),
      Row(
        loop: training, event: Self.trained(.trained(Self.trained)), actions: Array(repeating: "publish a", count: 3)),
      Row(
        loop: training, event: Self.trained(.invalid("deep", log: nil)),
        actions: [
          #"complete a invalid("deep") then"#, #"complete a invalid("deep")"#, #"complete a invalid("deep")"#,
        ]),
      Row(
        loop: training, event: Self.trained(.failed(Self.failure)),
        actions: ["fail a hung 5.0", "fail a hung 5.0", "release a"]),
      Row(
        loop: training, event: Self.trained(.trained(TrainedInterval(steps: 9, metrics: ["loss": 1]))),
        actions: ["fail a no metric 5.0", "fail a no metric 5.0", "release a"]),
      Row(
        loop: publishing, event: .published([.done]),
        actions: [
          "complete a trained(steps: 9, metric: Optional(2.0)) then",
          "complete a trained(steps: 9, metric: Optional(2.0))",
          "complete a trained(steps: 9, metric: Optional(2.0))",
        ]),
      Row(
        loop: publishing, event: .published([.failed(TrainerFailure(.notSaved, "no"))]),
        actions: ["fail a not saved 5.0", "fail a not saved 5.0", "release a"]),
      Row(loop: concluding, event: .recorded(nil), actions: ["lease", stopped, stopped]),
      Row(
        loop: completing, event: .recorded(.leases([Self.lease("b")])),
        actions: ["prepare b", "release b", "release b"]),
      Row(
        loop: completing, event: .recorded(.finished),
        actions: Array(repeating: "finish(finished)", count: 3)),
      Row(loop: concluding, event: .superseded, actions: ["lease", stopped, stopped]),
    ]
      + [leasing, preparing, training, publishing, concluding].map {
        Row(loop: $0, event: .broken("disk"), actions: Array(repeating: #"finish(broken("disk"))"#, count: 3))
      }
  }

  @Test func `begins by asking for a member`() {
    #expect(describe(leasing.start()) == "lease")
  }

  @Test func `follows each event by the right action`() {
    for row in table {
      for (stop, expected) in zip([WorkerLoop.Stop.no, .afterInterval, .now], row.actions) {
        var loop = row.loop
        #expect(describe(loop.handle(row.event, stop: stop)) == expected, "\(row.event) while stopping: \(stop)")
      }
    }
  }

  @Test func `waits for room and does again what came to nothing`() {
    let full = WorkerLoop.Event.blocked("full")
    let stopped = "finish(stopped)"
    for (before, full, again, whenStopping) in [
      (leasing, full, "lease", stopped), (preparing, full, "prepare a", stopped),
      (concluding, full, "fail a hung 5.0", stopped),
      (publishing, .published([.blocked("full", losesInterval: false)]), "publish a", "release a"),
    ] {
      var loop = before
      #expect(describe(loop.handle(full, stop: .no)) == "pause full first")
      #expect(describe(loop.handle(.waited, stop: .no)) == again)
      #expect(describe(loop.handle(full, stop: .no)) == "pause full again")
      #expect(describe(loop.handle(.waited, stop: .no)) == again)
      #expect(describe(loop.handle(full, stop: .afterInterval)) == whenStopping)
    }
  }

  @Test func `repeats an interval that the full disk has lost, and charges nobody`() {
    let failed = WorkerLoop.Event.trained([.failed(Self.failure)], startedAt: 5, obstacle: "full")
    for (before, event) in [(training, failed), (publishing, .published([.blocked("full", losesInterval: true)]))] {
      var loop = before
      #expect(describe(loop.handle(event, stop: .no)) == "pause full first")
      #expect(describe(loop.handle(.waited, stop: .no)) == "release a")
      #expect(describe(loop.handle(.released, stop: .no)) == "lease")
    }
  }

  @Test func `charges nobody for what comes to nothing while the machine is preempted`() {
    var loop = training
    #expect(describe(loop.handle(Self.trained(.failed(Self.failure)), stop: .afterSaving)) == "release a")
    loop = training
    #expect(describe(loop.handle(Self.trained(.trained(Self.trained)), stop: .afterSaving)) == "publish a")
  }

  @Test func `reports everything that the trainer told`() throws {
    var loop = publishing
    guard case .complete(let finished, _) = loop.handle(.published([.done]), stop: .no),
      let report = finished.first?.report
    else {
      Issue.record("not completed")
      return
    }
    #expect(report.metrics == ["score": 2, "loss": 1] && report.evaluations.map(\.age) == [3])
    #expect(report.log?.bytes == 1..<2 && report.startedAt == 5)

    loop = training
    guard case .fail(_, let failed) = loop.handle(Self.trained(.failed(Self.failure)), stop: .no) else {
      Issue.record("not failed")
      return
    }
    #expect(failed.message == "it hung" && failed.logTail == "tail" && failed.log?.bytes == 3..<4)

    loop = publishing
    let notSaved = loop.handle(.published([.failed(TrainerFailure(.notSaved, "no"))]), stop: .no)
    guard case .fail(_, let unsaved) = notSaved else {
      Issue.record("not failed")
      return
    }
    #expect(unsaved.log?.bytes == 1..<2)
  }

  @Test func `names the metrics that were reported instead of the one`() {
    var loop = training
    let action = loop.handle(Self.trained(.trained(TrainedInterval(steps: 9, metrics: [:]))), stop: .no)
    guard case .fail(_, let report) = action else {
      Issue.record("not failed")
      return
    }
    #expect(report.message == "it did not report score, the experiment's `metric`; it reported nothing")
  }

  @Test(arguments: 0..<500) func `concludes each lease once and always ends`(_ seed: Int) {
    var walk = Walk(seed: UInt64(seed))
    #expect(walk.run() == nil)
  }
}

/// An action in short.
func describe(_ action: WorkerLoop.Action) -> String {
  switch action {
  case .lease: "lease"
  case .wait(let version, let seconds): "wait \(version)" + (seconds.map { " \($0)" } ?? "")
  case .pause(let message, let again): "pause \(message) \(again ? "again" : "first")"
  case .prepare(let lease): "prepare \(lease.token)"
  case .train(let batch): "train " + batch.map { "\($0.lease.token) \($0.saveTo)" }.joined(separator: " ")
  case .publish(let leases): "publish " + leases.map(\.token).joined(separator: " ")
  case .complete(let finished, let thenLease):
    "complete " + finished.map { "\($0.lease.token) \($0.report.result)" }.joined(separator: " ")
      + (thenLease ? " then" : "")
  case .fail(let lease, let report): "fail \(lease.token) \(report.reason.rawValue) \(report.startedAt)"
  case .release(let lease): "release \(lease.token)"
  case .finish(let ending): "finish(\(ending))"
  }
}
