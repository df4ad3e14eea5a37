/// Decides what a member that is ready does next (the paper's Algorithm 1, one pass of `exploit` and `explore`).
///
/// The decision is a function of the population and the rules: no clock, no I/O, and random numbers only from streams
/// named by (seed, member, ordinal of the decision, purpose). So it can be made again at any time.
///
/// - Explore runs only after something was really copied; a survivor keeps its values.
/// - Only searched hyperparameters are inherited.
/// - A member without a score (its training diverged or was given up) is replaced whatever its rank would be, and takes
///   over both weights and hyperparameters.
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
  var random = RandomStream(seed: rules.seed, member: id, ordinal: ordinal, purpose: "exploit")
  let exploit = ExploitRules.make(rules.exploit)

  var decision = Decision(
    sequence: population.sequence + 1, member: id, ordinal: ordinal, saw: population.sequence, result: .stay,
    reason: "", rule: rules.versionedNames, ownScore: member.published?.score, threshold: nil,
    hyperparameters: member.hyperparameters)

  func inherit(_ what: Inheritance, from donor: Donor, because reason: String) {
    let published = donor.published
    decision.result = .inherit(Decision.Donor(donor, inherits: what))
    decision.reason = reason
    decision.hyperparameters = population.explored(
      rules.space.inherit(member.hyperparameters, from: published.hyperparameters, what),
      member: id, ordinal: ordinal,
      startScore: what.includesWeights ? published.score : member.published?.score, decided: decided,
      fallback: what.includesWeights
        ? rules.space.inherit(member.hyperparameters, from: published.hyperparameters, .both) : member.hyperparameters)
  }

  func startAgain(because reason: String) {
    decision.result = .fresh
    decision.reason = reason
    decision.hyperparameters = rules.space.sample(member: id, ordinal: ordinal, seed: rules.seed)
  }

  if let own = member.published {
    if let reason = population.reasonNotToDecide(member) {
      decision.reason = reason.rawValue
      return decision
    }
    switch exploit.judge(member, own, in: population, random: &random) {
    case .keep(let reason, let threshold):
      decision.reason = reason.rawValue
      decision.threshold = threshold
    case .copy(let donor, let threshold):
      decision.threshold = threshold
      if population.isBetterByTheGap(donor, than: member, own) {
        inherit(rules.inherit, from: donor, because: "replaced by the rule")
      } else {
        decision.reason = Judgement.Reason.gapTooSmall.rawValue
      }
    case .transfer(let transfer):
      decision.result = .inherit(Decision.Donor(transfer.donor, inherits: transfer.inherits))
      decision.reason = transfer.reason.rawValue
      decision.hyperparameters =
        transfer.isExplored
        ? population.explored(
          transfer.hyperparameters, member: id, ordinal: ordinal,
          startScore: transfer.inherits.includesWeights ? transfer.donor.published.score : own.score,
          decided: decided, fallback: transfer.hyperparameters)
        : transfer.hyperparameters
    case .startAgain(let reason):
      startAgain(because: reason.rawValue)
    }
  } else {
    switch exploit.replacement(for: member, in: population, random: &random) {
    case .donor(let donor):
      inherit(.both, from: donor, because: "it has no score of its own")
    case .nobodyScored:
      startAgain(because: "it has no score of its own, and nobody else has one")
    case .ruleCopiesNobody:
      decision.result = .fail
      decision.reason = "it has no score of its own, and the rule copies nobody"
    }
  }
  return decision
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
  /// At every so-many-th of their ready moments the members of a part decide: with each restart twice as many.
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
    let used: [any Rule.Type] = [type(of: ExploitRules.make(exploit)), type(of: ExploreRules.make(explore))]
    return used.map { "\($0.name)/\($0.version)" }.joined(separator: " ")
  }
}
