public import Checkpoints
internal import Dispatch
internal import PopulationBasedTraining
public import Store
internal import Synchronization
public import Trainers

/// Takes members from a store and has them trained, until nothing is left or it is told to stop.
///
/// It performs the actions of a ``WorkerLoop`` on the things that it is given.
public final class Worker: Sendable {
  /// What people may want to see of a worker.
  public enum News: Sendable {
    /// It has begun an interval.
    case began(Lease)
    /// The model has reached an age.
    case progress(Lease, age: Int)
    /// The trainer said nothing of these hyperparameters.
    case unread([String], Lease)
    /// An attempt failed; `isReplaced` where the member was given up.
    case failed(Lease, TrainerFailure, isReplaced: Bool)
    /// The store recorded an interval, or decisions.
    case recorded(Completion)
  }

  private let name: String
  private let metric: String
  private let totalSteps: Int
  private let store: any PopulationStore
  private let checkpoints: any CheckpointStorage
  private let housekeeper: Housekeeper
  private let trainer: any Trainer
  private let clock: any Clock<Duration>
  private let wallNow: @Sendable () -> Double
  private let news: @Sendable (News) -> Void
  private let disk = DispatchQueue(label: "poptrain.disk")
  private let state = Mutex(State())

  private struct State {
    var stop = WorkerLoop.Stop.no
    var waiting: Task<Void, Never>?
  }

  /// Makes a worker.
  ///
  /// - Parameters:
  ///   - name: for people to recognise it.
  ///   - metric: the reported metric that selection compares.
  ///   - totalSteps: the budget of a member.
  ///   - clock: times the heartbeats.
  ///   - wallNow: seconds since 1970, for the record.
  ///   - news: called as things happen.
  public init(
    name: String, metric: String, totalSteps: Int, store: any PopulationStore, checkpoints: any CheckpointStorage,
    housekeeper: Housekeeper, trainer: any Trainer, clock: any Clock<Duration> = ContinuousClock(),
    wallNow: @escaping @Sendable () -> Double = SystemClock.wall, news: @escaping @Sendable (News) -> Void = { _ in }
  ) {
    self.name = name
    self.metric = metric
    self.totalSteps = totalSteps
    self.store = store
    self.checkpoints = checkpoints
    self.housekeeper = housekeeper
    self.trainer = trainer
    self.clock = clock
    self.wallNow = wallNow
    self.news = news
  }

  /// Works until there is nothing left to do.
  public func run() async -> WorkerLoop.Ending {
    var loop = WorkerLoop(worker: name, metric: metric)
    var action = loop.start()
    var heartbeats: Task<Void, Never>?
    defer { heartbeats?.cancel() }
    while true {
      switch action {
      case .prepare(let lease):
        heartbeats?.cancel()
        heartbeats = keepAlive(lease)
      case .lease, .wait:
        heartbeats?.cancel()
      case .finish(let ending):
        heartbeats?.cancel()
        await trainer.shutDown()
        return ending
      case .train, .publish, .complete, .fail, .release:
        break
      }
      let event = await perform(action)
      action = loop.handle(event, stop: state.withLock { $0.stop })
    }
  }

  /// Asks the worker to end: after the interval under way, or now.
  public func stop(_ how: WorkerLoop.Stop) async {
    state.withLock { state in
      state.stop = max(state.stop, how)
      state.waiting?.cancel()
    }
    if how == .now { await trainer.shutDown() } else { await trainer.requestStop() }
  }

