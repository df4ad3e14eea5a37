/// What a member decided when it was ready, with everything that is needed to decide it again.
public struct Decision: Hashable, Sendable, Codable {
  /// What the member does.
  public enum Result: Hashable, Sendable, Codable {
    /// It goes on with what it has.
    case stay
    /// It copies a donor.
    case inherit(Donor)
    /// It starts again from nothing with new values.
    case fresh
    /// It cannot go on.
    case fail
    /// It leaves: the population was made smaller.
    case retire

    /// The donor, where one was copied.
    public var donor: Donor? {
      if case .inherit(let donor) = self { donor } else { nil }
    }

    /// A word for it: `stay`, `inherit`, `fresh`, `fail`, `retire`.
    public var name: String {
      switch self {
      case .stay: "stay"
      case .inherit: "inherit"
      case .fresh: "fresh"
      case .fail: "fail"
      case .retire: "retire"
      }
    }
  }

  /// What was copied.
  public struct Donor: Hashable, Sendable, Codable {
    /// The member that published it.
    public var member: Member.ID
    /// The sequence at which it was published.
    public var sequence: Int
    /// The checkpoint.
    public var checkpoint: CheckpointID
    /// The age of the model, in steps.
    public var age: Int
    /// Its score.
    public var score: Double
    /// What was copied of it.
    public var inherits: Inheritance

    /// Describes what was copied.
    public init(
      member: Member.ID, sequence: Int, checkpoint: CheckpointID, age: Int, score: Double, inherits: Inheritance = .both
    ) {
      self.member = member
      self.sequence = sequence
      self.checkpoint = checkpoint
      self.age = age
      self.score = score
      self.inherits = inherits
    }
  }

  /// The position in history.
  public var sequence: Int
  /// The member that decided.
  public var member: Member.ID
  /// The number of its decision; 0 is its joining, with its initial hyperparameters.
  public var ordinal: Int
  /// The sequence of the last record that the compared population had seen.
  public var saw: Int
  /// What it does.
  public var result: Result
  /// Why, in words.
  public var reason: String
  /// The rules that decided, with their versions, such as `truncation/1 perturb/1`.
  public var rule: String
  /// Its own score, where it had one.
  public var ownScore: Double?
  /// The score below or at which the rule replaces, where it has one.
  public var threshold: Double?
  /// The values of its next interval.
  public var hyperparameters: Hyperparameters

  /// Describes a decision.
  public init(
    sequence: Int, member: Member.ID, ordinal: Int, saw: Int, result: Result, reason: String, rule: String,
    ownScore: Double?, threshold: Double?, hyperparameters: Hyperparameters
  ) {
    self.sequence = sequence
    self.member = member
    self.ordinal = ordinal
    self.saw = saw
    self.result = result
    self.reason = reason
    self.rule = rule
    self.ownScore = ownScore
    self.threshold = threshold
    self.hyperparameters = hyperparameters
  }

  /// Whether the member begins with a model that is not its own: from scratch, or copied.
  public var beginsModel: Bool {
    switch result {
    case .fresh: true
    case .inherit(let donor): donor.inherits.includesWeights
    case .stay, .fail, .retire: ordinal == 0
    }
  }

  /// The common part of the names of its random streams.
  public var stream: String { "member \(member), decision \(ordinal)" }
}
