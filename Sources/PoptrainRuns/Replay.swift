package import PoptrainExperimentFile
package import PopulationBasedTraining
internal import PoptrainStore

/// Training a new model from scratch under the schedule that made a model of a recorded run.
///
/// A replay is an ordinary experiment: its hyperparameters follow the lineage of that model by age, and nobody copies
/// or explores. It has one member; more of them would differ by their seeds only. So it is run, stopped, resumed and
/// read like any other.
package struct Replay: Sendable {
  /// What is trained.
  package let experiment: Experiment
  /// The model whose schedule it is.
  package let original: ReplayComparison.Model

  /// Makes the experiment that replays a checkpoint of a run.
  package init(_ run: RecordedRun, of checkpoint: CheckpointID) throws(RunError) {
    let lineage = try run.lineage(of: checkpoint)
    guard let last = lineage.intervals.last else {
      throw .cannotReplay("no interval of \(run.directory.shown) ended with checkpoint \(checkpoint)")
    }
    original = ReplayComparison.Model(last, in: run)

    var rules = run.experiment.rules
    let steps = last.endAge
    var hyperparameters: [Hyperparameter] = []
    for hyperparameter in rules.space.hyperparameters { hyperparameters.append(try lineage.replayed(hyperparameter)) }
    rules.totalSteps = lineage.totalSteps(otherwise: rules.totalSteps(at:), budget: steps)
    rules.steps = steps
    rules.interval = rules.interval.atMost(steps)
    rules.space = Space(hyperparameters)
    rules.stop = Rules.Stop()
    rules.trainAlone()
    // With the run's own, a member of the same number would repeat what it has trained there, and the luck that it had.
    var random = RandomStream(seed: rules.seed, member: 0, ordinal: 0, purpose: "replay")
    rules.seed = random.bits() >> 11

    var experiment = run.experiment
    experiment.name = run.experiment.replayName
    experiment.wallClock = nil
    experiment.rules = rules
    self.experiment = try experiment.readAgain()
  }

  /// What a run of this replay has come to.
  package func comparison(with run: RecordedRun) throws(RunError) -> ReplayComparison {
    var models: [ReplayComparison.Model] = []
    for member in try run.population().members where member.state != .retired {
      if member.state == .done, let checkpoint = member.checkpoint, let last = try run.interval(endingWith: checkpoint)
      {
        models.append(ReplayComparison.Model(last, in: run))
      } else {
        models.append(ReplayComparison.Model(member: member.id, age: member.age, score: nil))
      }
    }
    return ReplayComparison(metric: run.experiment.metric, original: original, replays: models)
  }
}

extension Rules {
  /// One member that copies nobody and never explores, by the rules of today. What says how members select has its default,
  /// so that the file of a replay does not speak of it.
  fileprivate mutating func trainAlone() {
    version = Rules.currentVersion
    populationSize = 1
    subpopulations = []
    exploit = ExploitRules.none
    explore = ExploreRules.none
    order = .asynchronous
    compare = .latest
    improvementGap = ImprovementGap()
    inherit = .both
    evaluatesCopies = false
    burnIn = 0
    firstDraws = .stratified
    bounds = .reflect
  }
}

extension ReplayComparison.Model {
  fileprivate init(_ interval: Interval, in run: RecordedRun) {
    self.init(member: interval.member, age: interval.endAge, score: interval.score.map(run.metric))
  }
}

extension Lineage {
  /// What the trainer was told its budget is, by age; none where that is the budget of the replay all along.
  ///
  /// - Parameter otherwise: what it was told at an age, where history does not say.
  fileprivate func totalSteps(otherwise: (Int) -> Int, budget: Int) -> Schedule? {
    var changes: [(age: Int, value: Value)] = []
    for interval in intervals {
      let told = Value.integer(interval.totalSteps ?? otherwise(interval.startAge))
      if told != changes.last?.value { changes.append((interval.startAge, told)) }
    }
    guard changes.first?.age == 0, changes.count > 1 || changes[0].value != .integer(budget) else { return nil }
    return Schedule(changes)
  }

  /// A hyperparameter with the values that were in force along the lineage, and no others.
  fileprivate func replayed(_ hyperparameter: Hyperparameter) throws(RunError) -> Hyperparameter {
    let name = hyperparameter.name
    var changes: [(age: Int, value: Value)] = []
    for interval in intervals {
      guard let value = interval.hyperparameters[name], value != changes.last?.value else { continue }
      changes.append((interval.startAge, value))
    }
    guard let first = changes.first, first.age == 0 else {
      throw .cannotReplay("history does not say with which \(name) the model began")
    }
    if changes.count == 1 { return Hyperparameter(name, .fixed(first.value)) }
    guard !hyperparameter.isStructural else {
      throw .cannotReplay("\(name) is structural, but changes at age \(changes[1].age): no one model has such weights")
    }
    return Hyperparameter(name, .scheduled(Schedule(changes)))
  }
}

extension Experiment {
  /// Names a replay, where a longer name is still a name.
  fileprivate var replayName: String {
    let longer = name + "-replay"
    return longer.utf8.count > Experiment.longestName ? name : longer
  }

  /// The same experiment, as it will be read from the run's database: what cannot be read again shall not be begun.
  fileprivate func readAgain() throws(RunError) -> Experiment {
    do {
      return try ExperimentFile.parse(text: yaml, path: "the replay")
    } catch {
      throw .cannotReplay("the schedule cannot be written as an experiment file: \(error)")
    }
  }
}
