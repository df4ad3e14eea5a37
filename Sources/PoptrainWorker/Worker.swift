package import PoptrainCheckpoints
internal import PopulationBasedTraining
package import PoptrainStore
internal import Synchronization
package import PoptrainTrainers

/// Takes members from a store and has them trained, until nothing is left or it is told to stop.
///
/// It performs the actions of a ``WorkerLoop`` on the things that it is given.
package final class Worker: Sendable {
  /// What people may want to see of a worker.
  package enum News: Sendable {
    /// It has begun an interval.
    case began(Lease)
    /// The model has reached an age.
    case progress(Lease, age: Int)
    /// The trainer has reported an interval, which is not recorded yet.
    case reported(TrainedInterval, Lease)
    /// An attempt failed; `isReplaced` where the member was given up.
    case failed(Lease, TrainerFailure, isReplaced: Bool)
    /// The store recorded an interval, or decisions.
    case recorded(Completion)
    /// It waits for room on the disk, as the text says.
    case paused(String)
    /// There is room again.
    case resumed
  }

  private let name: String
  private let metric: String
  private let share: Int
  private let backoff: Backoff?
  private let store: any PopulationStore
  private let checkpoints: any CheckpointStorage
  private let housekeeper: Housekeeper
  private let trainer: any Trainer
  private let clock: any Clock<Duration>
  private let wallNow: @Sendable () -> Double
  private let news: @Sendable (News) -> Void
  private let thread: any TaskExecutor
  /// Publish the checkpoints of a batch: eight at a time, of which each flush of the disk serves all that wait for it.
  private let publishers: [any TaskExecutor]
  /// Sends heartbeats, away from the thread; none: where all tasks run.
  private let background: (any TaskExecutor)?
  private let state = Mutex(State())

  private struct State {
    /// The tokens of the leases to be kept alive.
    var tokens: [String] = []
    /// What the store has collected, to be removed when nobody waits for it.
    var collected: [CheckpointID] = []
    /// Whether the trainer was asked how many members it takes.
    var knowsTrainer = false
    var stop = WorkerLoop.Stop.no
    var waiting: Task<Void, Never>?
  }

  /// Makes a worker.
  ///
  /// - Parameters:
  ///   - name: for people to recognise it.
  ///   - metric: the reported metric that selection compares.
  ///   - share: how many members it takes at once, at most, if its trainer can.
  ///   - clock: times the heartbeats.
  ///   - wallNow: seconds since 1970, for the record.
  ///   - backoff: how long a member whose attempts fail is left alone; none: it is tried again at once.
  ///   - executor: runs everything that the worker does; none: threads of its own do, and heartbeats are sent elsewhere.
  ///   - news: called as things happen.
  package init(
    name: String, metric: String, store: any PopulationStore, checkpoints: any CheckpointStorage,
    housekeeper: Housekeeper, trainer: any Trainer, share: Int = .max, clock: any Clock<Duration> = ContinuousClock(),
    wallNow: @escaping @Sendable () -> Double = SystemClock.wall, backoff: Backoff? = .standard,
    executor: (any TaskExecutor)? = nil,
    news: @escaping @Sendable (News) -> Void = { _ in }
  ) {
    self.name = name
    self.metric = metric
    self.share = share
    self.backoff = backoff
    self.store = store
    self.checkpoints = checkpoints
    self.housekeeper = housekeeper
    self.trainer = trainer
    self.clock = clock
    self.wallNow = wallNow
    self.news = news
    thread = executor ?? WorkerThread(label: "poptrain.\(name)")
    publishers = executor.map { [$0] } ?? (0..<8).map { WorkerThread(label: "poptrain.\(name).\($0)") }
    background = executor
  }

  /// Works until there is nothing left to do, or the task is cancelled.
  package func run() async -> WorkerLoop.Ending {
    await withTaskExecutorPreference(thread) { await work() }
  }

  @concurrent private func work() async -> WorkerLoop.Ending {
    var loop = WorkerLoop(metric: metric, backoff: backoff)
    var isPaused = false
    var action = loop.start()
    let heartbeats = Task(executorPreference: background) { await self.sendHeartbeats() }
    defer { heartbeats.cancel() }
    while true {
      keepAlive(loop.leases)
      switch action {
      case .finish(let ending):
        heartbeats.cancel()
        await trainer.shutDown()
        removeCollected()
        return ending
      case .pause(let message, let again):
        isPaused = true
        if !again { news(.paused(message)) }
      default:
        break
      }
      let event = await perform(action)
      if isPaused, !event.leavesDiskFull, !isToldToStop {
        news(.resumed)
        isPaused = false
      }
      action = loop.handle(event, stop: Task.isCancelled ? .now : state.withLock(\.stop))
    }
  }

  private func keepAlive(_ leases: [Lease]) {
    state.withLock { $0.tokens = leases.map(\.token) }
  }

  /// Asks the worker to end: after the interval in flight, when that is saved where it is, or now.
  package func stop(_ how: WorkerLoop.Stop) async {
    state.withLock { state in
      state.stop = max(state.stop, how)
      state.waiting?.cancel()
    }
    switch how {
    case .no: break
    case .afterInterval: await trainer.requestStop()
    case .afterSaving: await trainer.requestSave()
    case .now: await trainer.shutDown()
    }
  }

  private func perform(_ action: WorkerLoop.Action) async -> WorkerLoop.Event {
    do {
      switch action {
      case .lease:
        return .granted(try await lease())
      case .wait(let version, let seconds):
        removeCollected()
        await wait(for: min(Worker.beat, seconds.map { .seconds($0) } ?? Worker.beat), orChangeAfter: version)
        return .changed
      case .pause:
        removeCollected()
        // More than the next action needs, or it would only be tried in vain.
        repeat { await wait(for: Worker.pause) } while !isToldToStop && !checkpoints.hasRoom()
        return .waited
      case .prepare(let lease):
        return prepare(lease)
      case .train(let batch):
        return await withTaskGroup { group in
          // While the trainer is at work: for a large file it takes long.
          group.addTask(executorPreference: background ?? globalConcurrentExecutor) { self.removeCollected() }
          return await train(batch)
        }
      case .publish(let leases):
        return .published(await publishTogether(leases))
      case .complete(let finished, let thenLease):
        return .recorded(try await complete(finished, then: thenLease ? await request() : nil))
      case .fail(let lease, let report):
        let completion = try await store.fail(report)
        try? checkpoints.discard(lease.end)
        let failure = TrainerFailure(
          report.reason, report.message, logTail: report.logTail,
          log: report.log)
        news(.failed(lease, failure, isReplaced: completion.interval != nil))
        try await tidy(after: completion)
        return .recorded(nil)
      case .release(let lease):
        try await store.release(lease.token)
        try? checkpoints.discard(lease.end)
        // It may have been published before the disk was full.
        try? checkpoints.remove(lease.end)
        return .released
      case .finish:
        preconditionFailure("an end is not performed")
      }
    } catch StoreError.superseded {
      return .superseded
    } catch StoreError.diskFull(let path) {
      return .diskFull("\(StoreError.diskFull(path: path))")
    } catch {
      return .broken("\(error)")
    }
  }

  /// Leases as many members as the trainer takes. It says so once it was started, which it is when there is something to
  /// train.
  private func lease() async throws(StoreError) -> Grant {
    let grant = try await store.lease(await request())
    guard case .leases(let first) = grant, !state.withLock(\.knowsTrainer) else { return grant }
    keepAlive(first)
    state.withLock { $0.knowsTrainer = true }
    var rest = await request()
    rest.capacity -= first.count
    guard rest.capacity > 0, case .leases(let others)? = try? await store.lease(rest) else { return grant }
    // While the trainer was starting, a lease may have expired and been taken over, even by this worker.
    return .leases(first.filter { lease in !others.contains { $0.member == lease.member } } + others)
  }

  private func request() async -> LeaseRequest {
    guard state.withLock(\.knowsTrainer) else { return LeaseRequest(worker: name, capacity: 1) }
    let capacity = await trainer.capacity()
    return LeaseRequest(worker: name, capacity: min(capacity.members, share), held: capacity.held)
  }

  /// The time between two looks whether a full disk has room again.
  private static let pause = Duration.seconds(5)

  private var isToldToStop: Bool { Task.isCancelled || state.withLock { $0.stop != .no } }

  /// Waits for a time, or until the store has changed or the worker is told to stop. That a lease expires is no change.
  private func wait(for time: Duration, orChangeAfter version: Int? = nil) async {
    let waiting = Task(executorPreference: thread) { [store, clock] in
      await withTaskGroup(of: Void.self) { group in
        if let version { group.addTask { await store.waitForChange(after: version) } }
        group.addTask { try? await clock.sleep(for: time) }
        await group.next()
        group.cancelAll()
      }
    }
    state.withLock { state in
      state.waiting = waiting
      if state.stop != .no { waiting.cancel() }
    }
    await withTaskCancellationHandler {
      await waiting.value
    } onCancel: {
      waiting.cancel()
    }
  }

  private func prepare(_ lease: Lease) -> WorkerLoop.Event {
    do {
      if let start = lease.start { try checkpoints.verify(start) }
      let saveTo = try checkpoints.begin(lease.end)
      news(.began(lease))
      return .prepared(saveTo: saveTo)
    } catch CheckpointError.damaged(let checkpoint, let what) {
      return .attemptFailed(TrainerFailure(.notLoaded, "\(CheckpointError.damaged(checkpoint, what))"))
    } catch CheckpointError.diskFull(let path) {
      return .diskFull("\(CheckpointError.diskFull(path: path))")
    } catch {
      return .broken("\(error)")
    }
  }

  /// The time between two heartbeats.
  private static let beat = Duration.seconds(20)

  /// Prolongs the leases of the moment, until it is cancelled.
  private func sendHeartbeats() async {
    while (try? await clock.sleep(for: Worker.beat)) != nil {
      // That a lease was taken over is told when it is completed; a store that is busy may be back at the next beat.
      for token in state.withLock(\.tokens) { try? await store.heartbeat(token) }
    }
  }

  /// Has intervals trained.
  private func train(_ batch: [WorkerLoop.Prepared]) async -> WorkerLoop.Event {
    let assignments = batch.map { prepared in
      let lease = prepared.lease
      return Assignment(
        id: lease.end.description, member: lease.member, number: lease.number, kind: lease.kind,
        ages: lease.startAge..<lease.startAge + lease.steps, totalSteps: lease.totalSteps,
        memberSteps: lease.startSteps,
        donor: lease.donor, seed: lease.seed,
        hyperparameters: lease.hyperparameters, checkpoint: lease.start.map(checkpoints.path(of:)),
        parent: lease.start?.description, saveTo: prepared.saveTo)
    }
    let startedAt = wallNow()
    let outcomes = await trainer.train(assignments) { [news] position, age in
      news(.progress(batch[position].lease, age: age))
    }
    var failures: [TrainerFailure] = []
    for (prepared, outcome) in zip(batch, outcomes) {
      switch outcome {
      case .trained(let trained):
        news(.reported(trained, prepared.lease))
      case .failed(let failure):
        failures.append(failure)
        // It may be tried again under the same lease.
        try? checkpoints.discard(prepared.lease.end)
      default: break
      }
    }
    // What a trainer does on a full disk is not its fault.
    let fullDisk = failures.first.flatMap { failure in
      checkpoints.hasRoom() ? nil : "\(CheckpointError.diskFull(path: batch[0].saveTo)): \(failure.message)"
    }
    return .trained(outcomes, startedAt: startedAt, fullDisk: fullDisk)
  }

  /// Reports intervals that ended at one moment.
  private func complete(_ finished: [WorkerLoop.Finished], then request: LeaseRequest?) async throws -> Grant? {
    let completions = try await store.complete(finished.map(\.report), then: request)
    for (finished, completion) in zip(finished, completions) {
      let (lease, report) = (finished.lease, finished.report)
      guard let completion else {
        // What was published is recorded nowhere, and nobody else can have this name.
        try? checkpoints.remove(lease.end)
        continue
      }
      let isSaved = if case .trained = report.result { lease.kind == .train } else { false }
      if !isSaved { try? checkpoints.discard(lease.end) }
      try await tidy(after: completion)
    }
    return completions.compactMap { $0?.grant }.last
  }

  /// Publishes checkpoints at the same time: those that the disk is to flush share its flushes.
  private func publishTogether(_ leases: [Lease]) async -> [WorkerLoop.Publication] {
    guard leases.count > 1 else { return leases.map(publish) }
    return await withTaskGroup { group in
      for (position, lease) in leases.enumerated() {
        let publisher = publishers[position % publishers.count]
        group.addTask(executorPreference: publisher) { (position, self.publish(lease)) }
      }
      return await group.reduce(into: []) { $0.append($1) }.sorted { $0.0 < $1.0 }.map(\.1)
    }
  }

  private func publish(_ lease: Lease) -> WorkerLoop.Publication {
    do {
      try checkpoints.publish(lease.end)
      return .done
    } catch {
      switch error {
      case .empty, .notAFile, .reservedName, .damaged: return .failed(TrainerFailure(.notSaved, "\(error)"))
      case .diskFull: return .diskFull("\(error)", losesInterval: false)
      case .notFlushed: return .diskFull("\(error)", losesInterval: true)
      case .system, .newerVersion: return .broken("\(error)")
      }
    }
  }

  private func tidy(after completion: Completion) async throws {
    news(.recorded(completion))
    state.withLock { $0.collected += completion.collected }
    try await housekeeper.tidy(after: completion)
  }

  /// What cannot be removed now is removed by the next start.
  private func removeCollected() {
    let collected = state.withLock { state in
      defer { state.collected = [] }
      return state.collected
    }
    for checkpoint in collected { try? checkpoints.remove(checkpoint) }
  }
}
