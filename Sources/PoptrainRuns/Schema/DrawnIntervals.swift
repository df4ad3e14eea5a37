package import PoptrainExperimentFile
package import PopulationBasedTraining

/// The first intervals of a member, with values as a run would draw and explore them: `poptrain draw --json`.
package struct DrawnIntervals: Codable, Hashable, Sendable {
  /// An interval that a trainer may be asked for.
  package struct Drawn: Codable, Hashable, Sendable {
    /// The age to train from, in steps.
    package let start: Int
    /// The age to train to, in steps.
    package let stop: Int
    /// The values in force.
    package let hyperparameters: NamedValues
  }

  /// The experiment's name.
  package let name: String
  /// The metric that selection compares.
  package let metric: String
  /// Whether more of it is better.
  package let mode: Rules.Mode
  /// The steps that the trainer is told the budget is.
  package let totalSteps: Int
  /// The intervals, in order.
  package let intervals: [Drawn]

  /// How many intervals are drawn, unless the budget ends before.
  package static let count = 3

  /// Draws the values of the first interval, and explores them before each further one.
  package init(_ experiment: Experiment) {
    let rules = experiment.rules
    let population = Population(rules: rules)
    var values = rules.space.sample(member: 0, ordinal: 0, seed: rules.seed)
    var intervals: [Drawn] = []
    var age = 0
    while intervals.count < DrawnIntervals.count, age < rules.steps {
      if !intervals.isEmpty {
        values = population.explored(values, member: 0, ordinal: intervals.count, fallback: values)
      }
      let stop = age + rules.stepsOfTraining(after: age, age: age)
      let inForce = NamedValues(rules.space.inForce(values, at: age), in: rules.space)
      intervals.append(Drawn(start: age, stop: stop, hyperparameters: inForce))
      age = stop
    }
    name = experiment.name
    metric = experiment.metric
    mode = rules.mode
    totalSteps = experiment.totalSteps
    self.intervals = intervals
  }
}
