/// Names a checkpoint, for ever: it is never used for another one.
public struct CheckpointID: Hashable, Sendable, Comparable, CustomStringConvertible, Codable {
  /// The name of its folder: member, number of the interval, and the token of the lease that made it.
  public let description: String

  /// Takes a name as it stands in the store.
  public init(_ description: String) {
    self.description = description
  }

  /// Reserves the name for an interval; the token makes it unique.
  public init(member: Member.ID, number: Int, token: String) {
    description = "\(member)-\(number)-\(token)"
  }

  /// The member that it was made by; none where the name is not one that was reserved.
  public var member: Member.ID? { description.split(separator: "-", maxSplits: 1).first.flatMap { Int($0) } }

  /// Whether the name is like one that was reserved.
  public var isReserved: Bool {
    let parts = description.split(separator: "-", maxSplits: 2, omittingEmptySubsequences: false)
    return parts.count == 3 && parts.prefix(2).allSatisfy { UInt($0) != nil } && !parts[2].isEmpty
  }

  /// Orders by name.
  public static func < (left: CheckpointID, right: CheckpointID) -> Bool {
    left.description < right.description
  }
}

/// One slot of the population.
///
/// It has two faces: ``published`` is what others may copy, ``checkpoint``, ``hyperparameters``, ``steps`` and ``age``
/// are what its next interval starts from.
public struct Member: Hashable, Sendable, Identifiable {
  /// Members are numbered from 0.
  public typealias ID = Int

  /// Where a member is in its life; drawn in `docs/state-machine.md`.
  public enum State: String, Hashable, Sendable, CaseIterable {
    /// Its next interval may be leased.
    case ready
    /// A worker has it.
    case leased
    /// It has finished an interval, and its decision is outstanding.
    case due
    /// It has trained its budget.
    case done
    /// It has no model that could go on, and the rules copy nobody.
    case failed
    /// It has left the population.
    case retired
  }

  /// The number of the slot.
  public let id: ID
  /// Where it is in its life.
  public internal(set) var state: State
  /// The steps that this slot has trained.
  public internal(set) var steps: Int
  /// The steps that its present model has trained along its lineage.
  public internal(set) var age: Int
  /// The checkpoint to start from; none: fresh.
  public internal(set) var checkpoint: CheckpointID?
  /// The hyperparameters of the next interval.
  public internal(set) var hyperparameters: Hyperparameters
  /// What its next interval does.
  public internal(set) var next: Interval.Kind
  /// The sequence of the decision with which its present model began: to join, to copy weights, or to start afresh.
  public internal(set) var beginning: Int
  /// The donor from which its present model was copied; none: it began fresh.
  public internal(set) var origin: Decision.Donor?
  /// The number that selection compared for the model of ``checkpoint``; none for one that was never scored.
  public internal(set) var startSelection: Double?
  /// The age at which its model was last scored, under whichever member; none: never.
  public internal(set) var scoredAge: Int?
  /// What others may copy; empty until the member has a score of its own.
  public internal(set) var published: Published?
  /// How many intervals it has finished.
  public internal(set) var intervals: Int
  /// How the last of them ended; none before the first.
  public internal(set) var lastOutcome: Interval.Outcome?
  /// How many decisions it has made since it joined.
  public internal(set) var decisions: Int
  /// Its own scores since it last copied weights, the latest last, as many as the rules ask for.
  public internal(set) var scores: [Scored]
  /// The last restart of the population that it has followed; 0: none.
  public internal(set) var restarts: Int
  /// How many attempts at its present interval have failed since the run was last started.
  public internal(set) var failures: Int

