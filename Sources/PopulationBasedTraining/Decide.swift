/// Decides what a member that is ready does next (the paper's Algorithm 1, one pass of `exploit` and `explore`).
///
/// The decision is a function of the population and the rules: no clock, no I/O, and random numbers only from streams
/// named by (seed, member, ordinal of the decision, purpose). So it can be made again at any time.
///
/// - Explore runs only after something was really copied; a survivor keeps its values.
/// - Only searched hyperparameters are inherited.
/// - A member without a score (its training diverged or was given up) is replaced whatever its rank would be, and takes
///   over both weights and hyperparameters. But one whose score is not there *yet* keeps its model and goes on.
/// - A member copies only what is better than itself, and not what is just as good; see `Population.isToCopyTies`.
///
/// - Parameters:
///   - id: the member; it is due.
///   - population: what all members have published, as far as the member has seen.
///   - decided: what others decided on the same population before it. Who copies whom does not depend on it, but an
///     explore rule may avoid what they are going to try.
/// - Returns: the decision, as the record that follows the last one that `population` has seen.
/// - Complexity: O(h) for h hyperparameters, and what the rules ask the population.
public func decide(_ id: Member.ID, in population: Population, after decided: [Decision] = []) -> Decision {
  let rules = population.rules
  let member = population.members[id]
  let ordinal = member.decisions + 1
  var decision = Decision(
    sequence: population.sequence + 1, member: id, ordinal: ordinal, saw: population.sequence, result: .stay,
    reason: "", rule: rules.versionedNames, ownScore: member.published?.score, threshold: nil,
    hyperparameters: member.hyperparameters)

  let verdict = population.verdict(on: member)
  decision.reason = verdict.reason
  decision.threshold = verdict.threshold
  switch verdict.course {
  case .stay: break
  case .inherit(let transfer):
    let (donor, what) = (transfer.donor, transfer.inherits)
    decision.result = .inherit(Decision.Donor(donor, inherits: what))
    decision.hyperparameters =
      transfer.isExplored
      ? population.explored(
        transfer.hyperparameters, member: id, ordinal: ordinal,
        startScore: what.includesWeights ? donor.published.score : member.published?.score, decided: decided,
        fallback: verdict.fallback ?? transfer.hyperparameters)
      : transfer.hyperparameters
  case .startAgain:
    decision.result = .fresh
    decision.hyperparameters = rules.space.sample(member: id, ordinal: ordinal, seed: rules.seed)
  case .fail:
    decision.result = .fail
  }
  return decision
}

/// What becomes of a member that decides, before it explores.
private struct Verdict {
  enum Course {
    case stay
    case inherit(Judgement.Transfer)
    case startAgain
    case fail
  }

  var course: Course
  var reason: String
  var threshold: Double?
  /// The values where none that are explored satisfy the constraints; none: those that are inherited.
  var fallback: Hyperparameters?
  /// Whether the donor may soon be older.
  var isWorthWaitingFor = false

  static func stay(_ reason: Judgement.Reason, threshold: Double? = nil) -> Verdict {
    Verdict(course: .stay, reason: reason.rawValue, threshold: threshold)
  }
}

extension Population {
  /// Whether a member that is due puts its decision off: it would copy a model that is younger than what it has trained
  /// itself, and while others train there may soon be an older one.
  ///
  /// In asynchronous order the first to decide in a round find only models of the round before. Copying those, the models of
  /// a whole population would end with fewer steps than they were given (`benchmarks/order` has figures).
  public func isToWaitForADonor(_ id: Member.ID) -> Bool {
    guard rules.order == .asynchronous(copiesYounger: false), count(.ready) + count(.leased) > 0 else { return false }
    let verdict = verdict(on: members[id])
    guard verdict.isWorthWaitingFor, case .inherit(let transfer) = verdict.course, transfer.inherits.includesWeights
    else { return false }
    let (donor, steps) = (members[transfer.donor.member], members[id].steps)
    guard transfer.donor.published.age < steps, donor.state == .ready || donor.state == .leased else { return false }
    // One whose lineage has lost steps may never be old enough.
    return donor.age >= donor.steps || donor.age + rules.stepsOfNextInterval(of: donor) >= steps
  }

