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
    /// It waits for room on the disk, or an answer of the bucket, as the text says.
    case paused(String)
    /// It waits no longer.
    case resumed
  }

  let name: String
  let metric: String
  let share: Int
  let backoff: Backoff?
  let store: any PopulationStore
  let checkpoints: any CheckpointStorage
  let housekeeper: Housekeeper
  let trainer: any Trainer
  let clock: any Clock<Duration>
  let wallNow: @Sendable () -> Double
  let news: @Sendable (News) -> Void
  let thread: any TaskExecutor
  /// Publish the checkpoints of a batch: eight at a time, of which each flush of the disk serves all that wait for it.
  let publishers: [any TaskExecutor]
  /// Sends heartbeats, away from the thread; none: where all tasks run.
  let background: (any TaskExecutor)?
  let state = Mutex(State())

  struct State {
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
      if isPaused, !event.leavesItBlocked, !isToldToStop {
        news(.resumed)
        isPaused = false
      }
      action = loop.handle(event, stop: Task.isCancelled ? .now : state.withLock(\.stop))
    }
  }

  func keepAlive(_ leases: [Lease]) {
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
      return .blocked("\(StoreError.diskFull(path: path))")
    } catch {
      return .broken("\(error)")
    }
  }
}
