internal import PoptrainExperimentFile
package import PopulationBasedTraining

/// What happens while a run is trained: a line of `poptrain run --json` and `poptrain replay --json`.
package enum RunEvent: Hashable, Sendable {
  /// Training begins, or goes on.
  case started(Started)
  /// The trainer's program is not the one of an earlier start.
  case programChanged(ProgramChanged)
  /// Something may be wrong.
  case warning(Told)
  /// An attempt at an interval failed.
  case failure(Failure)
  /// A worker waits for room on the disk.
  case paused(Told)
  /// There is room again.
  case resumed
  /// An interval ended.
  case interval(IntervalEnded)
  /// A member joined.
  case join(Decided)
  /// A member copied another, or took over its values.
  case inherit(Decided)
  /// A member starts again with new values.
  case fresh(Decided)
  /// A member cannot go on.
  case fail(Decided)
  /// A member left.
  case retire(Decided)
  /// Intervals in flight are brought to an end.
  case stopping
  /// Training ended.
  case ended(Ended)
  /// Replays are over.
  case compared(ReplayComparison)

  /// What the field `event` says.
  package enum Name: String, Codable, CaseIterable, Sendable {
    case started
    case programChanged = "program_changed"
    case warning, failure, paused, resumed, interval, join, inherit, fresh, fail, retire, stopping, ended, compared
  }

  /// How a run begins.
  package struct Started: Codable, Hashable, Sendable {
    /// The experiment's name.
    package let name: String
    /// The folder of the run.
    package let run: String
    /// How many members there are.
    package let populationSize: Int
    /// The steps that all members will have trained together at the end.
    package let totalSteps: Int
    /// Those that they have trained.
    package let trainedSteps: Int
    /// How many trainers run at once.
    package let workers: Int

    package init(name: String, run: String, populationSize: Int, totalSteps: Int, trainedSteps: Int, workers: Int) {
      self.name = name
      self.run = run
      self.populationSize = populationSize
      self.totalSteps = totalSteps
      self.trainedSteps = trainedSteps
      self.workers = workers
    }
  }

  /// What has changed in the trainer's program.
  package struct ProgramChanged: Codable, Hashable, Sendable {
    /// The files, by their paths in the trainer's folder.
    package let files: [String]
    /// When it was last started without these changes, in seconds since 1970.
    package let startedAtSeconds: Double
    /// The same in words.
    package let message: String

    package init(files: [String], startedAtSeconds: Double, message: String) {
      self.files = files
      self.startedAtSeconds = startedAtSeconds
      self.message = message
    }
  }

  /// Something to be read by a person.
  package struct Told: Codable, Hashable, Sendable {
    /// What happened.
    package let message: String

    package init(_ message: String) { self.message = message }
  }

  /// An attempt that failed.
  package struct Failure: Codable, Hashable, Sendable {
    /// The member.
    package let member: Member.ID
    /// Which of its intervals was attempted, from 1.
    package let interval: Int
    /// The kind of failure.
    package let reason: FailureReason
    /// What happened.
    package let message: String

    package init(member: Member.ID, interval: Int, reason: FailureReason, message: String) {
      self.member = member
      self.interval = interval
      self.reason = reason
      self.message = message
    }
  }

  /// An interval that ended.
  package struct IntervalEnded: Codable, Hashable, Sendable {
    /// The member.
    package let member: Member.ID
    /// Which of its intervals it was, from 1.
    package let interval: Int
    /// The age of the model, in steps.
    package let age: Int
    /// How it ended.
    package let outcome: Interval.Outcome
    /// The metric that was reported; none where that is no finite number.
    package let score: Double?

    package init(_ interval: Interval, under rules: Rules) {
      member = interval.member
      self.interval = interval.number
      age = interval.endAge
      outcome = interval.outcome
      score = interval.score.map(rules.metric(ofScore:))
    }
  }

  /// What a member decided.
  package struct Decided: Codable, Hashable, Sendable {
    /// The member.
    package let member: Member.ID
    /// The member that was copied; none where nobody was.
    package let donor: Member.ID?
    /// The values with which it goes on.
    package let hyperparameters: NamedValues
  }

  /// How training ended.
  package struct Ended: Codable, Hashable, Sendable {
    /// How training ended.
    package enum Ending: String, Codable, Sendable {
      case finished, stopped, interrupted, aborted, broken
    }

    /// Whether it is finished or may go on.
    package let ending: Ending
    /// More about it, where there is more to say.
    package let message: String?
    /// The steps that were not trained, since every attempt at them failed or was refused.
    package let forfeitedSteps: Int
    /// Why a finished run is finished.
    package let reason: Population.Ending?
    /// The best so far; none while there is none.
    package let best: Status.Best?

    package init(
      _ ending: Ending, message: String?, forfeitedSteps: Int, reason: Population.Ending?, best: Status.Best?
    ) {
      self.ending = ending
      self.message = message
      self.forfeitedSteps = forfeitedSteps
      self.reason = reason
      self.best = best
    }
  }

  /// What a member decided; none where it goes on as it is.
  package init?(_ decision: Decision, in space: Space) {
    let decided = Decided(
      member: decision.member, donor: decision.result.donor?.member,
      hyperparameters: NamedValues(decision.hyperparameters, in: space))
    guard decision.ordinal > 0 else {
      self = .join(decided)
      return
    }
    switch decision.result {
    case .stay: return nil
    case .inherit: self = .inherit(decided)
    case .fresh: self = .fresh(decided)
    case .fail: self = .fail(decided)
    case .retire: self = .retire(decided)
    }
  }
}
