internal import PoptrainRuns
internal import PoptrainCheckpoints
internal import PoptrainEngine
internal import PoptrainExperimentFile
public import PopulationBasedTraining
internal import PoptrainStore
internal import Synchronization
internal import PoptrainTrainers
internal import PoptrainWorker

/// Trains a population of models of this process, in memory.
///
/// With one worker the same rules have the same result each time, with several this holds for the synchronous order.
/// When the task is cancelled, no further interval is begun; a model that trains for long may ask `Task.isCancelled`.
///
/// - Parameters:
///   - rules: their `metric` is one of those that the model measures.
///   - workers: how many intervals are trained at once.
///   - fresh: makes a model that has not been trained.
public func trainPopulation<Model: Trainable>(
  rules: Rules, workers: Int = 1, fresh: @escaping @Sendable (TrainingInterval) throws -> Model
) async throws -> TrainedPopulation<Model> {
  _ = try checkedExperiment(Model.self, rules, workers: workers)
  let memory = ModelMemory<Model>()
  let store = InMemoryStore(rules: rules, monotonicNow: RunningClock.seconds)
  let housekeeper = Housekeeper(checkpoints: memory)
  let load = { @Sendable (path: String, _: TrainingInterval) in
    // A lease that has expired keeps nothing: the checkpoint may be gone since it was verified.
    guard let model = memory[path] else { throw CheckpointError.damaged(CheckpointID(path), "it is gone") }
    return model
  }
  let watch = ReportWatch(rules)
  let warnings = Mutex<[String]>([])
  let crew = Crew(
    (0..<workers).map { index in
      Worker(
        name: Worker.name(index), metric: rules.metric, store: store, checkpoints: memory,
        housekeeper: housekeeper, trainer: InProcessTrainer(fresh: fresh, load: load, save: memory.save),
        news: { news in warnings.withLock { $0 += watch.warnings(news) } })
    }, metric: rules.metric, store: store)

  let ending = await crew.run { await crew.stop(.afterInterval) }
  for warning in warnings.withLock(\.self) { await store.warn(warning) }
  switch ending {
  case .finished: break
  case .stopped: throw CancellationError()
  case .aborted(let reason): throw TrainingError.aborted(reason)
  case .broken(let reason): throw TrainingError.broken(reason)
  }
  return try TrainedPopulation(
    population: await store.population(), history: await store.records(after: 0)
  ) { try load($0.description, $1) }
}

/// Trains a population of models of this process, kept in the folder of a run: one that was killed or cancelled goes on
/// from its last completed intervals when it is called again with the same rules.
///
/// The folder is that of any run, so `poptrain schedule`, `poptrain audit` and the other commands that read one read
/// it.
///
/// - Parameters:
///   - rules: their `metric` is one of those that the model measures.
///   - workers: how many intervals are trained at once.
///   - folder: the folder of the run, which need not exist.
///   - fresh: makes a model that has not been trained.
public func trainPopulation<Model: Savable>(
  rules: Rules, workers: Int = 1, in folder: String, fresh: @escaping @Sendable (TrainingInterval) throws -> Model
) async throws -> TrainedPopulation<Model> {
  let directory = RunDirectory(path: folder)
  let experiment = try checkedExperiment(Model.self, rules, workers: workers)
  let load = { @Sendable (path: String, interval: TrainingInterval) in
    var model = try fresh(interval)
    try model.load(from: path)
    return model
  }
  let engine = try await Engine(
    experiment, in: directory, folder: directory.path,
    makeTrainer: { InProcessTrainer<Model>(fresh: fresh, load: load) { try $0.save(to: $1) } }, news: { _ in })

  switch try await engine.run() {
  case .finished: break
  case .stopped, .interrupted: throw CancellationError()
  case .aborted(let reason): throw TrainingError.aborted(reason)
  case .broken(let reason): throw TrainingError.broken(reason)
  }
  let run = try RecordedRun(directory)
  return try TrainedPopulation(population: try run.population(), history: try run.history.records()) {
    try load(run.path(of: $0), $1)
  }
}

/// The experiment that rules are of. What could not be read again from a file is refused.
private func checkedExperiment(_ model: Any.Type, _ rules: Rules, workers: Int) throws -> Experiment {
  let experiment = Experiment(
    name: "\(model)", trainer: Experiment.Trainer(command: ["\(model)"], contract: .inProcess),
    metric: rules.metric, rules: rules, workers: .count(workers))
  do {
    _ = try ExperimentFile.parse(recorded: experiment.yaml, path: "the rules")
  } catch {
    throw TrainingError.wrongRules("\(error)")
  }
  return experiment
}
