/// All members, as history has made them.
///
/// A population is a fold over the records of history, see ``apply(_:)``: the store applies each record as it appends it,
/// and an audit applies them again. Rules ask it questions, which indexes answer that every record keeps up to date.
public struct Population: Sendable {
  /// The rules under which it lives.
  public internal(set) var rules: Rules
  /// The members by id.
  public internal(set) var members: [Member] = []
  /// The best interval so far.
  public internal(set) var best: Best?
  /// The sequence of the last record applied.
  public internal(set) var sequence = 0
  /// The least age at which any model has had a score; none before the first.
  public internal(set) var firstScoredAge: Int?
  /// How many intervals of training have ended with a model.
  public internal(set) var completedIntervals = 0
  /// How many intervals of training have ended since the best one; those that were stopped half-way do not count.
  public internal(set) var intervalsSinceBest = 0
  /// How often it has begun again.
  public internal(set) var restarts = 0
  /// How many intervals of training have ended since it last began again; those that were stopped half-way do not count.
  public internal(set) var intervalsSinceRestart = 0
  /// What the last intervals have taught, as many as the explore rule asks for.
  public internal(set) var observations: [Observation] = []
  /// Why it was ended while members had steps left; none where it was not, or goes on under other rules since.
  public internal(set) var earlyEnding: Ending?

