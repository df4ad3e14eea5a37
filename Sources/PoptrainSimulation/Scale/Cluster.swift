public import PopulationBasedTraining
internal import PoptrainStore
internal import PoptrainTrainers
internal import PoptrainWorker

/// Many workers and one store in virtual time, where nothing fails: what does a population of a size ask of its store?
///
/// The loops of the workers, the rules of the store and the decisions are the real ones. How long an interval takes is drawn,
/// and how long the store takes is given, as it was measured.
public struct Cluster: Sendable {
  /// The experiment.
  public var rules: Rules
  /// How many workers there are, each with a trainer that takes one member.
  public var workers: Int
  /// How long the trainer takes for an interval.
  public var times: IntervalTimes
  /// How long the store takes.
  public var store: StoreTimes
  /// Seconds of a worker's own for an interval: to publish what was saved.
  public var publishing: Double

  /// Describes a cluster.
  public init(rules: Rules, workers: Int, times: IntervalTimes, store: StoreTimes, publishing: Double = 0.002) {
    self.rules = rules
    self.workers = workers
    self.times = times
    self.store = store
    self.publishing = publishing
  }

  /// What came of it.
  public struct Load: Sendable {
    /// Seconds from the start to the end of the last interval.
    public internal(set) var seconds = 0.0
    /// Intervals that were completed.
    public internal(set) var intervals = 0
    /// Calls of the store that changed something.
    public internal(set) var transactions = 0
    /// Calls of the store that were told to wait.
    public internal(set) var vainCalls = 0
    /// Commits, each of the transactions that had come while the one before was under way.
    public internal(set) var commits = 0
    /// Seconds that workers have trained, all together.
    public internal(set) var training = 0.0
    /// Seconds from each call that changed something to its answer.
    public internal(set) var answers: [Double] = []
    /// How long ago, at each copy, the donor was scored, in mean times of an interval.
    public internal(set) var ages: [Double] = []
    /// How many intervals further than the member its donor was, at each copy.
    public internal(set) var leads: [Double] = []
  }

  /// Runs it to its end on this thread.
  ///
  /// - Parameter seed: decides how long intervals take and how they are scored.
  public func run(seed: UInt64) -> Load {
    let run = ClusterRun(self, seed)
    run.start()
    return run.load
  }
}

/// One run of a cluster, on the thread that calls ``start()``.
private final class ClusterRun {
  private let cluster: Cluster
  private let scheduler: Scheduler
  private var random: RandomStream
  private var ledger: Ledger
  private var loops: [WorkerLoop]
  /// For a version later than which each worker waits that has nothing to train.
  private var waiting: [Int: Int] = [:]
  private var isCommitting = false
  /// What waits for the next commit: when it was asked, and what to do with the answer.
  private var queue: [(asked: Double, answer: () -> Void)] = []
  private var scoredAt: [Int: Double] = [:]
  private(set) var load = Cluster.Load()

  init(_ cluster: Cluster, _ seed: UInt64) {
    self.cluster = cluster
    scheduler = Scheduler(Chance(seed: seed, purpose: "cluster"))
    random = RandomStream(seed: seed, member: 0, ordinal: 0, purpose: "cluster")
    loops = Array(repeating: WorkerLoop(metric: cluster.rules.metric), count: cluster.workers)
    ledger = Ledger(
      population: Population(rules: cluster.rules), trained: [],
      surroundings: Ledger.Surroundings(monotonicNow: { 0 }, wallNow: { 0 }, makeToken: randomToken))
    ledger.revise(cluster.rules, experiment: "")
    _ = ledger.takeChanges()
  }

  func start() {
    for worker in loops.indices { perform(loops[worker].start(), worker) }
    _ = scheduler.run { false }
    load.seconds = scheduler.now
  }

  private func perform(_ action: WorkerLoop.Action, _ worker: Int) {
    switch action {
    case .lease:
      call(worker) { [self] in .granted(ledger.lease(request(worker))) }
    case .wait(let version, _):
      if ledger.version > version { tell(worker, .changed) } else { waiting[worker] = version }
    case .prepare:
      tell(worker, .prepared(saveTo: ""))
    case .train(let batch):
      let seconds = cluster.times.draw(&random)
      load.training += seconds
      scheduler.after(seconds) { [self] in
        tell(worker, .trained(batch.map { $0.lease.trained(cluster.rules.metric, &random) }, startedAt: 0))
      }
    case .publish(let leases):
      scheduler.after(cluster.publishing) { [self] in tell(worker, .published(leases.map { _ in .done })) }
    case .complete(let finished, let thenLease):
      call(worker) { [self] in .recorded(complete(finished, thenLease ? request(worker) : nil)) }
    case .finish:
      break
    case .pause, .fail, .release:
      preconditionFailure("nothing fails here")
    }
  }

  private func tell(_ worker: Int, _ event: WorkerLoop.Event) {
    perform(loops[worker].handle(event, stop: .no), worker)
  }

  private func request(_ worker: Int) -> LeaseRequest { LeaseRequest(worker: "\(worker)", capacity: 1) }

  // MARK: The store

  /// Has the store do something, and tells the worker what came of it once it is committed.
  private func call(_ worker: Int, _ body: @escaping () -> WorkerLoop.Event) {
    let asked = scheduler.now
    let way = cluster.store.way
    scheduler.after(way) { [self] in
      let event = body()
      let answer = { [self] in scheduler.after(way) { [self] in tell(worker, event) } }
      guard !ledger.takeChanges().isEmpty else {
        load.vainCalls += 1
        return answer()
      }
      queue.append((asked, answer))
      if !isCommitting { commit() }
    }
  }

  private func commit() {
    let group = queue
    queue = []
    isCommitting = !group.isEmpty
    guard isCommitting else { return }
    let seconds = cluster.store.commit + cluster.store.transaction * Double(group.count)
    load.commits += 1
    load.transactions += group.count
    scheduler.after(seconds) { [self] in
      for call in group {
        load.answers.append(scheduler.now + cluster.store.way - call.asked)
        call.answer()
      }
      wake()
      commit()
    }
  }

  private func wake() {
    for (worker, version) in waiting.sorted(by: { $0.key < $1.key }) where ledger.version > version {
      waiting[worker] = nil
      tell(worker, .changed)
    }
  }

  private func complete(_ finished: [WorkerLoop.Finished], _ request: LeaseRequest?) -> Grant? {
    // Nobody else has their leases.
    let completions = ledger.complete(finished.map(\.report), then: request).compactMap(\.self)
    for completion in completions { look(at: completion) }
    return completions.last?.grant
  }

  private func look(at completion: Completion) {
    guard let interval = completion.interval else { return }
    load.intervals += 1
    scoredAt[interval.sequence] = scheduler.now
    for decision in completion.decisions {
      guard let donor = decision.result.donor, let scored = scoredAt[donor.sequence] else { continue }
      load.ages.append((scheduler.now - scored) / cluster.times.mean)
      let lead = donor.age - ledger.population.members[decision.member].steps
      load.leads.append(Double(lead) / Double(interval.steps))
    }
  }
}

extension Lease {
  /// What the trainer of a cluster reports: a score that rises by one with each interval, and noise.
  func trained(_ metric: String, _ random: inout RandomStream) -> TrainerOutcome {
    let score = Double(startSteps + steps) / Double(steps) + 2 * random.normal()
    return .trained(TrainedInterval(steps: steps, metrics: [metric: score]))
  }
}
