internal import Foundation
internal import PoptrainCheckpoints
internal import PopulationBasedTraining
internal import PoptrainSharedLog
internal import PoptrainStore
internal import PoptrainWorker

// Processes that train one population, each with a store of its own, on one log and one folder of checkpoints.
extension Universe {
  /// Starts a process: with the real store and the real workers in it.
  func makeProcess(_ index: Int) -> WorkerSlot {
    state.starts += 1
    let rate = happens(.clockSkew, 0.5, "process-\(index)") ? chance.number(0.7...1.3) : 1
    let process = SimulatedProcess("process-\(index)", on: scheduler, clockRate: rate)
    let name = seams.name("\(index)-\(state.starts)")
    let crew = OneThread<Crew?>(nil)
    note(process.name, "started as \(name)")
    process.start { [self] in
      let ending = await run(process, name, crew)
      guard !process.isDead else { return }
      note(process.name, "ended: \(ending)")
      process.kill()
      switch ending {
      case .finished,
        .aborted where watch.isFinished:
        if isWorker(process, index) { state.workers[index].isFinished = true }
      case .broken(let message) where watch.log.isNewer && message.contains("newer version"):
        if isWorker(process, index) { state.workers[index].isFinished = true }
      case .aborted, .broken, .stopped:
        startWorker(index, after: chance.number(1...20), inPlaceOf: process)
      }
    }
    return WorkerSlot(process: process, stop: { await crew.value?.stop($0) })
  }

  /// What a process does from its start to its end.
  private func run(
    _ process: SimulatedProcess, _ name: String, _ crew: OneThread<Crew?>
  ) async -> WorkerLoop.Ending {
    do {
      let clock = VirtualClock(process, on: scheduler)
      let calls = DiskCalls(disk) { [self] in mayCall(process, $0, $1) }
      let store = try await LogStore(
        opening(process, name, clock), in: LogConnection(self, log, for: process), clock: clock, executor: process
      ) { [plan] _ in plan.rules }
      let folder = try CheckpointFolder(path: "run/checkpoints", isDurable: true, calls: seams.calls(calls))
      // As the engine does.
      let found = folder.names()
      folder.removeAll(found.subtracting(seams.keeps(try await store.neededCheckpoints())))
      let checkpoints = seams.checkpoints(folder)
      let joined = watched(seams.joined(store, self), in: process)
      let housekeeper = Housekeeper(checkpoints: checkpoints)
      let workers = (0..<chance.integer(1...2)).map { number in
        Worker(
          name: "\(process.name).\(number)", metric: plan.rules.metric, store: joined, checkpoints: checkpoints,
          housekeeper: housekeeper, trainer: seams.trainer(SyntheticTrainer(self, process, clock, calls)), clock: clock,
          wallNow: { [self] in scheduler.now + process.wallOffset }, executor: process,
          news: { [self] in note(process.name, traced($0)) })
      }
      let all = Crew(workers, metric: plan.rules.metric, store: joined)
      crew.value = all
      process.start { for await _ in store.stopRequests { await all.stop(.afterSaving) } }
      let ending = await all.run { await all.stop(.afterInterval) }
      try? await store.close()
      return ending
    } catch {
      return .broken("\(error)")
    }
  }

  private func watched(_ store: some PopulationStore, in process: SimulatedProcess) -> any PopulationStore {
    JoinedStore(base: store, universe: self, process: process)
  }

  private func opening(_ process: SimulatedProcess, _ name: String, _ clock: VirtualClock) -> RunOpening {
    RunOpening(
      rules: plan.rules, experiment: "the experiment", folder: "/",
      surroundings: Ledger.Surroundings(
        monotonicNow: { [self] in scheduler.now * process.clockRate },
        wallNow: { [self] in scheduler.now + process.wallOffset },
        makeToken: { [self] in String(chance.bits(), radix: 16) }, process: name,
        compute: { [self] decisions in
          try? await clock.sleep(for: .seconds(chance.number(1...100)))
          return decisions()
        }))
  }

  /// The log, as those have it who are beside it.
  var log: WatchedLog { WatchedLog(base: state.log, universe: self) }

  /// An entry was created.
  func created(_ number: Int, _ contents: Data) {
    check { watch throws(Violation) in
      self.state.history += try watch.created(number, contents, at: self.scheduler.now, on: self.disk)
    }
  }

  /// A newer version writes an entry.
  func writeAsNewerVersion() {
    let isBlock = chance.happens(0.5)
    state.place.start { [self] in
      guard !isAtItsEnd else { return }
      let last = (try? log.last()) ?? 0
      let line = Data(#"{"format":2,"number":\#(last + 1),"news":"from the future"}"#.utf8)
      let block = isBlock && last > 0 ? (try? log.read(last)) ?? Data() : Data()
      if (try? await log.create(last + 1, block + line + Data("\n".utf8), isDurable: true)) == true {
        count(.newerVersion, "log")
      }
    }
  }

  /// Somebody asks all processes to stop.
  func stopAll() {
    state.place.start { [self, plan] in
      try? await SharedLogDatabase(log, copies: "") { _ in plan.rules }.requestStop()
    }
  }
}
