internal import PoptrainExperimentFile
package import PopulationBasedTraining

/// One interval with what was decided after it: a line of `poptrain export --format jsonl`.
package struct IntervalRow: Codable, Hashable, Sendable {
  /// Metrics logged in the middle of an interval.
  package struct Measured: Codable, Hashable, Sendable {
    /// The age of the model, in steps.
    package let age: Int
    /// What was logged.
    package let metrics: [String: Double]
  }

  /// What a member has taken over from another.
  package struct Copy: Codable, Hashable, Sendable {
    /// The position of the decision in history.
    package let sequence: Int
    /// The member that was copied.
    package let donor: Member.ID
    /// What was copied of it.
    package let inherits: Inheritance
    /// The age of the copied model, in steps.
    package let age: Int
    /// What the member had scored itself; none where it had no score.
    package let score: Double?
    /// What the copied model had scored.
    package let donorScore: Double

    /// None where the decision copied nothing.
    init?(_ decision: Decision, in run: RecordedRun) {
      guard let donor = decision.result.donor else { return nil }
      sequence = decision.sequence
      self.donor = donor.member
      inherits = donor.inherits
      age = donor.age
      score = decision.ownScore.map(run.metric)
      donorScore = run.metric(donor.score)
    }
  }

  /// What a member decided after an interval.
  struct Answer: Sendable {
    let decision: String
    let donor: Member.ID?

    init(_ decision: Decision) {
      self.decision = decision.result.name
      donor = decision.result.donor?.member
    }
  }

  /// The position in history.
  package let sequence: Int
  /// The member that trained.
  package let member: Member.ID
  /// Which of its intervals it is, from 1.
  package let number: Int
  /// What the trainer was asked for.
  package let kind: Interval.Kind
  /// How it ended.
  package let outcome: Interval.Outcome
  /// The steps that the member had trained before.
  package let startSteps: Int
  /// The steps of this interval.
  package let steps: Int
  /// The age of the model before, in steps.
  package let startAge: Int
  /// The age of the model after, in steps.
  package let endAge: Int
  /// The metric that it reported; none where that is no finite number.
  package let score: Double?
  /// The checkpoint that it began with; none where it began fresh.
  package let startCheckpoint: String?
  /// The checkpoint that it saved; none where it saved nothing.
  package let endCheckpoint: String?
  /// What the trainer's random numbers were to begin with.
  package let seed: Int
  /// The worker.
  package let worker: String
  /// When it began, in seconds since 1970.
  package let startedAtSeconds: Double
  /// When it ended, in seconds since 1970.
  package let finishedAtSeconds: Double
  /// What has to be said of how it ended.
  package let message: String?
  /// What the member decided then: `stay`, `inherit`, `fresh`, `fail` or `retire`; none where it decided nothing.
  package let decision: String?
  /// The member that was copied then.
  package let donor: Member.ID?
  /// The values in force.
  package let hyperparameters: NamedValues
  /// What was reported at the end.
  package let metrics: [String: Double]
  /// What was logged before.
  package let evaluations: [Measured]
  /// The copy that it begins with; none where it continues the member's own model.
  package let copy: Copy?

  /// Describes an interval of a run.
  init(_ interval: Interval, beginningWith copy: Copy?, followedBy answer: Answer?, in run: RecordedRun) {
    sequence = interval.sequence
    member = interval.member
    number = interval.number
    kind = interval.kind
    outcome = interval.outcome
    startSteps = interval.startSteps
    steps = interval.steps
    startAge = interval.startAge
    endAge = interval.endAge
    score = interval.score.map(run.metric)
    startCheckpoint = interval.start?.description
    endCheckpoint = interval.end?.description
    seed = Int(interval.seed)
    worker = interval.worker
    startedAtSeconds = interval.startedAt
    finishedAtSeconds = interval.finishedAt
    message = interval.message
    decision = answer?.decision
    donor = answer?.donor
    hyperparameters = NamedValues(interval.hyperparameters, in: run.experiment.rules.space)
    metrics = interval.metrics
    evaluations = interval.evaluations.map { Measured(age: $0.age, metrics: $0.metrics) }
    self.copy = copy
  }
}