  fileprivate func verdict(on member: Member) -> Verdict {
    var random = RandomStream(seed: rules.seed, member: member.id, ordinal: member.decisions + 1, purpose: "exploit")
    let exploit = ExploitRules.make(rules.exploit)
    if let reason = reasonToWaitForAScore(member) { return .stay(reason) }
    if member.isToDrawAgain(under: rules) {
      return Verdict(course: .startAgain, reason: "its values cannot be trained")
    }
    guard let own = member.published else {
      switch exploit.replacement(for: member, in: self, random: &random) {
      case .donor(let donor):
        var verdict = copy(donor, .both, by: member, because: "it has no score of its own")
        verdict.isWorthWaitingFor = exploit.copiesLatest
        return verdict
      case .nobodyScored:
        return Verdict(course: .startAgain, reason: "it has no score of its own, and nobody else has one")
      case .ruleCopiesNobody:
        return Verdict(course: .fail, reason: "it has no score of its own, and the rule copies nobody")
      }
    }
    if let reason = reasonNotToDecide(member) { return .stay(reason) }
    switch exploit.judge(member, own, in: self, random: &random) {
    case .keep(let reason, let threshold): return .stay(reason, threshold: threshold)
    case .copy(let donor, let threshold):
      if exploit.comparesScores, own.isTied(with: donor.published), !isToCopyTies(member, own) {
        return .stay(.tied, threshold: threshold)
      }
      guard isBetterByTheGap(donor, than: member, own) else { return .stay(.gapTooSmall, threshold: threshold) }
      var verdict = copy(donor, rules.inherit, by: member, because: "replaced by the rule")
      verdict.threshold = threshold
      verdict.isWorthWaitingFor = exploit.copiesLatest
      return verdict
    case .transfer(let transfer): return Verdict(course: .inherit(transfer), reason: transfer.reason.rawValue)
    case .startAgain(let reason): return Verdict(course: .startAgain, reason: reason.rawValue)
    }
  }

  /// The usual copy: what is inherited is explored.
  private func copy(_ donor: Donor, _ what: Inheritance, by member: Member, because reason: String) -> Verdict {
    let theirs = donor.published.hyperparameters
    let transfer = Judgement.Transfer(
      from: donor, inherits: what, hyperparameters: rules.space.inherit(member.hyperparameters, from: theirs, what),
      isExplored: true, reason: Judgement.Reason(rawValue: reason))
    let fallback =
      what.includesWeights ? rules.space.inherit(member.hyperparameters, from: theirs, .both) : member.hyperparameters
    return Verdict(course: .inherit(transfer), reason: reason, fallback: fallback)
  }
}

/// The decision zero, with which a member joins a population: its initial hyperparameters. O(h) for h of them.
public func initialDecision(_ id: Member.ID, in population: Population) -> Decision {
  let rules = population.rules
  return Decision(
    sequence: population.sequence + 1, member: id, ordinal: 0, saw: population.sequence, result: .stay,
    reason: "joined", rule: rules.versionedNames, ownScore: nil, threshold: nil,
    hyperparameters: rules.space.firstValues(of: id, seed: rules.seed, strata: population.strata))
}

/// The decision with which the worst member leaves a population that has become too large; nothing where it has not.
/// Failed members leave first, then those without a score, of equals the one that joined last.
public func retirement(in population: Population) -> Decision? {
  let rules = population.rules
  guard population.size > rules.populationSize else { return nil }
  let unscored = population.members.filter { $0.state != .retired && $0.published == nil }
  let useless = unscored.last { $0.state == .failed } ?? unscored.last
  let worst = useless ?? population.ranking.entries.last.map { population.members[$0.member] }
  return worst.map { member in
    Decision(
      sequence: population.sequence + 1, member: member.id, ordinal: member.decisions + 1, saw: population.sequence,
      result: .retire, reason: "the population was made smaller", rule: rules.versionedNames,
      ownScore: member.published?.score, threshold: nil, hyperparameters: member.hyperparameters)
  }
}

extension Decision.Donor {
  fileprivate init(_ donor: Donor, inherits: Inheritance) {
    let published = donor.published
    self.init(
      member: donor.member, sequence: published.sequence, checkpoint: published.checkpoint, age: published.age,
      score: published.score, inherits: inherits)
  }
}

extension Population {
  /// Why a scored member that is ready does not compare itself with others this time.
  fileprivate func reasonNotToDecide(_ member: Member) -> Judgement.Reason? {
    if member.steps < rules.burnIn { return .burnIn }
    let intervals = intervalsBetweenDecisions(inSubpopulation: rules.subpopulation(of: member.id))
    return rules.readyMoments(until: member.steps) % intervals == 0 ? nil : .notItsTurn
  }

  /// Why a member whose last interval ended without a score keeps its model all the same: the trainer says that it could not
  /// be scored yet, or it is still in its burn-in, or the metric is not a number and that may be so at its age.
  fileprivate func reasonToWaitForAScore(_ member: Member) -> Judgement.Reason? {
    switch member.lastOutcome {
    case .unscored: return .notScoredYet
    case .diverged where rules.version > 1 && member.checkpoint != nil:
      if member.steps < rules.burnIn { return .burnIn }
      return mayBeScoredLater(member) ? .notScoredYet : nil
    default: return nil
    }
  }

