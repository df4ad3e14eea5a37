internal import PoptrainStore
internal import PoptrainExperimentFile
package import PoptrainJSON
package import PopulationBasedTraining

/// How a run stands, as `poptrain status` shows it.
package struct Status: Sendable {
  /// Whether it goes on, may go on, or is over.
  package enum State: String, Sendable {
    /// An engine is training it.
    case running
    /// It can be resumed.
    case stopped
    /// Nothing is left to train.
    case finished
  }

  /// The run.
  package let run: RecordedRun
  /// Whether it goes on.
  package let state: State
  /// The population.
  package let population: Population
  /// How many attempts of each member have failed, from the start of the run.
  package let failures: [Member.ID: Int]
  /// The steps of each member that were not trained, since every attempt at them failed.
  package let forfeitedSteps: [Member.ID: Int]

  /// Reads how a run stands.
  package init(_ run: RecordedRun) throws(RunError) {
    self.run = run
    population = try run.population()
    failures = Dictionary(
      grouping: try reading { () throws(StoreError) in try run.history.attempts() }, by: \.member
    ).mapValues(\.count)
    forfeitedSteps = try reading { () throws(StoreError) in try run.history.forfeitedSteps() }
    state = run.isRunning ? .running : population.isFinished ? .finished : .stopped
  }

  /// The status as a program reads it.
  package var json: JSON {
    let experiment = run.experiment
    return .object([
      "name": .text(experiment.name),
      "run": .text(run.directory.path),
      "state": .text(state.rawValue),
      "ending": population.ending.map { .text($0.rawValue) } ?? .null,
      "metric": .text(experiment.metric),
      "mode": .text(experiment.rules.mode.rawValue),
      "population_size": .integer(experiment.rules.populationSize),
      "steps": .integer(experiment.rules.steps),
      "interval": .integer(experiment.rules.nextReady(after: 0)),
      "trained_steps": .integer(population.trainedSteps),
      "total_steps": .integer(population.plannedSteps),
      "forfeited_steps": .integer(forfeitedSteps.values.reduce(0, +)),
      "intervals": .integer(population.members.reduce(0) { $0 + $1.intervals }),
      "best": population.best.map { run.json(of: $0) } ?? .null,
      "front": experiment.rules.objectives.isEmpty ? .null : .array(population.front.map(JSON.integer)),
      "failures": .integer(failures.values.reduce(0, +)),
      "members": .array(population.members.map { run.json(of: $0, failures: failures[$0.id, default: 0]) }),
    ])
  }
}

extension RecordedRun {
  /// The best interval as a program reads it.
  package func json(of best: Population.Best) -> JSON {
    .object([
      "member": .integer(best.member),
      "score": .number(metric(best.published.score)),
      "age": .integer(best.published.age),
      "hyperparameters": JSON(best.published.hyperparameters, in: experiment.rules.space),
      "checkpoint": .text(path(of: best.published.checkpoint)),
    ])
  }

  fileprivate func json(of member: Member, failures: Int) -> JSON {
    let space = experiment.rules.space
    return .object([
      "id": .integer(member.id),
      "state": .text(member.state.rawValue),
      "steps": .integer(member.steps),
      "age": .integer(member.age),
      "score": member.published.map { .number(metric($0.score)) } ?? .null,
      "failures": .integer(failures),
      "hyperparameters": JSON(space.inForce(member.hyperparameters, at: member.age), in: space),
      "checkpoint": (member.published?.checkpoint ?? member.checkpoint).map { .text(path(of: $0)) } ?? .null,
    ])
  }
}
