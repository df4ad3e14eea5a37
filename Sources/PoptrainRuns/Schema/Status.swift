internal import PoptrainStore
internal import PoptrainExperimentFile
package import PopulationBasedTraining

/// How a run stands: `poptrain status --json`.
package struct Status: Codable, Hashable, Sendable {
  /// Whether it goes on, may go on, or is over.
  package enum State: String, Codable, Sendable {
    /// An engine is training it.
    case running
    /// It can be resumed.
    case stopped
    /// Nothing is left to train.
    case finished
  }

  /// The best interval so far.
  package struct Best: Codable, Hashable, Sendable {
    /// The member that trained it.
    package let member: Member.ID
    /// Its score: the experiment's metric.
    package let score: Double
    /// The age of the model, in steps.
    package let age: Int
    /// The values in force.
    package let hyperparameters: NamedValues
    /// The folder of the checkpoint.
    package let checkpoint: String
  }

  /// A member as it is now.
  package struct MemberStatus: Codable, Hashable, Sendable {
    /// The member.
    package let id: Member.ID
    /// What it does.
    package let state: Member.State
    /// The steps that it has trained.
    package let steps: Int
    /// The age of its model, in steps.
    package let age: Int
    /// Its score; none where it has none.
    package let score: Double?
    /// How many attempts have failed, from the start of the run.
    package let failures: Int
    /// The steps that were not trained, since every attempt at them failed or was refused.
    package let forfeitedSteps: Int
    /// The values at its age.
    package let hyperparameters: NamedValues
    /// The folder of its checkpoint; none where it has none.
    package let checkpoint: String?
  }

  /// Stays the same over resumes.
  package let runID: String
  /// The experiment's name.
  package let name: String
  /// The folder of the run.
  package let run: String
  /// Whether it goes on.
  package let state: State
  /// Why nothing is left to train; none where something is.
  package let ending: Population.Ending?
  /// The metric that selection compares.
  package let metric: String
  /// Whether more of it is better.
  package let mode: Rules.Mode
  /// How many members there are to be.
  package let populationSize: Int
  /// The steps of each member.
  package let steps: Int
  /// The steps of a member's first interval.
  package let intervalSteps: Int
  /// The steps that all members have trained together.
  package let trainedSteps: Int
  /// The steps that they will have trained at the end.
  package let totalSteps: Int
  /// The steps that were not trained, since every attempt at them failed or was refused.
  package let forfeitedSteps: Int
  /// How many intervals have ended; draws that were refused are none.
  package let intervals: Int
  /// The best so far; none while there is none.
  package let best: Best?
  /// The members that nobody dominates; none where there is a single objective.
  package let front: [Member.ID]?
  /// How many attempts have failed.
  package let failures: Int
  /// The members by id, also those that have left.
  package let members: [MemberStatus]

  /// Reads how a run stands.
  package init(_ run: RecordedRun) throws(RunError) {
    self = try run.status(of: run.population())
  }

  /// The members some of whose steps were forfeited, with how many.
  package var forfeited: [Member.ID: Int] {
    Dictionary(uniqueKeysWithValues: members.filter { $0.forfeitedSteps > 0 }.map { ($0.id, $0.forfeitedSteps) })
  }
}

extension Status {
  fileprivate init(
    _ run: RecordedRun, _ population: Population, failures: [Member.ID: Int], forfeited: [Member.ID: Int],
    refusedDraws: Int
  ) {
    let (experiment, rules) = (run.experiment, run.experiment.rules)
    runID = run.id
    name = experiment.name
    self.run = run.directory.address
    state = run.state(of: population)
    ending = population.ending
    metric = experiment.metric
    mode = rules.mode
    populationSize = rules.populationSize
    steps = rules.steps
    intervalSteps = rules.nextReady(after: 0)
    trainedSteps = population.trainedSteps
    totalSteps = population.plannedSteps
    forfeitedSteps = forfeited.values.reduce(0, +)
    intervals = population.members.reduce(-refusedDraws) { $0 + $1.intervals }
    best = population.best.map { Best($0, in: run) }
    front = rules.objectives.isEmpty ? nil : population.front
    self.failures = failures.values.reduce(0, +)
    members = population.members.map { member in
      MemberStatus(
        id: member.id, state: member.state, steps: member.steps, age: member.age,
        score: member.published.map { run.metric($0.score) }, failures: failures[member.id, default: 0],
        forfeitedSteps: forfeited[member.id, default: 0],
        hyperparameters: NamedValues(rules.space.inForce(member.hyperparameters, at: member.age), in: rules.space),
        checkpoint: (member.published?.checkpoint ?? member.checkpoint).map(run.path))
    }
  }
}

extension Status.Best {
  /// The best of a population.
  package init(_ best: Population.Best, in run: RecordedRun) {
    self.init(
      member: best.member, score: run.metric(best.published.score), age: best.published.age,
      hyperparameters: NamedValues(best.published.hyperparameters, in: run.experiment.rules.space),
      checkpoint: run.path(of: best.published.checkpoint))
  }
}

extension RecordedRun {
  /// How the run stands with a population that was read of it.
  package func status(of population: Population) throws(RunError) -> Status {
    let attempts = try reading { () throws(StoreError) in try history.attempts() }
    return Status(
      self, population, failures: Dictionary(grouping: attempts, by: \.member).mapValues(\.count),
      forfeited: try forfeitedSteps(), refusedDraws: try reading { () throws(StoreError) in try history.refusedDraws() }
    )
  }

  /// Whether the run goes on, may go on, or is over.
  package func state(of population: Population) -> Status.State {
    isRunning ? .running : population.isFinished ? .finished : .stopped
  }

  /// The steps of each member that were not trained, since every attempt at them failed or was refused.
  package func forfeitedSteps() throws(RunError) -> [Member.ID: Int] {
    try reading { () throws(StoreError) in try history.forfeitedSteps() }
  }
}