  /// A member as a store keeps it.
  public init(
    id: ID, state: State, steps: Int, age: Int, checkpoint: CheckpointID?, hyperparameters: Hyperparameters,
    next: Interval.Kind = .train, beginning: Int, origin: Decision.Donor? = nil, startSelection: Double? = nil,
    scoredAge: Int? = nil, published: Published?, intervals: Int, lastOutcome: Interval.Outcome? = nil, decisions: Int,
    scores: [Scored] = [],
    restarts: Int = 0, failures: Int
  ) {
    self.id = id
    self.state = state
    self.steps = steps
    self.age = age
    self.checkpoint = checkpoint
    self.hyperparameters = hyperparameters
    self.next = next
    self.beginning = beginning
    self.origin = origin
    self.startSelection = startSelection
    self.scoredAge = scoredAge
    self.published = published
    self.intervals = intervals
    self.lastOutcome = lastOutcome
    self.decisions = decisions
    self.scores = scores
    self.restarts = restarts
    self.failures = failures
  }

  /// Whether it has no model, and values that cannot be trained: then it draws others.
  public func isToDrawAgain(under rules: Rules) -> Bool {
    rules.version > 1 && lastOutcome == .invalid && checkpoint == nil && published == nil
  }

  /// The member whose model its next interval begins with; none: its own, or a fresh one.
  package var donor: ID? { checkpoint == origin?.checkpoint ? origin?.member : nil }

  /// Every checkpoint that this member refers to.
  public var references: [CheckpointID] {
    [checkpoint, published?.checkpoint].compactMap { $0 }
  }
}

/// What a member last published: set together, and only for a score of its own.
public struct Published: Hashable, Sendable {
  /// Higher is better, always finite; in the unit of the metric.
  public let score: Double
  /// Decides between equal scores.
  public let tie: UInt64
  /// The model that was scored.
  public let checkpoint: CheckpointID
  /// The values that were in force.
  public let hyperparameters: Hyperparameters
  /// What selection compared for the model before that interval; none for a fresh one.
  public let startScore: Double?
  /// The age of the model, in steps.
  public let age: Int
  /// When, in the order of history.
  public let sequence: Int
  /// By how much it breaks the requirements on metrics; 0: it is feasible.
  public let violation: Double
  /// The further objectives in the order of the rules, higher is better.
  public let objectives: [Double]

  /// Describes what others may copy.
  public init(
    score: Double, startScore: Double? = nil, tie: UInt64, checkpoint: CheckpointID, hyperparameters: Hyperparameters,
    age: Int, sequence: Int, violation: Double = 0, objectives: [Double] = []
  ) {
    self.score = score
    self.startScore = startScore
    self.tie = tie
    self.checkpoint = checkpoint
    self.hyperparameters = hyperparameters
    self.age = age
    self.sequence = sequence
    self.violation = violation
    self.objectives = objectives
  }

  /// Whether nothing that selection looks at tells them apart.
  func isTied(with other: Published) -> Bool {
    score == other.score && violation == other.violation && objectives == other.objectives
  }

  /// Whether it is better than another: feasible before not, then by score.
  fileprivate func isBetter(than other: Published) -> Bool {
    violation != other.violation ? violation < other.violation : score > other.score
  }
}

extension Rules {
  /// Whether something that was just published takes the place of the best so far. Of equals the one that was trained
  /// longest is the best, then the stored number decides: who came first must not matter.
  func isBest(_ published: Published, before best: Published?) -> Bool {
    guard let best, !published.isBetter(than: best) else { return true }
    guard published.score == best.score, published.violation == best.violation else { return false }
    let age = version == 1 ? (published: 0, best: 0) : (published: published.age, best: best.age)
    return (age.published, published.tie) > (age.best, best.tie)
  }

  /// The best of these intervals; none where none has a score.
  public func best(of intervals: [Interval]) -> Interval? {
    intervals.reduce(nil as (interval: Interval, published: Published)?) { best, interval in
      guard let published = published(by: interval), isBest(published, before: best?.published) else { return best }
      return (interval, published)
    }?.interval
  }

  /// Whether the best of the run has improved, and not only been equalled.
  func isImprovement(_ published: Published, on best: Published?) -> Bool {
    guard let best else { return true }
    return version == 1 || published.isBetter(than: best)
  }
}
