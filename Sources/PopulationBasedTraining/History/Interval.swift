/// One stretch of training of one member, recorded once.
public struct Interval: Hashable, Sendable, Codable {
  /// What the trainer was asked for.
  public enum Kind: String, Hashable, Sendable, CaseIterable, Codable {
    /// Train, save and score.
    case train
    /// Score only: no steps, it ends with the checkpoint that it started from, and no decision follows.
    case evaluate
  }

  /// How it ended.
  public enum Outcome: String, Hashable, Sendable, CaseIterable, Codable {
    /// Trained, saved and scored.
    case completed
    /// Trained and saved, fewer steps than asked; the member goes on from there.
    case partial
    /// Trained and saved, but the trainer says that there is no score yet; the member goes on, and decides nothing.
    case unscored
    /// The metric is not a finite number.
    case diverged
    /// The trainer says that these hyperparameters cannot be trained.
    case invalid
    /// Given up after too many failed attempts; the steps are credited.
    case forfeited

    /// Whether anything was trained. Otherwise its steps, if any, count against the budget alone.
    public var isTrained: Bool { self != .invalid && self != .forfeited }
  }

  /// The position in history.
  public var sequence: Int
  /// The member that trained.
  public var member: Member.ID
  /// The number of this interval of the member, from 1.
  public var number: Int
  /// What the trainer was asked for.
  public var kind: Kind
  /// How it ended.
  public var outcome: Outcome
  /// The checkpoint that it started from; none: fresh.
  public var start: CheckpointID?
  /// The checkpoint that it ended with; none where nothing was saved or scored.
  public var end: CheckpointID?
  /// The steps that the member had trained before.
  public var startSteps: Int
  /// The steps that it covered.
  public var steps: Int
  /// The age of the model before, in steps.
  public var startAge: Int
  /// What the trainer was told the budget of a member is, in steps; none in a run of an older version.
  public var totalSteps: Int?
  /// The hyperparameters in force.
  public var hyperparameters: Hyperparameters
  /// The score, higher is better; none where there is no finite metric.
  public var score: Double?
  /// The number that selection compares: the score, or what the score window makes of the last evaluations; none unless
  /// it completed.
  public var selection: Double?
  /// The number that selection compared for the model that it started from; none for a fresh one.
  public var startSelection: Double?
  /// Orders equal scores, see ``RandomStream``.
  public var tie: UInt64
  /// The reported metrics, the selection metric among them.
  public var metrics: [String: Double]
  /// The metrics logged on the way.
  public var evaluations: [Evaluation]
  /// What the trainer was seeded with, in [0, 2^32).
  public var seed: UInt64
  /// The lease under which it was trained; none where it was given up.
  public var token: String?
  /// The worker that had it trained.
  public var worker: String
  /// What to tell a person, where it did not end well.
  public var message: String?
  /// Where the trainer's output is.
  public var log: LogSegment?
  /// Seconds since 1970 at which the trainer was asked.
  public var startedAt: Double
  /// Seconds since 1970 at which it was recorded.
  public var finishedAt: Double

  /// Describes an interval.
  public init(
    sequence: Int, member: Member.ID, number: Int, kind: Kind, outcome: Outcome, start: CheckpointID?,
    end: CheckpointID?, startSteps: Int, steps: Int, startAge: Int, totalSteps: Int? = nil,
    hyperparameters: Hyperparameters, score: Double?,
    selection: Double? = nil, startSelection: Double? = nil, tie: UInt64, metrics: [String: Double],
    evaluations: [Evaluation], seed: UInt64, token: String?, worker: String,
    message: String?, log: LogSegment?, startedAt: Double, finishedAt: Double
  ) {
    self.sequence = sequence
    self.member = member
    self.number = number
    self.kind = kind
    self.outcome = outcome
    self.start = start
    self.end = end
    self.startSteps = startSteps
    self.steps = steps
    self.startAge = startAge
    self.totalSteps = totalSteps
    self.hyperparameters = hyperparameters
    self.score = score
    self.selection = selection
    self.startSelection = startSelection
    self.tie = tie
    self.metrics = metrics
    self.evaluations = evaluations
    self.seed = seed
    self.token = token
    self.worker = worker
    self.message = message
    self.log = log
    self.startedAt = startedAt
    self.finishedAt = finishedAt
  }

  /// The age of the model after it, in steps; a forfeited interval trained nothing.
  public var endAge: Int { end == nil ? startAge : startAge + steps }
}

/// Metrics logged in the middle of an interval.
public struct Evaluation: Hashable, Sendable, Codable {
  /// The age of the model, in steps.
  public var age: Int
  /// The metrics by name; may be infinite or not a number.
  public var metrics: [String: Double]

  /// Describes an evaluation.
  public init(age: Int, metrics: [String: Double]) {
    self.age = age
    self.metrics = metrics
  }
}

extension Interval {
  /// Whether its values were refused at no cost: then it is no interval that anybody counts.
  public var isRefused: Bool { outcome == .invalid && steps == 0 }
}

/// A part of a log file.
public struct LogSegment: Hashable, Sendable, Codable {
  /// The name of the file in the run's `logs` folder.
  public var file: String
  /// The bytes of it.
  public var bytes: Range<Int>

  /// Names a part of a file.
  public init(file: String, bytes: Range<Int>) {
    self.file = file
    self.bytes = bytes
  }
}
