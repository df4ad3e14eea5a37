internal import PopulationBasedTraining
internal import PoptrainStore

/// What is counted along the history of a run.
struct RunCounters: Sendable {
  /// The failed attempts of each member.
  private(set) var failures: [Member.ID: Int] = [:]
  /// The steps of each member that were credited without training.
  private(set) var forfeitedSteps: [Member.ID: Int] = [:]
  /// The names of all metrics that were seen.
  private(set) var metrics: Set<String> = []
  private var time = EngineTime()
  private var sessions = Sessions()

  /// Passes what follows in history.
  mutating func pass(_ page: HistoryPage) {
    metrics.formUnion(page.metrics)
    for failure in page.failures { failures[failure.member, default: 0] += 1 }
    var others = (page.failures.map { ($0.sequence, $0.at, nil) } + page.moments.map { ($0.sequence, $0.at, $0.kind) })
      .sorted { (left: (Int, Double, Event.Kind?), right) in left.0 < right.0 }[...]
    for point in page.points {
      while let other = others.first, other.0 < point.sequence { pass(others.removeFirst()) }
      time.pass(point.finishedAt)
      sessions.pass(point)
      if !point.outcome.isTrained, point.steps > 0 { forfeitedSteps[point.member, default: 0] += point.steps }
    }
    for other in others { pass(other) }
  }

  private mutating func pass(_ other: (sequence: Int, at: Double, kind: Event.Kind?)) {
    if other.kind == .started { sessions.begin(at: time.seconds) }
    time.pass(other.at, other.kind)
  }

  /// The seconds that engines have spent on the run, up to the last record, or up to a moment.
  func secondsSpent(until moment: Double?) -> Double { moment.map(time.seconds(until:)) ?? time.seconds }

  /// How many workers have trained since the last start.
  var workers: Int { sessions.workers.count }

  /// The share of their time in which workers had something trained; none before the first interval.
  var workerUse: Double? { sessions.use(at: time.seconds) }

  /// The seconds in which so many steps are trained at the pace since the last start; none before the first interval.
  func seconds(for steps: Int) -> Double? {
    guard sessions.steps > 0 else { return nil }
    return (time.seconds - sessions.start) / Double(sessions.steps) * Double(steps)
  }
}

/// The work since an engine was started, and of the engines before.
private struct Sessions {
  /// The workers since the last start, each with when it had something trained last.
  private(set) var workers: [Int: Double] = [:]
  /// The steps since the last start.
  private(set) var steps = 0
  /// The seconds that engines had spent when the last one was started.
  private(set) var start = 0.0
  private var busy = 0.0
  private var capacity = 0.0

  mutating func begin(at seconds: Double) {
    capacity += Double(workers.count) * (seconds - start)
    (workers, steps, start) = ([:], 0, seconds)
  }

  mutating func pass(_ point: HistoryPage.Point) {
    guard point.outcome.isTrained else { return }
    steps += point.steps
    // The intervals of a batch are trained at the same time.
    let from = max(point.startedAt, workers[point.worker] ?? -.infinity)
    busy += max(0, point.finishedAt - from)
    workers[point.worker] = max(point.finishedAt, from)
  }

  func use(at seconds: Double) -> Double? {
    let capacity = capacity + Double(workers.count) * (seconds - start)
    return capacity > 0 ? min(1, busy / capacity) : nil
  }
}
