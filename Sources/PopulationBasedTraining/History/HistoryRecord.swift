/// One entry of history. Entries are only ever appended, each with the next sequence.
public enum HistoryRecord: Hashable, Sendable, Codable {
  /// An interval ended.
  case interval(Interval)
  /// A member joined or decided.
  case decision(Decision)
  /// An attempt at an interval failed.
  case attempt(Attempt)
  /// Nothing referred to a checkpoint any more.
  case collection(sequence: Int, checkpoint: CheckpointID)
  /// Something else that people want to know later.
  case event(Event)

  /// The largest number of steps, intervals or records that is believed: sums over a population stay below 2^63.
  package static let largestCount = 1 << 45

  /// The position in history.
  public var sequence: Int {
    switch self {
    case .interval(let interval): interval.sequence
    case .decision(let decision): decision.sequence
    case .attempt(let attempt): attempt.sequence
    case .collection(let sequence, _): sequence
    case .event(let event): event.sequence
    }
  }
}

/// An attempt at an interval that ended without one.
public struct Attempt: Hashable, Sendable, Codable {
  /// The position in history.
  public var sequence: Int
  /// The member.
  public var member: Member.ID
  /// The number of the interval that was attempted.
  public var number: Int
  /// What happened, in a word.
  public var reason: FailureReason
  /// What happened, for a person.
  public var message: String
  /// The last lines that the trainer printed.
  public var logTail: String
  /// The lease under which it was attempted.
  public var token: String
  /// The worker.
  public var worker: String
  /// Where the trainer's output is.
  public var log: LogSegment?
  /// Seconds since 1970.
  public var at: Double

  /// Describes a failed attempt.
  public init(
    sequence: Int, member: Member.ID, number: Int, reason: FailureReason, message: String, logTail: String,
    token: String,
    worker: String, log: LogSegment?, at: Double
  ) {
    self.sequence = sequence
    self.member = member
    self.number = number
    self.reason = reason
    self.message = message
    self.logTail = logTail
    self.token = token
    self.worker = worker
    self.log = log
    self.at = at
  }
}
