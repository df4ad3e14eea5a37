internal import PoptrainRuns
internal import PoptrainExperimentFile
internal import PopulationBasedTraining
internal import PoptrainStore

/// What the command line says instead of the experiment file.
///
/// It holds for the run until the command line says something else, or until the file is changed there.
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

  /// The experiment of a run that goes on: as the command line says; else as the file says, where it was changed since the
  /// last start; else as the run was.
  func overridden(
    by overrides: Overrides, after recorded: RunIdentity, in directory: RunDirectory
  ) throws(RunError) -> Resumption {
    let before = try Experiment(recorded: recorded.experiment, in: directory)
    let fileBefore = try Experiment(recorded: recorded.file, in: directory)
    var file = self
    // What was drawn, and how decisions are made, stays as it was.
    file.rules.version = before.rules.version
    file.rules.firstDraws = before.rules.firstDraws
    if rules.version != before.rules.version, rules.order == .asynchronous, case .asynchronous = before.rules.order {
      file.rules.order = before.rules.order
    }
    var kept: [String] = []
    func merged<Value: Equatable>(_ key: String, _ flag: Value?, _ value: KeyPath<Experiment, Value>) -> Value {
      let said = file[keyPath: value]
      if let flag { return flag }
      guard said == fileBefore[keyPath: value], before[keyPath: value] != said else { return said }
      kept.append(
        """
        \(key): \(before[keyPath: value]), as an earlier command line said; the file says \(said)
        """)
      return before[keyPath: value]
    }
    let merged = Overrides(
      steps: merged("steps", overrides.steps, \.rules.steps),
      populationSize: merged("population_size", overrides.populationSize, \.rules.populationSize),
      seed: merged("seed", overrides.seed, \.rules.seed))
    let experiment = try file.replacing(merged) { yaml throws(InvalidExperiment) in
      try ExperimentFile.parse(recorded: yaml, path: "")
    }
    let changes = experiment.changes(from: before)
    let unsafe = changes.filter { !$0.isSafe }
    guard unsafe.isEmpty else { throw .changed(path: directory.shown, changes: unsafe.map(\.description)) }
    return Resumption(
      experiment: experiment, text: changes.isEmpty ? recorded.experiment : experiment.yaml,
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

/// What a run goes on with.
struct Resumption {
  var experiment: Experiment
  /// The experiment as it is recorded: in the words of an older version, where nothing was changed since.
  var text: String
  /// What the file itself says, as it is recorded.
  var fileText: String
  /// What was changed since the last start, in words.
  var revisions: [String] = []
  /// What differs from the file since an earlier command line said so, in words.
  var kept: [String] = []
}
