internal import Checkpoints
public import ExperimentFile
internal import Foundation
public import PopulationBasedTraining
internal import Store
internal import Synchronization
public import Worker

/// Trains a population in a folder of this machine: starts a run or resumes it, with workers as tasks of this process.
public final class Engine: Sendable {
  /// What people may want to see of a run.
  public enum News: Sendable {
    /// Something of a worker, by its index.
    case worker(Int, Worker.News)
    /// Something looks wrong, but training goes on.
    case warning(String)
    /// The run was asked to stop.
    case stopping(WorkerLoop.Stop)
  }

  /// How a run ended.
  public enum Ending: Hashable, Sendable {
    /// Every member is done or has failed.
    case finished
    /// It was asked to stop, and can be resumed.
    case stopped
    /// It was told to stop at once, and can be resumed.
    case interrupted
    /// The trainer has never worked, or every member has failed.
    case hopeless(String)
    /// The store or the disk could not be used; what was completed is safe, and the run can be resumed.
    case broken(String)
  }

  /// The experiment that is run.
  public let experiment: Experiment
  /// The folder of the run.
  public let directory: RunDirectory
  /// The folder in which trainers run.
  public let folder: String
  /// How many workers there are.
  public let workerCount: Int
  /// The population as it was when the engine was opened.
  public let initial: Population
  /// What was changed since the run was last started, in words.
  public let revisions: [String]

  private let lock: RunLock
  private let store: SQLiteStore
  private let checkpoints: CheckpointFolder
  private let environment: WorkerEnvironment
  private let news: @Sendable (News) -> Void
  private let state = Mutex(State())

  private struct State {
    var workers: [Worker] = []
    var stop = WorkerLoop.Stop.no
    var isInterrupted = false
    var warned: Set<String> = []
    var deadline: Task<Void, Never>?
  }

  /// Opens a run, or makes a new one in a folder that is empty or does not exist.
  ///
  /// - Parameters:
  ///   - directory: the folder of the run.
  ///   - folder: the folder in which trainers run.
  ///   - news: called as things happen.
  public init(
    _ experiment: Experiment, in directory: RunDirectory, folder: String,
    machine: WorkerEnvironment.Machine = .current, news: @escaping @Sendable (News) -> Void
  ) async throws(RunError) {
    var revisions: [String] = []
    var recorded: RunReader.Identity?
    if directory.holdsRun {
      recorded = try storing { () throws(StoreError) in try RunReader.identity(path: directory.database) }
    }
    if let recorded {
      revisions = try experiment.acceptedChanges(from: recorded.experiment, in: directory)
    } else if let found = directory.foreignContent {
      throw .notEmpty(path: directory.path, found: found)
    }
    _ = try WorkerEnvironment(experiment, on: machine, runID: "")

    try directory.create()
    lock = try RunLock(directory)
    let isDurable = experiment.durability == .durable
    do {
      store = try await SQLiteStore(
        path: directory.database, rules: experiment.rules, experiment: experiment.yaml, folder: folder,
        isDurable: isDurable)
      let present = try await store.presentCheckpoints()
      checkpoints = try CheckpointFolder(path: directory.checkpoints, isDurable: isDurable)
      for checkpoint in try checkpoints.sweep(keeping: present).sorted() {
        news(.warning("the folder of checkpoint \(checkpoint) is missing from \(directory.checkpoints)"))
      }
      try experiment.yaml.write(toFile: directory.experimentFile, atomically: true, encoding: .utf8)
    } catch let error as StoreError {
      throw .store(error)
    } catch {
      throw .cannotWrite(path: directory.path, reason: "\(error)")
    }
    let identity = try storing { () throws(StoreError) in try RunReader.identity(path: directory.database) }
    environment = try WorkerEnvironment(experiment, on: machine, runID: identity?.id ?? "")
    initial = await store.population()
    if let best = initial.best?.published.checkpoint {
      // A crash may have come between the commit and the link.
      do { try checkpoints.pointBest(to: best) } catch { throw .cannotWrite(path: directory.best, reason: "\(error)") }
    }
    workerCount = environment.workers
    self.experiment = experiment
    self.directory = directory
    self.folder = folder
    self.revisions = revisions
    self.news = news
  }