  /// Whether nothing shows that a member has diverged, and not that its metric is measured later, or in some intervals only:
  /// nobody has a score, no model has ever had one at its age, or it had one an interval ago and nobody has one since that age.
  private func mayBeScoredLater(_ member: Member) -> Bool {
    guard scoredCount > 0, let firstScoredAge, firstScoredAge <= member.age else { return true }
    guard let scoredAge = member.scoredAge else { return false }
    let stepsWhenScored = max(0, member.steps - (member.age - scoredAge))
    guard rules.readyMoments(until: member.steps) - rules.readyMoments(until: stepsWhenScored) <= 1 else {
      return false
    }
    return !members.contains { other in
      other.published.map { scoredAge < $0.age && $0.age <= member.age } ?? false
    }
  }

  /// Whether a member copies another with the very same score.
  ///
  /// Among equals nobody is worse, and at a saturated metric, where all stay equal, chance would soon leave one ancestor.
  /// But where all are equal and still move, nothing else would ever tell them apart: the two members of the paper's toy
  /// (figure 2) begin with equal values, and under mirrored hyperparameters they stay equal until one copies the other.
  fileprivate func isToCopyTies(_ member: Member, _ own: Published) -> Bool {
    guard rules.version > 1 else { return true }
    guard let before = own.startScore, before != own.score else { return false }
    let ranking = ranking(for: member)
    guard ranking.count > 1, let best = members[ranking[0].member].published,
      let worst = members[ranking[ranking.count - 1].member].published
    else { return false }
    return best.isTied(with: worst)
  }

  /// Whether a donor is better by as much as the rules ask for. How much evaluations vary is known from the last ten
  /// intervals that both have had since they last copied; before each has two evaluations, nobody is better.
  fileprivate func isBetterByTheGap(_ donor: Donor, than member: Member, _ own: Published) -> Bool {
    let gap = rules.improvementGap
    let difference = donor.published.score - own.score
    // A feasible donor is better than an infeasible member, and of several objectives the score is only one.
    guard donor.published.violation == own.violation, rules.objectives.isEmpty else { return true }
    guard difference >= gap.absolute else { return false }
    guard gap.deviations > 0 else { return true }
    guard let mine = Sample(member.scores.flatMap(\.evaluations))?.standardDeviation,
      let theirs = Sample(members[donor.member].scores.flatMap(\.evaluations))?.standardDeviation
    else { return false }
    return difference >= gap.deviations * ((mine * mine + theirs * theirs) / 2).squareRoot()
  }
}

extension Population {
  /// The members of a part decide at every n-th moment at which they are eligible; with each restart n doubles.
  func intervalsBetweenDecisions(inSubpopulation subpopulation: Int) -> Int {
    let usual = rules.subpopulations.isEmpty ? 1 : rules.subpopulations[subpopulation].intervals
    return max(1, usual << min(restarts, 32))
  }
}

extension Rules {
  /// How many of a member's last scores the rules look at, beside the published one; `Int.max`: all.
  public var scoresRemembered: Int {
    if compare == .equalExperience { return Int.max }
    let gap = improvementGap.deviations > 0 ? 10 : 0
    return max(gap, score == .last ? 0 : score.length, ExploitRules.make(exploit).scoresRemembered)
  }

  /// How many of the population's last observations the explore rules learn from, and one generation more: which of a
  /// generation came first must not matter.
  public var observationsRemembered: Int {
    let choices = [explore] + space.hyperparameters.compactMap(\.explore)
    let most = choices.map { ExploreRules.make($0).observationsRemembered }.max() ?? 0
    return most > 0 ? most + populationSize : 0
  }

  /// Whether a decision may take so long that nobody should wait for another's.
  public var areDecisionsCostly: Bool { observationsRemembered > 0 }

  /// The seed that a trainer is given: an integer in [0, 2^32), which every framework takes.
  ///
  /// It depends on the member and its own steps alone, so an interval that is repeated has the same seed.
  public func trainerSeed(member: Member.ID, steps: Int, kind: Interval.Kind) -> UInt64 {
    var random = RandomStream(seed: seed, member: member, ordinal: steps, purpose: "trainer \(kind.rawValue)")
    return random.bits() >> 32
  }

  /// The number that orders a score among equal ones.
  public func tie(member: Member.ID, steps: Int, kind: Interval.Kind = .train) -> UInt64 {
    let purpose = kind == .train ? "tie" : "tie \(kind.rawValue)"
    var random = RandomStream(seed: seed, member: member, ordinal: steps, purpose: purpose)
    return random.bits() >> 11
  }

  /// The names and versions of the rules, for the record.
  var versionedNames: String {
    let (exploit, explore) = (type(of: ExploitRules.make(exploit)), type(of: ExploreRules.make(explore)))
    // What is done about equal scores changed for every exploit rule at once.
    return "\(exploit.name)/\(exploit.version + version - 1) \(explore.name)/\(explore.version)"
  }
}
