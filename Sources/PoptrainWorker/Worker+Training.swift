internal import PoptrainCheckpoints
internal import PopulationBasedTraining
internal import PoptrainStore
internal import Synchronization
internal import PoptrainTrainers

// What becomes of the members that it has.
extension Worker {
  func prepare(_ lease: Lease) -> WorkerLoop.Event {
    do {
      if let start = lease.start { try checkpoints.verify(start) }
      let saveTo = try checkpoints.begin(lease.end)
      news(.began(lease))
      return .prepared(saveTo: saveTo)
    } catch CheckpointError.damaged(let checkpoint, let what) {
      return .attemptFailed(TrainerFailure(.notLoaded, "\(CheckpointError.damaged(checkpoint, what))"))
    } catch  where error.passes {
      return .blocked("\(error)")
    } catch {
      return .broken("\(error)")
    }
  }

  /// Has intervals trained.
  func train(_ batch: [WorkerLoop.Prepared]) async -> WorkerLoop.Event {
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
      case .trained(var trained):
        if trained.steps < prepared.lease.steps, !isToldToStop { trained.warnOfPartial(asked: prepared.lease.steps) }
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
    return .trained(outcomes, startedAt: startedAt, obstacle: fullDisk)
  }

  /// Reports intervals that ended at one moment.
  func complete(_ finished: [WorkerLoop.Finished], then request: LeaseRequest?) async throws -> Grant? {
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
  func publishTogether(_ leases: [Lease]) async -> [WorkerLoop.Publication] {
    guard leases.count > 1 else { return leases.map(publish) }
    return await withTaskGroup { group in
      for (position, lease) in leases.enumerated() {
        let publisher = publishers[position % publishers.count]
        group.addTask(executorPreference: publisher) { (position, self.publish(lease)) }
      }
      return await group.reduce(into: []) { $0.append($1) }.sorted { $0.0 < $1.0 }.map(\.1)
    }
  }

  func publish(_ lease: Lease) -> WorkerLoop.Publication {
    do {
      try checkpoints.publish(lease.end)
      return .done
    } catch {
      switch error {
      case .empty, .notAFile, .reservedName, .damaged: return .failed(TrainerFailure(.notSaved, "\(error)"))
      case .diskFull, .noAnswer: return .blocked("\(error)", losesInterval: false)
      case .notFlushed: return .blocked("\(error)", losesInterval: true)
      case .system, .refused, .newerVersion: return .broken("\(error)")
      }
    }
  }

  func tidy(after completion: Completion) async throws {
    news(.recorded(completion))
    state.withLock { $0.collected += completion.collected }
    try await housekeeper.tidy(after: completion)
  }

  /// What cannot be removed now is removed by the next start.
  func removeCollected() {
    let collected = state.withLock { state in
      defer { state.collected = [] }
      return state.collected
    }
    for checkpoint in collected { try? checkpoints.remove(checkpoint) }
  }
}

extension TrainedInterval {
  /// Warns that nothing asked the trainer to end the interval early.
  fileprivate mutating func warnOfPartial(asked: Int) {
    warnings.append(
      """
      it trained \(steps) of the \(asked) steps that it was asked for, though nothing told it to stop. The member continues \
      from there without a decision. Train from the age `start` to the age `stop`, and count every step
      """)
  }
}
