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
  /// What happened, in a word: `exited`, `hung`, `garbage`…
  public var reason: String
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

  /// Collects what is recorded.
  public init(
    sequence: Int, member: Member.ID, number: Int, reason: String, message: String, logTail: String, token: String,
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

/// Something of the run as a whole.
public struct Event: Hashable, Sendable, Codable {
  /// What happened.
  public enum Kind: String, Hashable, Sendable, CaseIterable, Codable {
    /// The run was created; the detail is its id.
    case created
    /// The experiment as it stands from here on; the detail is its file.
    case revised
    /// The command line has said something else than the experiment file; the detail is what that file says.
    case overridden
    /// An engine was started on the run; failures are counted from zero again. The detail is the trainer's folder.
    case started
    /// What the trainer's program was made of at that start; the detail is an object of JSON.
    case program
    /// The population begins again, with longer intervals; the detail is how often it has.
    case restarted
    /// Nothing is trained any more, though members have steps left; the detail is why, a ``Population/Ending``.
    case ended
    /// Something looks wrong, but training goes on.
    case warning
  }

  /// The position in history.
  public var sequence: Int
  /// What happened.
  public var kind: Kind
  /// More about it.
  public var detail: String
  /// Seconds since 1970.
  public var at: Double

  /// Collects what is recorded.
  public init(sequence: Int, kind: Kind, detail: String, at: Double) {
    self.sequence = sequence
    self.kind = kind
    self.detail = detail
    self.at = at
  }
}
