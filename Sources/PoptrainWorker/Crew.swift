internal import PopulationBasedTraining
package import PoptrainStore

/// The workers of this process that train one population.
package final class Crew: Sendable {
  private let workers: [Worker]
  private let metric: String
  private let store: any PopulationStore

  /// Brings workers together.
  ///
  /// - Parameters:
  ///   - metric: the reported metric that selection compares.
  ///   - store: the store of all of them.
  package init(_ workers: [Worker], metric: String, store: any PopulationStore) {
    self.workers = workers
    self.metric = metric
    self.store = store
  }

  /// Works until there is nothing left to do or the task is cancelled, and says how the run stands then.
  ///
  /// - Parameter whenBroken: called for a worker that cannot use the store or the disk; it is to stop the others.
  package func run(whenBroken: () async -> Void) async -> WorkerLoop.Ending {
    let endings = await withTaskGroup(of: WorkerLoop.Ending.self) { group in
      for worker in workers { group.addTask { await worker.run() } }
      var endings: [WorkerLoop.Ending] = []
      for await ending in group {
        endings.append(ending)
        if case .broken = ending { await whenBroken() }
      }
      return endings
    }
    for case .broken(let message) in endings { return .broken(message) }
    for case .aborted(let reason) in endings { return .aborted(reason) }
    let population = await store.population()
    guard let ending = population.ending else { return .stopped }
    guard population.best != nil || ending == .wallClock else {
      return .aborted("no interval has ever reported a finite \(metric)")
    }
    return population.count(.failed) == population.size ? .aborted("every member has failed") : .finished
  }

  /// Asks all workers to end: after the intervals in flight, when they are saved where they are, or now.
  package func stop(_ how: WorkerLoop.Stop) async {
    await withTaskGroup(of: Void.self) { group in
      for worker in workers { group.addTask { await worker.stop(how) } }
    }
  }
}
