internal import PoptrainCheckpoints
internal import PopulationBasedTraining
internal import PoptrainWorker

extension Universe {
  /// Starts a worker: a process with the real worker in it.
  func makeWorker(_ index: Int) -> WorkerSlot {
    guard !plan.isShared else { return makeProcess(index) }
    let rate = happens(.clockSkew, 0.5, "worker-\(index)") ? chance.number(0.7...1.3) : 1
    let process = SimulatedProcess("worker-\(index)", on: scheduler, clockRate: rate)
    let clock = VirtualClock(process, on: scheduler)
    let calls = DiskCalls(disk) { [self] in mayCall(process, $0, $1) }
    guard let folder = try? CheckpointFolder(path: "run/checkpoints", isDurable: true, calls: seams.calls(calls)) else {
      // The disk is full or the process is dead: somebody starts it again.
      startWorker(index, after: 10, inPlaceOf: process)
      return WorkerSlot(process: process, stop: { _ in })
    }
    let checkpoints = seams.checkpoints(folder)
    let store = StoreClient(self, for: process)
    let worker = Worker(
      name: process.name, metric: plan.rules.metric, store: store,
      checkpoints: checkpoints, housekeeper: Housekeeper(checkpoints: checkpoints),
      trainer: seams.trainer(SyntheticTrainer(self, process, clock, calls)), clock: clock,
      wallNow: { [self] in scheduler.now + process.wallOffset }, executor: process,
      news: { [self] in note(process.name, traced($0)) })
    let crew = Crew([worker], metric: plan.rules.metric, store: store)
    note(process.name, "started")
    process.start { [self] in
      let ending = await crew.run {}
      guard !process.isDead else { return }
      note(process.name, "ended: \(ending)")
      switch ending {
      case .aborted where !watch.isFinished:
        // Somebody looks at it and starts it again.
        killEngine()
      case .finished, .aborted:
        if isWorker(process, index) { state.workers[index].isFinished = true }
      case .stopped, .broken:
        startWorker(index, after: chance.number(1...20), inPlaceOf: process)
      }
    }
    return WorkerSlot(process: process, stop: { await crew.stop($0) })
  }
}
