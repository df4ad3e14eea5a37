internal import Foundation
public import PopulationBasedTraining
internal import PoptrainSharedLog
internal import PoptrainStore
internal import PoptrainTrainers
internal import PoptrainWorker

/// Many processes that share a log in virtual time, where nothing fails: what do they ask of it, and how often is one too
/// late?
///
/// The stores, the loops of the workers and the decisions are the real ones. How long an interval takes is drawn, and how
/// long the log takes is given. Computing takes no time.
public struct SharedCluster: Sendable {
  /// How long a log takes for a request, seconds.
  public struct LogTimes: Sendable {
    /// To say what the last entry is.
    public var list: Double
    /// To read an entry.
    public var read: Double
    /// To create one.
    public var create: Double

    /// Describes a log.
    public init(list: Double, read: Double, create: Double) {
      self.list = list
      self.read = read
      self.create = create
    }
  }

  /// The experiment.
  public var rules: Rules
  /// How many processes there are.
  public var processes: Int
  /// How many workers each has, with a trainer that takes one member.
  public var workersPerProcess: Int
  /// How long the trainer takes for an interval.
  public var times: IntervalTimes
  /// How long the log takes.
  public var log: LogTimes

  /// Describes a cluster.
  public init(rules: Rules, processes: Int, workersPerProcess: Int, times: IntervalTimes, log: LogTimes) {
    self.rules = rules
    self.processes = processes
    self.workersPerProcess = workersPerProcess
    self.times = times
    self.log = log
  }

  /// What came of it.
  public struct Load: Sendable {
    /// Seconds from the start to the end of the last interval.
    public internal(set) var seconds = 0.0
    /// Intervals that were completed.
    public internal(set) var intervals = 0
    /// Entries that were created.
    public internal(set) var appends = 0
    /// Entries that another process was first to create.
    public internal(set) var conflicts = 0
    /// Requests for the number of the last entry.
    public internal(set) var lists = 0
    /// Entries and pulses that were read.
    public internal(set) var reads = 0
    /// Pulses that were written.
    public internal(set) var beats = 0
    /// Seconds that workers have trained, all together.
    public internal(set) var training = 0.0
    /// Seconds from each report of an interval to its answer.
    public internal(set) var answers: [Double] = []
  }

  /// Runs it to its end on this thread.
  ///
  /// - Parameter seed: decides how long intervals take and how they are scored.
  public func run(seed: UInt64) -> Load {
    let run = SharedClusterRun(self, seed)
    for index in 0..<processes { run.startProcess(index) }
    let isOver = run.scheduler.run { run.state.working == 0 }
    precondition(isOver, "deadlock: a worker waits, and nothing is left to happen")
    return run.state.load
  }
}

/// One run of a cluster, on the thread that calls ``SharedCluster/run(seed:)``.
private final class SharedClusterRun: Sendable {
  let scheduler: Scheduler
  let state: OneThread<State>
  private let cluster: SharedCluster
  private let log = SimulatedLog()

  struct State {
    var random: RandomStream
    var load = SharedCluster.Load()
    /// The processes that have not ended.
    var working: Int
  }

  init(_ cluster: SharedCluster, _ seed: UInt64) {
    self.cluster = cluster
    scheduler = Scheduler(Chance(seed: seed, purpose: "shared cluster"))
    let random = RandomStream(seed: seed, member: 0, ordinal: 0, purpose: "shared cluster")
    state = OneThread(State(random: random, working: cluster.processes))
  }

  func startProcess(_ index: Int) {
    let process = SimulatedProcess("\(index)", on: scheduler)
    process.start { [self] in
      do {
        try await run(process, index)
      } catch {
        preconditionFailure("nothing fails here: \(error)")
      }
      state.working -= 1
    }
  }

