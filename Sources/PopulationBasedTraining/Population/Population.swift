/// All members, as history has made them.
///
/// A population is a fold over the records of history, see ``apply(_:)``: the store applies each record as it appends it,
/// and an audit applies them again. Rules ask it questions by rank; ranks count from 0, the best. Only members with a
/// score of their own are ranked, and equal scores are ordered by the random number that was stored with them.
public struct Population: Sendable {
  /// The rules under which it lives.
  public let rules: Rules
  /// The members by id.
  public private(set) var members: [Member] = []
  /// The best interval so far.
  public private(set) var best: Best?
  /// The sequence of the last record applied.
  public private(set) var sequence = 0
  /// How many intervals have ended with a model.
  public private(set) var completedIntervals = 0

  private var ranking = SortedArray<RankingKey>()
  private var readyMembers = SortedArray<ReadyKey>()
  private var dueMembers = SortedArray<Member.ID>()
  private var counts: [Member.State: Int] = [:]

  /// The interval with the best score of the run.
  public struct Best: Hashable, Sendable {
    /// Who trained it.
    public let member: Member.ID
    /// What it published.
    public let published: Published

    /// An entry as a store keeps it.
    public init(member: Member.ID, published: Published) {
      self.member = member
      self.published = published
    }
  }

  /// An empty population: the members join by their decisions zero.
  public init(rules: Rules) {
    self.rules = rules
  }

  /// A population as a store keeps it.
  public init(rules: Rules, members: [Member], best: Best?, sequence: Int, completedIntervals: Int) {
    self.rules = rules
    self.best = best
    self.sequence = sequence
    self.completedIntervals = completedIntervals
    for member in members {
      self.members.append(member)
      index(member)
    }
  }

  // MARK: Questions

  /// How many members have a score of their own.
  public var scoredCount: Int { ranking.elements.count }

  /// The member at a rank below ``scoredCount``.
  public func member(atRank rank: Int) -> Member.ID {
    ranking.elements[rank].member
  }

  /// What the member at a rank has published.
  public func published(atRank rank: Int) -> Published? {
    ranking.elements.indices.contains(rank) ? members[ranking.elements[rank].member].published : nil
  }

  /// The rank of a member that has published this. O(log n).
  public func rank(of member: Member.ID, _ published: Published) -> Int {
    ranking.position(of: RankingKey(published, member))
  }

  /// The members whose next interval may be leased, the least advanced first.
  public func leastAdvancedReady(_ count: Int) -> [Member.ID] {
    readyMembers.elements.prefix(count).map(\.member)
  }

  /// The members whose decision is outstanding, by id.
  public var due: [Member.ID] { dueMembers.elements }

  /// How many members are in a state.
  public func count(_ state: Member.State) -> Int { counts[state, default: 0] }

  /// Whether nothing is left to train.
  public var isFinished: Bool { count(.done) + count(.failed) == members.count }

  // MARK: Changes

  /// Applies the next record of history.
  public mutating func apply(_ record: HistoryRecord) {
    sequence = record.sequence
    switch record {
    case .interval(let interval): apply(interval)
    case .decision(let decision): apply(decision)
    case .attempt(let attempt): change(attempt.member) { $0.failures += 1 }
    case .event(let event):
      guard event.kind == .started else { return }
      for member in members where member.failures > 0 { change(member.id) { $0.failures = 0 } }
    case .collection: break
    }
  }

  /// Marks a member as taken by a worker, or as given back. Leases are no part of history.
  public mutating func setLeased(_ id: Member.ID, _ isLeased: Bool) {
    change(id) { $0.state = isLeased ? .leased : .ready }
  }

  private mutating func apply(_ interval: Interval) {
    let published = interval.published
    let budget = rules.steps
    change(interval.member) { member in
      member.intervals += 1
      member.steps += interval.steps
      member.age = interval.endAge
      member.checkpoint = interval.end ?? interval.start
      member.failures = 0
      if interval.outcome != .partial {
        member.published = published
        member.state = member.steps >= budget ? .done : interval.kind == .train ? .due : .ready
      } else {
        member.state = .ready
      }
    }
    if interval.end != nil { completedIntervals += 1 }
    if let published, best.map({ ($0.published.score, $0.published.tie) < (published.score, published.tie) }) ?? true {
      best = Best(member: interval.member, published: published)
    }
  }

  private mutating func apply(_ decision: Decision) {
    if decision.ordinal == 0 {
      let member = Member(
        id: decision.member, state: .ready, steps: 0, age: 0, checkpoint: nil,
        hyperparameters: decision.hyperparameters, published: nil, intervals: 0, decisions: 0, failures: 0)
      precondition(decision.member == members.count, "members join in the order of their ids")
      members.append(member)
      index(member)
      return
    }
    change(decision.member) { member in
      member.decisions = decision.ordinal
      member.hyperparameters = decision.hyperparameters
      switch decision.result {
      case .stay:
        member.state = .ready
      case .inherit(let donor):
        member.state = .ready
        member.published = nil
        member.checkpoint = donor.checkpoint
        member.age = donor.age
      case .fresh:
        member.state = .ready
        member.published = nil
        member.checkpoint = nil
        member.age = 0
      case .fail:
        member.state = .failed
        member.published = nil
      }
    }
  }

  /// Changes one member and keeps every index in step.
  private mutating func change(_ id: Member.ID, _ body: (inout Member) -> Void) {
    let before = members[id]
    body(&members[id])
    let after = members[id]
    counts[before.state, default: 0] -= 1
    counts[after.state, default: 0] += 1
    if before.published != after.published {
      if let published = before.published { ranking.remove(RankingKey(published, id)) }
      if let published = after.published { ranking.insert(RankingKey(published, id)) }
    }
    if before.state != after.state || before.steps != after.steps {
      if before.state == .ready { readyMembers.remove(ReadyKey(steps: before.steps, member: id)) }
      if after.state == .ready { readyMembers.insert(ReadyKey(steps: after.steps, member: id)) }
      if before.state == .due { dueMembers.remove(id) }
      if after.state == .due { dueMembers.insert(id) }
    }
  }

  /// Adds a member to every index.
  private mutating func index(_ member: Member) {
    counts[member.state, default: 0] += 1
    if let published = member.published { ranking.insert(RankingKey(published, member.id)) }
    if member.state == .ready { readyMembers.insert(ReadyKey(steps: member.steps, member: member.id)) }
    if member.state == .due { dueMembers.insert(member.id) }
  }
}

/// Orders members from the best to the worst.
private struct RankingKey: Comparable, Sendable {
  let score: Double
  let tie: UInt64
  let member: Member.ID

  init(_ published: Published, _ member: Member.ID) {
    score = published.score
    tie = published.tie
    self.member = member
  }

  static func < (left: RankingKey, right: RankingKey) -> Bool {
    (right.score, right.tie, right.member) < (left.score, left.tie, left.member)
  }
}

/// Orders members from the least to the most advanced.
private struct ReadyKey: Comparable, Sendable {
  let steps: Int
  let member: Member.ID

  static func < (left: ReadyKey, right: ReadyKey) -> Bool {
    (left.steps, left.member) < (right.steps, right.member)
  }
}