  /// The population as it is now.
  public func population() async -> Population {
    await store.population()
  }

  /// Trains until the end, or until told to stop.
  public func run() async throws(RunError) -> Ending {
    let housekeeper = Housekeeper(checkpoints: checkpoints)
    var workers: [Worker] = []
    for index in 0..<workerCount {
      let trainer = try experiment.makeTrainer(
        folder: folder, environment: environment.variables(worker: index),
        logPath: "\(directory.logs)/worker-\(index).log")
      workers.append(
        Worker(
          name: "worker-\(index)", metric: experiment.metric, totalSteps: experiment.rules.steps, store: store,
          checkpoints: checkpoints, housekeeper: housekeeper, trainer: trainer,
          news: { [weak self] in self?.take($0, from: index) }))
    }
    let requested = state.withLock { state in
      state.workers = workers
      return state.stop
    }
    if requested != .no { for worker in workers { await worker.stop(requested) } }

    let endings = await withTaskGroup(of: WorkerLoop.Ending.self) { group in
      for worker in workers { group.addTask { await worker.run() } }
      var endings: [WorkerLoop.Ending] = []
      for await ending in group {
        endings.append(ending)
        if case .broken = ending { await stop(.afterInterval) }
      }
      return endings
    }
    state.withLock { $0.deadline?.cancel() }
    let ending = await ending(endings)
    // What could not be closed is closed by the next start.
    try? await store.close()
    return ending
  }

  /// Asks the run to stop: first when the intervals under way are through, or after `stop_timeout`; asked again, now.
  public func stop() async {
    let isFirst = state.withLock { state in
      if state.stop == .no { return true }
      state.isInterrupted = true
      return false
    }
    guard isFirst else { return await stop(.now) }
    await stop(.afterInterval)
    let deadline = Task { [experiment] in
      try? await Task.sleep(for: experiment.stopTimeout)
      if !Task.isCancelled { await self.stop(.now) }
    }
    state.withLock { $0.deadline = deadline }
  }

  private func stop(_ how: WorkerLoop.Stop) async {
    let workers = state.withLock { state in
      state.stop = max(state.stop, how)
      return state.workers
    }
    news(.stopping(how))
    await withTaskGroup(of: Void.self) { group in
      for worker in workers { group.addTask { await worker.stop(how) } }
    }
  }

  private func ending(_ endings: [WorkerLoop.Ending]) async -> Ending {
    for case .broken(let message) in endings { return .broken(message) }
    for case .hopeless(let reason) in endings { return .hopeless(reason) }
    let population = await store.population()
    if population.isFinished {
      guard population.best != nil else {
        return .hopeless("no interval has ever reported a finite \(experiment.metric)")
      }
      return population.count(.failed) == population.members.count ? .hopeless("every member has failed") : .finished
    }
    return state.withLock { $0.isInterrupted } ? .interrupted : .stopped
  }

  private func take(_ workerNews: Worker.News, from index: Int) {
    news(.worker(index, workerNews))
    guard case .unread(let names, let lease) = workerNews else { return }
    let searched = Set(experiment.rules.space.hyperparameters.filter(\.domain.isSearched).map(\.name))
    for name in names where searched.contains(name) {
      guard state.withLock({ $0.warned.insert(name).inserted }) else { continue }
      let message =
        "\(name) is searched, but the trainer never read it (member \(lease.member), interval \(lease.number)): "
        + "it has no effect"
      news(.warning(message))
      Task { [store] in try? await store.warn(message) }
    }
  }
}

/// Turns the errors of a store into those of a run.
func storing<Answer>(_ body: () throws(StoreError) -> Answer) throws(RunError) -> Answer {
  do { return try body() } catch { throw .store(error) }
}