  private func run(_ process: SimulatedProcess, _ index: Int) async throws {
    let clock = VirtualClock(process, on: scheduler)
    let now: @Sendable () -> Double = { [scheduler] in scheduler.now }
    let opening = RunOpening(
      rules: cluster.rules, experiment: "the experiment", folder: "/",
      surroundings: Ledger.Surroundings(
        monotonicNow: now, wallNow: now,
        makeToken: { [state] in String(state.value.random.bits(), radix: 16) }, process: process.name))
    // Processes start over one interval, as on a cluster.
    try await clock.sleep(for: .seconds(cluster.times.mean * Double(index) / Double(cluster.processes)))
    let counted = CountedLog(base: log, times: cluster.log, clock: clock, state: state)
    let store = try await LogStore(opening, in: counted, clock: clock, executor: process) { [rules = cluster.rules] _ in
      rules
    }
    try await withThrowingTaskGroup { group in
      for worker in 0..<cluster.workersPerProcess {
        group.addTask(executorPreference: process) { [self] in
          try await work(LeaseRequest(worker: "\(index)/\(worker)", capacity: 1), store, clock)
        }
      }
      try await group.waitForAll()
    }
    try await store.close()
  }

  /// A worker, from its first lease to the end of the run.
  private func work(_ request: LeaseRequest, _ store: LogStore, _ clock: VirtualClock) async throws {
    var loop = WorkerLoop(metric: cluster.rules.metric)
    var action = loop.start()
    while true {
      let event: WorkerLoop.Event
      switch action {
      case .lease:
        event = .granted(try await store.lease(request))
      case .wait(let version, _):
        await store.waitForChange(after: version)
        event = .changed
      case .prepare:
        event = .prepared(saveTo: "")
      case .train(let batch):
        let seconds = cluster.times.draw(&state.random)
        state.load.training += seconds
        try await clock.sleep(for: .seconds(seconds))
        event = .trained(batch.map { $0.lease.trained(cluster.rules.metric, &state.random) }, startedAt: 0)
      case .publish(let leases):
        event = .published(leases.map { _ in .done })
      case .complete(let finished, let thenLease):
        let asked = scheduler.now
        let completions = try await store.complete(finished.map(\.report), then: thenLease ? request : nil)
        state.load.answers.append(scheduler.now - asked)
        state.load.seconds = scheduler.now
        state.load.intervals += completions.count { $0?.interval != nil }
        event = .recorded(completions.compactMap(\.self).last?.grant)
      case .finish:
        return
      case .pause, .fail, .release:
        preconditionFailure("nothing fails here")
      }
      action = loop.handle(event, stop: .no)
    }
  }
}

/// A log that takes its time, and counts.
private final class CountedLog: WrappedLog, CustomStringConvertible {
  let base: any EntryLog
  private let times: SharedCluster.LogTimes
  private let clock: VirtualClock
  private let state: OneThread<SharedClusterRun.State>
  /// Reading blocks, which virtual time cannot: what it has taken is made up for before the next entry is created.
  private let owed = OneThread(0.0)

  init(
    base: any EntryLog, times: SharedCluster.LogTimes, clock: VirtualClock, state: OneThread<SharedClusterRun.State>
  ) {
    self.base = base
    self.times = times
    self.clock = clock
    self.state = state
  }

  var description: String { "\(base)" }

  func create(_ number: Int, _ contents: Data, isDurable: Bool) async throws(LogFailure) -> Bool {
    await take(owed.value + times.create / 2)
    owed.value = 0
    let isNew = try await base.create(number, contents, isDurable: isDurable)
    if isNew { state.load.appends += 1 } else { state.load.conflicts += 1 }
    await take(times.create / 2)
    return isNew
  }

  private func take(_ seconds: Double) async {
    do { try await clock.sleep(for: .seconds(seconds)) } catch {
      preconditionFailure("no process is killed in a cluster")
    }
  }

  func read(_ number: Int) throws(LogFailure) -> Data {
    state.load.reads += 1
    owed.value += times.read
    return try base.read(number)
  }

  func lastKnown() throws(LogFailure) -> Int {
    state.load.lists += 1
    owed.value += times.list
    return try base.lastKnown()
  }

  func last() throws(LogFailure) -> Int {
    state.load.lists += 1
    owed.value += times.list
    return try base.last()
  }

  func beat(_ process: String, _ count: Int) async throws(LogFailure) {
    state.load.beats += 1
    try await base.beat(process, count)
  }

  func pulse(of process: String) throws(LogFailure) -> Int? {
    state.load.reads += 1
    return try base.pulse(of: process)
  }
}
