internal import PoptrainExperimentFile
internal import PoptrainJSON
internal import PoptrainRuns
internal import PoptrainStore
internal import PopulationBasedTraining

extension RunTape {
  /// How the run stands: `run.json`.
  func summary(_ population: Population, key: String) -> JSON {
    let (experiment, rules) = (run.experiment, run.experiment.rules)
    let state = run.state(of: population)
    let trained = population.trainedSteps
    let planned = population.plannedSteps
    return .fields([
      "key": .text(key), "runID": .text(run.id), "name": .text(experiment.name), "run": .text(run.directory.address),
      "state": .text(state.rawValue), "ending": population.ending.map { .text($0.rawValue) },
      "metric": .text(experiment.metric), "mode": .text(rules.mode.rawValue),
      "populationSize": .integer(rules.populationSize), "steps": .integer(rules.steps),
      "intervalSteps": .integer(rules.nextReady(after: 0)), "trainedSteps": .integer(trained),
      "totalSteps": .integer(planned), "forfeitedSteps": .integer(counters.forfeitedSteps.values.reduce(0, +)),
      "failures": .integer(counters.failures.values.reduce(0, +)), "intervals": .integer(rows.count),
      "workers": .integer(counters.workers),
      "secondsSpent": .number(counters.secondsSpent(until: state == .running ? SystemClock.wall() : nil)),
      "secondsLeft": state == .running ? counters.seconds(for: planned - trained).map(JSON.number) : nil,
      "workerUse": counters.workerUse.map(JSON.number),
      "seed": .text("\(rules.seed)"), "exploit": .text(rules.exploit.name), "order": .text(rules.order.name),
      "hyperparameters": .array(rules.space.hyperparameters.map { HyperparameterScale($0).json }),
      "metrics": .array(counters.metrics.union([experiment.metric]).sorted().map(JSON.text)),
      "best": population.best.map(json), "members": .array(population.members.map(json)),
    ])
  }

  private func json(_ best: Population.Best) -> JSON {
    .fields([
      "member": .integer(best.member), "row": rows.row(of: best.published.sequence).map(JSON.integer),
      "score": .number(run.metric(best.published.score)), "age": .integer(best.published.age),
      "hyperparameters": values(best.published.hyperparameters),
      "checkpoint": .text(run.path(of: best.published.checkpoint)),
    ])
  }

  /// A member as it is now.
  func json(_ member: Member) -> JSON {
    .fields([
      "id": .integer(member.id), "state": .text(member.state.rawValue), "steps": .integer(member.steps),
      "age": .integer(member.age), "score": member.published.map { .number(run.metric($0.score)) },
      "failures": .integer(counters.failures[member.id, default: 0]),
      "forfeitedSteps": .integer(counters.forfeitedSteps[member.id, default: 0]),
      "checkpoint": (member.published?.checkpoint ?? member.checkpoint).map { .text(run.path(of: $0)) },
      "hyperparameters": values(run.experiment.rules.space.inForce(member.hyperparameters, at: member.age)),
    ])
  }

  /// Hyperparameters in the order of the space.
  func values(_ hyperparameters: Hyperparameters) -> JSON { JSON(hyperparameters, in: run.experiment.rules.space) }
}

extension Rules.Order {
  fileprivate var name: String {
    switch self {
    case .asynchronous: "asynchronous"
    case .synchronous: "synchronous"
    }
  }
}
