internal import PoptrainRuns
internal import PoptrainExperimentFile
internal import PopulationBasedTraining
internal import PoptrainStore

/// What holds instead of what the experiment file says.
///
/// It holds for the run until a later start overrides it with something else, or until the file is changed there.
package struct Overrides: Hashable, Sendable {
  /// The steps that each member trains.
  package var steps: Int?
  /// How many members there are.
  package var populationSize: Int?
  /// The seed, which cannot change when a run is resumed.
  package var seed: UInt64?

  /// Says something instead of the file, or nothing.
  package init(steps: Int? = nil, populationSize: Int? = nil, seed: UInt64? = nil) {
    self.steps = steps
    self.populationSize = populationSize
    self.seed = seed
  }
}

extension Experiment {
  /// The experiment of a new run.
  func overridden(by overrides: Overrides) throws(RunError) -> Experiment {
    try replacing(overrides) { yaml throws(InvalidExperiment) in
      try ExperimentFile.parse(text: yaml, path: "", rulesVersion: rules.version)
    }
  }

  /// What is trained in a folder in which this is recorded; none: it is a new run.
  func resumption(
    of recorded: RunIdentity?, _ overrides: Overrides, in directory: RunDirectory
  ) throws(RunError) -> Resumption {
    if let recorded { return try overridden(by: overrides, after: recorded, in: directory) }
    if !directory.isShared, let found = directory.foreignContent {
      throw .notEmpty(path: directory.shown, found: found)
    }
    let experiment = try overridden(by: overrides)
    return Resumption(experiment: experiment, text: experiment.yaml, fileText: yaml)
  }

  /// The experiment of a resumed run: as the overrides say; else as the file says, where it was changed since the last
  /// start; else as the run was.
  func overridden(
    by overrides: Overrides, after recorded: RunIdentity, in directory: RunDirectory
  ) throws(RunError) -> Resumption {
    let before = try Experiment(recorded: recorded.experiment, in: directory)
    let fileBefore = try Experiment(recorded: recorded.file, in: directory)
    var file = self
    // What was drawn, and how decisions are made, stays as it was.
    file.rules.version = before.rules.version
    file.rules.firstDraws = before.rules.firstDraws
    if rules.version != before.rules.version, rules.order == .asynchronous(copiesYounger: false),
      case .asynchronous = before.rules.order
    {
      file.rules.order = before.rules.order
    }
    var kept: [KeptValue] = []
    func merged<Value: Equatable>(_ key: String, _ override: Value?, _ value: KeyPath<Experiment, Value>) -> Value {
      let said = file[keyPath: value]
      if let override { return override }
      guard said == fileBefore[keyPath: value], before[keyPath: value] != said else { return said }
      kept.append(KeptValue(key: key, value: "\(before[keyPath: value])", inFile: "\(said)"))
      return before[keyPath: value]
    }
    let merged = Overrides(
      steps: merged("steps", overrides.steps, \.rules.steps),
      populationSize: merged("population_size", overrides.populationSize, \.rules.populationSize),
      seed: merged("seed", overrides.seed, \.rules.seed))
    var experiment = try file.replacing(merged) { yaml throws(InvalidExperiment) in
      try ExperimentFile.parse(recorded: yaml, path: "")
    }
    let workers = experiment.workers
    // Of a run that several engines train, each has workers of its own.
    if directory.isShared { (experiment.workers, file.workers) = (before.workers, fileBefore.workers) }
    let changes = experiment.changes(from: before)
    let unsafe = changes.filter { !$0.isSafe }
    guard unsafe.isEmpty else { throw .changed(path: directory.shown, changes: unsafe) }
    let text = changes.isEmpty ? recorded.experiment : experiment.yaml
    experiment.workers = workers
    return Resumption(
      experiment: experiment, text: text,
      fileText: file.changes(from: fileBefore).isEmpty ? recorded.file : file.yaml,
      revisions: changes.map(\.description), kept: kept)
  }

  /// The experiment with other values, unless it could not be read with them.
  private func replacing(
    _ overrides: Overrides, read: (String) throws(InvalidExperiment) -> Experiment
  ) throws(RunError) -> Experiment {
    var experiment = self
    experiment.rules.steps = overrides.steps ?? rules.steps
    experiment.rules.populationSize = overrides.populationSize ?? rules.populationSize
    experiment.rules.seed = overrides.seed ?? rules.seed
    guard experiment != self else { return self }
    do {
      return try read(experiment.yaml)
    } catch {
      throw .cannotOverride(error.findings.map { "\($0.message); \($0.remedy)" })
    }
  }
}

/// A value that an earlier start has set instead of the file's, and that still holds.
package struct KeptValue: Hashable, Sendable {
  /// The key in the experiment file.
  package let key: String
  /// The value.
  package let value: String
  /// What the file says.
  package let inFile: String
}

/// What a run is resumed with.
struct Resumption {
  var experiment: Experiment
  /// The experiment as it is recorded: in the words of an older version, where nothing was changed since.
  var text: String
  /// What the file itself says, as it is recorded.
  var fileText: String
  /// What was changed since the last start, in words.
  var revisions: [String] = []
  /// What holds instead of what the file says.
  var kept: [KeptValue] = []
}
