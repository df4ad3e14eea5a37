package import PoptrainRuns
internal import PoptrainCheckpoints
package import PoptrainExperimentFile
internal import Foundation
package import PopulationBasedTraining
internal import PoptrainStore
internal import Synchronization
package import PoptrainTrainers
internal import PoptrainWorker

/// Trains a population in a folder of this machine: starts a run or resumes it, with workers as tasks of this process.
package final class Engine: Sendable {
  /// The experiment that is run.
  package let experiment: Experiment
  /// The folder of the run.
  package let directory: RunDirectory
  /// The folder in which trainers run.
  package let folder: String
  /// How many workers there are.
  package let workerCount: Int
  /// The population as it was when the engine was opened.
  package let initial: Population
  /// What was changed since the run was last started, in words.
  package let revisions: [String]
  /// What an earlier start has set instead of what the experiment file says.
  package let kept: [KeptValue]
  /// What has changed in the trainer's program since the last start.
  package let programChange: ProgramChange?
  /// Whether it goes on with a run that was started before.
  package let isResumed: Bool
  /// The decisions that were made when the engine was opened: members joined or left, or may go on.
  package let firstDecisions: [Decision]

  /// None where several engines may train the run.
  private let lock: RunLock?
  private let store: any RunStore
  private let checkpoints: any CheckpointStorage
  private let environment: WorkerEnvironment
  private let clock: any Clock<Duration>
  /// How much of the time that the run may take was left when the engine was opened.
  private let timeLeft: Duration?
  private let makeTrainer: (@Sendable () -> any Trainer)?
  private let reports: ReportWatch
  private let news: @Sendable (News) -> Void
  private let state = Mutex(State())

  private struct State {
    var crew: Crew?
    var stop = WorkerLoop.Stop.no
    var isInterrupted = false
    var isStoppedForAll = false
    var deadline: Task<Void, Never>?
  }

  /// Opens a run, or makes a new one in a folder that is empty or does not exist.
  ///
  /// - Parameters:
  ///   - file: the experiment file.
  ///   - overrides: what holds instead.
  ///   - directory: the folder of the run.
  ///   - folder: the folder in which trainers run.
  ///   - isShared: whether several engines may train a new run, here and on other machines.
  ///   - makeTrainer: makes the trainer of a worker, where that is no program.
  ///   - clock: times the end of the run's `wall_clock`.
  ///   - wallNow: seconds since 1970, for the record.
  ///   - news: called as things happen.
  package init(
    _ file: Experiment, overrides: Overrides = Overrides(), in directory: RunDirectory, folder: String,
    isShared: Bool = false,
    machine: WorkerEnvironment.Machine = .current, makeTrainer: (@Sendable () -> any Trainer)? = nil,
    clock: any Clock<Duration> = ContinuousClock(), wallNow: @escaping @Sendable () -> Double = SystemClock.wall,
    news: @escaping @Sendable (News) -> Void
  ) async throws(RunError) {
    if file.trainer.contract == .inProcess, makeTrainer == nil {
      throw .inProcess(type: file.trainer.command[0])
    }
    let recorded = try directory.recordedRun()
    let resumption = try file.resumption(of: recorded, overrides, in: directory)
    let experiment = resumption.experiment
    _ = try WorkerEnvironment(experiment, on: machine, runID: "")

    let isDurable = experiment.durability == .durable
    guard recorded == nil || !isShared || directory.isShared else { throw .notShared(path: directory.shown) }
    try directory.create(isDurable: isDurable, isShared: isShared)
    lock = directory.isShared ? nil : try RunLock(directory)
    // Before anything is read: they may still be writing.
    SessionTrainer.removeAbandonedSockets()
    let strays = StrayProcesses.end(ofRun: recorded?.id ?? "").map(String.init)
    if !strays.isEmpty {
      news(.warning("ended orphaned processes of a killed engine: process \(strays.joined(separator: ", "))"))
    }
    let program =
      makeTrainer == nil ? ProgramRecord(of: experiment, folder: folder, run: directory.address) : nil
    programChange = program?.change(since: recorded?.program)
    do {
      store = try await directory.database.open(
        RunOpening(
          rules: experiment.rules, experiment: resumption.text, basis: recorded?.experiment, file: resumption.fileText,
          folder: folder,
          program: program?.detail, isDurable: isDurable,
          surroundings: Ledger.Surroundings(monotonicNow: RunningClock.seconds, wallNow: wallNow)))
    } catch {
      throw RunError(opening: directory, error)
    }
    do {
      checkpoints = try await directory.openCheckpoints(of: store, experiment, news: news)
      // All engines of a shared run write the same text.
      let text = directory.isShared ? resumption.text : experiment.yaml
      if !directory.isShared || text != recorded?.experiment { try WholeFile.write(text, to: directory.experimentFile) }
      environment = try WorkerEnvironment(experiment, on: machine, runID: try await store.identity().id)
      timeLeft = try await experiment.timeLeft(in: store)
      if let timeLeft, timeLeft <= .zero { try await store.end(because: .wallClock) }
      firstDecisions = try await store.decisions(after: recorded?.sequence ?? 0)
      initial = await store.population()
    } catch {
      try? await store.close()
      throw RunError(opening: directory, error)
    }
    workerCount = environment.workers
    self.experiment = experiment
    self.directory = directory
    self.folder = folder
    revisions = resumption.revisions
    kept = resumption.kept
    isResumed = recorded != nil
    self.clock = clock
    self.makeTrainer = makeTrainer
    reports = ReportWatch(experiment.rules)
    self.news = news
  }

  /// The population as it is now.
  package func population() async -> Population {
    await store.population()
  }

  /// Trains until the end, or until told to stop.
  package func run() async throws(RunError) -> Ending {
    let housekeeper = Housekeeper(checkpoints: checkpoints)
    // No worker is to take the members of the others.
    let share = (experiment.rules.populationSize + workerCount - 1) / workerCount
    var workers: [Worker] = []
    for index in 0..<workerCount {
      let trainer =
        if let makeTrainer {
          makeTrainer()
        } else {
          try experiment.makeTrainer(
            folder: folder,
            environment: environment.variables(worker: index).merging(
              [StrayProcesses.variable: StrayProcesses.thisEngine]) { $1 },
            logPath: directory.logFile(worker: index))
        }
      workers.append(
        Worker(
          name: Worker.name(index), metric: experiment.metric, store: store,
          checkpoints: checkpoints, housekeeper: housekeeper, trainer: trainer, share: share,
          news: { [weak self] in self?.take($0, from: index) }))
    }
    let crew = Crew(workers, metric: experiment.metric, store: store)
    let requested = state.withLock { state in
      state.crew = crew
      return state.stop
    }
    if requested != .no { await crew.stop(requested) }
    let timer = timeLeft.map { left in
      Task { [clock] in
        if (try? await clock.sleep(for: left)) != nil { await endForTime() }
      }
    }

    let asked = Task { [store] in for await _ in store.stopRequests { await stopForAll() } }
    let told = Task { [store, news] in await store.tellOutages { news(.warning($0)) } }

    let ending = await crew.run { await stop(.afterInterval) }
    for task in [asked, told, timer] { task?.cancel() }
    state.withLock { $0.deadline?.cancel() }
    let why = await store.population().ending
    // Another engine may have linked an older one last.
    if directory.isShared, (try? await store.presentCheckpoints()) != nil,
      let best = await store.population().best?.published.checkpoint
    {
      try? checkpoints.pointBest(to: best)
    }
    try? await store.close()  // What could not be closed is closed by the next start.
    lock?.release()  // Tasks that were cancelled may keep this engine for a moment.
    switch ending {
    case .finished:
      if why != .target, let reason = try RecordedRun(directory).reasonNoCopyTrained() { return .aborted(reason) }
      return .finished(why ?? .budget)
    case .stopped:
      return state.withLock { $0.isInterrupted ? .interrupted : .stopped(isForAll: $0.isStoppedForAll) }
    case .aborted(let reason): return .aborted(reason)
    case .broken(let message): return .broken(message)
    }
  }

  /// Asks the run to stop: first when the intervals in flight are through, or after `stop_timeout`; asked again, now.
  ///
  /// - Parameter isPreempted: the intervals in flight are to be saved where they are.
  package func stop(isPreempted: Bool = false) async {
    let isFirst = state.withLock { state in
      if state.stop == .no { return true }
      state.isInterrupted = true
      return false
    }
    if isFirst { await stopInTime(isPreempted ? .afterSaving : .afterInterval) } else { await stop(.now) }
  }

  /// Asks the run to stop; nothing where it stops already.
  package func stopOnce(isPreempted: Bool) async {
    if state.withLock({ $0.stop == .no }) { await stop(isPreempted: isPreempted) }
  }

  /// Stops as all that train the run were asked to.
  private func stopForAll() async {
    state.withLock { $0.isStoppedForAll = true }
    await stopOnce(isPreempted: true)
  }

  /// Ends the run since its time is over, unless it is stopping already.
  private func endForTime() async {
    guard state.withLock({ $0.stop == .no }) else { return }
    // Where it cannot be recorded, the next start finds that the time is over.
    try? await store.end(because: .wallClock)
    await stopInTime(.afterInterval, isTimeOver: true)
  }

  /// Lets intervals in flight finish, or save, within `stop_timeout`.
  private func stopInTime(_ how: WorkerLoop.Stop, isTimeOver: Bool = false) async {
    await stop(how, isTimeOver: isTimeOver)
    let deadline = Task { [experiment] in
      try? await Task.sleep(for: experiment.stopTimeout)
      if !Task.isCancelled { await self.stop(.now) }
    }
    state.withLock { $0.deadline = deadline }
  }

  private func stop(_ how: WorkerLoop.Stop, isTimeOver: Bool = false) async {
    let crew = state.withLock { state in
      state.stop = max(state.stop, how)
      return state.crew
    }
    news(.stopping(how, isTimeOver: isTimeOver))
    if how == .now { await store.hurry() }
    await crew?.stop(how)
  }

  private func take(_ workerNews: Worker.News, from index: Int) {
    news(.worker(index, workerNews))
    if case .recorded(let completion) = workerNews, let warning = completion.warning { news(.warning(warning)) }
    for message in reports.warnings(workerNews) {
      news(.warning(message))
      Task { [store] in try? await store.warn(message) }
    }
  }
}

extension RunDirectory {
  /// What the trainer of a worker prints. Where workers of several machines share the folder, their numbers are not enough.
  fileprivate func logFile(worker index: Int) -> String {
    "\(logs)/worker-\(isShared ? Worker.name(index).replacing("/", with: "-") : "\(index)").log"
  }
}
