internal import PoptrainCheckpoints
internal import PoptrainExperimentFile
internal import PoptrainRuns
internal import PoptrainStore
internal import PopulationBasedTraining

extension RunDirectory {
  /// What is recorded in it; none: it holds no run yet.
  func recordedRun() throws(RunError) -> RunIdentity? {
    try checkKinds()
    try checkBest()
    guard holdsRun else {
      try checkIsOutsideOfRuns()
      // They would be removed as what no member needs. Another process may have begun this very run since.
      if isShared, let found = try anyCheckpoint(), !holdsRun { throw .notEmpty(path: shownFiles, found: found) }
      return nil
    }
    return try reading { () throws(StoreError) in try database.identity() }
  }

  /// Opens the checkpoints of a run, removes those that are no longer needed, and links the best one.
  func openCheckpoints(
    of store: any RunStore, _ experiment: Experiment, news: (Engine.News) -> Void
  ) async throws -> any CheckpointStorage {
    let storage: any CheckpointStorage
    let isDurable = experiment.durability == .durable
    if isShared {
      // As many as there are members are needed, and as many begin or end an interval.
      let shared = try openCheckpoints(isDurable: isDurable, capacity: 2 * experiment.rules.populationSize)
      // Listed before asking what is needed: one that appears in between belongs to a process that is training.
      let found = try shared.names()
      shared.removeAll(found.subtracting(try await store.neededCheckpoints()))
      storage = shared
    } else {
      let folder = try CheckpointFolder(path: checkpoints, isDurable: isDurable)
      for checkpoint in try folder.sweep(keeping: try await store.presentCheckpoints()).sorted() {
        news(.warning("the folder of checkpoint \(checkpoint) is missing from \(checkpoints)"))
      }
      storage = folder
    }
    if let checkpoint = await store.population().best?.published.checkpoint {
      // A crash may have come between the commit and the link.
      do { try storage.pointBest(to: checkpoint) } catch { throw RunError(writing: best, error) }
    }
    return storage
  }
}

extension RunError {
  /// What went wrong while a run was opened.
  init(opening directory: RunDirectory, _ error: any Error) {
    switch error {
    case let error as RunError: self = error
    case let error as StoreError: self = .store(error)
    default: self = RunError(writing: directory.shown, error)
    }
  }
}

extension Experiment {
  /// How much is left of the time that the run may take; none where it may take any.
  func timeLeft(in store: any RunStore) async throws(StoreError) -> Duration? {
    guard let wallClock else { return nil }
    return wallClock - .seconds(try await store.secondsSpent())
  }
}

extension RunStore {
  /// The decisions that were recorded after a sequence.
  func decisions(after sequence: Int) async throws(StoreError) -> [Decision] {
    try await records(after: sequence).compactMap { if case .decision(let decision) = $0 { decision } else { nil } }
  }
}
