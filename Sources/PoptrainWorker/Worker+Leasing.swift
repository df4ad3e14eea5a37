internal import PoptrainStore
internal import Synchronization
internal import PoptrainTrainers

// Which members it has, for how long, and when it looks for others.
extension Worker {
  /// Leases as many members as the trainer accepts. It announces its capacity when it starts, which it does once there is a
  /// member to train.
  func lease() async throws(StoreError) -> Grant {
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

  func request() async -> LeaseRequest {
    guard state.withLock(\.knowsTrainer) else { return LeaseRequest(worker: name, capacity: 1) }
    let capacity = await trainer.capacity()
    return LeaseRequest(worker: name, capacity: min(capacity.members, share), held: capacity.held)
  }

  /// The time between two heartbeats.
  static let beat = Duration.seconds(20)

  /// Prolongs the leases of the moment, until it is cancelled.
  func sendHeartbeats() async {
    while (try? await clock.sleep(for: Worker.beat)) != nil {
      // That a lease was taken over is told when it is completed; a store that is busy may be back at the next beat.
      for token in state.withLock(\.tokens) { try? await store.heartbeat(token) }
    }
  }

  /// The time between two looks whether a full disk has room again.
  static let pause = Duration.seconds(5)

  var isToldToStop: Bool { Task.isCancelled || state.withLock { $0.stop != .no } }

  /// Waits for a time, or until the store has changed or the worker is told to stop. That a lease expires is no change.
  func wait(for time: Duration, orChangeAfter version: Int? = nil) async {
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
}