  /// The parts of the ranges from which the members with which it begins draw; none: they draw from whole ranges.
  var strata: Strata?
  var remembered: (scores: Int, observations: Int)
  var rankings: [SortedArray<Ranking.Entry>]
  var readyMembers = SortedArray<ReadyKey>()
  var dueMembers = SortedArray<Member.ID>()
  var counts: [Member.State: Int] = [:]

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
    strata = Strata(rules)
    remembered = (rules.scoresRemembered, rules.observationsRemembered)
    rankings = Array(repeating: SortedArray(), count: rules.subpopulationCount)
  }

  /// A population as a store keeps it. O(n log n) for n members.
  public init(
    rules: Rules, members: [Member], best: Best?, firstScoredAge: Int? = nil, sequence: Int, completedIntervals: Int,
    intervalsSinceBest: Int = 0,
    restarts: Int = 0, intervalsSinceRestart: Int = 0, observations: [Observation] = [], earlyEnding: Ending? = nil
  ) {
    self.init(rules: rules)
    if !members.isEmpty { strata = nil }
    self.best = best
    self.firstScoredAge = firstScoredAge
    self.sequence = sequence
    self.completedIntervals = completedIntervals
    self.intervalsSinceBest = intervalsSinceBest
    self.restarts = restarts
    self.intervalsSinceRestart = intervalsSinceRestart
    self.observations = observations
    self.earlyEnding = earlyEnding
    for member in members {
      self.members.append(member)
      index(member)
    }
  }

  // MARK: Questions

  /// How many members belong to it: all but those that have left.
  public var size: Int { members.count - count(.retired) }

  /// How many members have a score of their own. O(1) for each part.
  public var scoredCount: Int { rankings.reduce(0) { $0 + $1.elements.count } }

  /// How many members belong to a part of it. O(1) where there is one part, otherwise O(n).
  public func size(ofSubpopulation subpopulation: Int) -> Int {
    guard rankings.count > 1 else { return size }
    return members.count { $0.state != .retired && rules.subpopulation(of: $0.id) == subpopulation }
  }

  /// The members whose next interval may be leased, the least advanced first, ties by id.
  /// O(count · preferred) where few are left out.
  ///
  /// - Parameters:
  ///   - count: how many there are at most.
  ///   - preferred: those who go first among the equally advanced.
  ///   - leftOut: those who are passed over.
  public func leastAdvancedReady(
    _ count: Int, preferring preferred: [Member.ID] = [], leavingOut leftOut: Set<Member.ID> = []
  ) -> [Member.ID] {
    var chosen = Array(readyMembers.elements.lazy.filter { !leftOut.contains($0.member) }.prefix(count))
    guard let last = chosen.last else { return [] }
    for id in preferred where members[id].state == .ready && members[id].steps == last.steps && !leftOut.contains(id) {
      guard !chosen.contains(where: { $0.member == id }) else { continue }
      let place = chosen.lastIndex { $0.steps == last.steps && !preferred.contains($0.member) }
      if let place { chosen[place] = ReadyKey(steps: last.steps, member: id) }
    }
    return chosen.sorted().map(\.member)
  }

  /// The members whose decision is outstanding, by id. O(1).
  public var due: [Member.ID] { dueMembers.elements }

  /// The members besides one that train, or are about to: their hyperparameters are being tried. O(n).
  public func pending(besides id: Member.ID) -> [Member] {
    members.filter { $0.id != id && ($0.state == .ready || $0.state == .leased) }
  }

  /// How many members are in a state. O(1).
  public func count(_ state: Member.State) -> Int { counts[state, default: 0] }

  /// The steps that have been trained, those of members that have left among them.
  public var trainedSteps: Int { members.reduce(0) { $0 + $1.steps } }

  /// The steps that will have been trained when every member has trained its budget.
  public var plannedSteps: Int {
    members.reduce(0) { sum, member in
      sum + ([.failed, .retired].contains(member.state) ? member.steps : max(member.steps, rules.steps))
    }
  }

  /// Why nothing is trained any more; none while something is.
  public var ending: Ending? {
    count(.done) + count(.failed) + count(.retired) == members.count ? .budget : earlyEnding
  }

  /// Why it is to be ended now, while members have steps left. Asked after every interval; in synchronous order only
  /// when members have decided, so that it does not depend on who finishes first.
  public var reasonToEnd: Ending? {
    if let target = rules.stop.target, let best, best.published.violation == 0,
      let wanted = rules.score(ofMetric: target), best.published.score >= wanted
    {
      return .target
    }
    if best != nil, let limit = rules.stop.stagnation, intervalsSinceBest >= limit * (size - count(.failed)) {
      return .stagnation
    }
    return nil
  }

  /// Why a population ends.
  public enum Ending: String, Hashable, Sendable, Codable {
    /// Every member has trained its budget, or has failed.
    case budget
    /// The best metric is as good as was asked for.
    case target
    /// The best score has not improved for as long as was allowed.
    case stagnation
    /// Engines have spent as much time on it as was allowed.
    case wallClock = "wall_clock"
  }

  /// Whether nothing is left to train.
  public var isFinished: Bool { ending != nil }

  /// Whether members whose decision is outstanding have to wait for others that still train.
  public var waitsForOthers: Bool {
    guard case .synchronous(let fraction) = rules.order else { return false }
    let all = count(.ready) + count(.leased) + count(.due)
    // A hair below, so that 0.1 of 30 is 3.
    return Double(count(.due)) < (fraction * Double(all) - 1e-9).rounded(.up)
  }

  /// Whether the exploit rule wants the population to begin again now.
  public var isToRestart: Bool {
    ExploitRules.make(rules.exploit).restarts(self)
  }

  /// The number that selection compares for a completed interval, as the score window makes it.
  public func selection(of interval: Interval) -> Double? {
    guard interval.outcome == .completed, let reported = interval.score else { return nil }
    guard rules.score != .last else { return reported }
    // Each of the scores has at least one evaluation.
    let earlier = members[interval.member].scores.suffix(rules.score.length).flatMap(\.evaluations)
    return rules.score.score(reported: reported, evaluations: earlier + rules.evaluations(of: interval))
  }
}

/// Orders members from the least to the most advanced.
struct ReadyKey: Comparable, Sendable {
  let steps: Int
  let member: Member.ID

  static func < (left: ReadyKey, right: ReadyKey) -> Bool {
    (left.steps, left.member) < (right.steps, right.member)
  }
}