  private func perform(_ action: WorkerLoop.Action) async -> WorkerLoop.Event {
    do {
      switch action {
      case .lease(let request):
        return .granted(try await store.lease(request))
      case .wait(let version):
        await waitForChange(after: version)
        return .changed
      case .prepare(let lease):
        return await prepare(lease)
      case .train(let lease, let saveTo):
        return .trained(await train(lease, saveTo: saveTo))
      case .publish(let lease):
        return await publish(lease)
      case .complete(let lease, let report, let request):
        let completion = try await store.complete(report, then: request)
        if case .invalid = report.result { try? await onDisk { try self.checkpoints.discard(lease.end) } }
        return try await recorded(completion)
      case .fail(let lease, let report):
        let completion = try await store.fail(report)
        try? await onDisk { try self.checkpoints.discard(lease.end) }
        let failure = TrainerFailure(
          TrainerFailure.Reason(rawValue: report.reason) ?? .failed, report.message, logTail: report.logTail,
          log: report.log)
        news(.failed(lease, failure, isReplaced: completion.interval != nil))
        return try await recorded(completion)
      case .release(let lease):
        try await store.release(lease.token)
        try? await onDisk { try self.checkpoints.discard(lease.end) }
        return .released
      case .finish:
        preconditionFailure("an end is not performed")
      }
    } catch StoreError.superseded {
      // What was published is recorded nowhere, and nobody else can have this name.
      if case .complete(let lease, _, _) = action { try? await onDisk { try self.checkpoints.remove(lease.end) } }
      return .superseded
    } catch {
      return .broken("\(error)")
    }
  }

  /// Waits until the store has changed, or the worker is told to stop, but not for ever: that a lease expires is no
  /// change.
  private func waitForChange(after version: Int) async {
    let waiting = Task { [store, clock] in
      await withTaskGroup(of: Void.self) { group in
        group.addTask { await store.waitForChange(after: version) }
        group.addTask { try? await clock.sleep(for: Worker.beat) }
        await group.next()
        group.cancelAll()
      }
    }
    state.withLock { state in
      state.waiting = waiting
      if state.stop != .no { waiting.cancel() }
    }
    await waiting.value
  }

  private func prepare(_ lease: Lease) async -> WorkerLoop.Event {
    do {
      let saveTo = try await onDisk {
        if let start = lease.start { try self.checkpoints.verify(start) }
        return try self.checkpoints.begin(lease.end)
      }
      news(.began(lease))
      return .prepared(saveTo: saveTo, at: wallNow())
    } catch CheckpointError.damaged(let checkpoint, let what) {
      return .attemptFailed(TrainerFailure(.notLoaded, "\(CheckpointError.damaged(checkpoint, what))"))
    } catch {
      return .broken("\(error)")
    }
  }

  /// The time between two heartbeats.
  private static let beat = Duration.seconds(20)

  /// Prolongs a lease until it is cancelled, or another worker has taken the member over.
  private func keepAlive(_ lease: Lease) -> Task<Void, Never> {
    Task { [store, clock] in
      while (try? await clock.sleep(for: Worker.beat)) != nil {
        do {
          try await store.heartbeat(lease.token)
        } catch StoreError.superseded {
          return
        } catch {
          // The store may be back at the next beat.
        }
      }
    }
  }

  /// Has an interval trained.
  private func train(_ lease: Lease, saveTo: String) async -> TrainerOutcome {
    let assignment = Assignment(
      id: lease.end.description, member: lease.member, number: lease.number, kind: lease.kind,
      ages: lease.startAge..<lease.startAge + lease.steps, totalSteps: totalSteps, seed: lease.seed,
      hyperparameters: lease.hyperparameters, checkpoint: lease.start.map(checkpoints.path(of:)), saveTo: saveTo)
    let outcome = await trainer.train(assignment) { [news] age in news(.progress(lease, age: age)) }
    if case .trained(let trained) = outcome, !trained.unread.isEmpty { news(.unread(trained.unread, lease)) }
    return outcome
  }

  private func publish(_ lease: Lease) async -> WorkerLoop.Event {
    do {
      try await onDisk { try self.checkpoints.publish(lease.end) }
      return .published
    } catch let error as CheckpointError {
      switch error {
      case .empty, .notAFile, .reservedName, .damaged:
        return .attemptFailed(TrainerFailure(.notSaved, "\(error)"))
      case .diskFull, .system:
        return .broken("\(error)")
      }
    } catch {
      return .broken("\(error)")
    }
  }

  private func recorded(_ completion: Completion) async throws -> WorkerLoop.Event {
    news(.recorded(completion))
    try await housekeeper.tidy(after: completion)
    return .recorded(completion)
  }

  /// Runs what blocks on the disk away from the threads that tasks share.
  private func onDisk<Answer: Sendable>(_ body: @escaping @Sendable () throws -> Answer) async throws -> Answer {
    try await withCheckedThrowingContinuation { continuation in
      disk.async { @Sendable in continuation.resume(with: Result { try body() }) }
    }
  }
}
