/// Decides what a member that is ready does next (the paper's Algorithm 1, one pass of `exploit` and `explore`).
///
/// The decision is a function of the population and the rules: no clock, no I/O, and random numbers only from streams
/// named by (seed, member, ordinal of the decision, purpose). So it can be made again at any time.
///
/// - Explore runs only after something was really copied; a survivor keeps its values.
/// - Only searched hyperparameters are inherited.
/// - A member without a score (its training diverged or was given up) is replaced whatever its rank would be.
///
/// - Returns: the decision, as the record that follows the last one that `population` has seen.
public func decide(_ id: Member.ID, in population: Population) -> Decision {
  let rules = population.rules
  let member = population.members[id]
  let ordinal = member.decisions + 1
  var random = RandomStream(seed: rules.seed, member: id, ordinal: ordinal, purpose: "exploit")
  let exploit = ExploitRules.make(rules.exploit)

  var decision = Decision(
    sequence: population.sequence + 1, member: id, ordinal: ordinal, saw: population.sequence, result: .stay,
    reason: "", rule: rules.versionedNames, ownScore: member.published?.score, threshold: nil,
    hyperparameters: member.hyperparameters)

  func inherit(from donorID: Member.ID, because reason: String) {
    let donor = population.members[donorID]
    guard let published = donor.published else {
      preconditionFailure("the rule \(rules.exploit.name) chose member \(donorID), which has published nothing")
    }
    decision.result = .inherit(
      Decision.Donor(
        member: donorID, sequence: published.sequence, checkpoint: published.checkpoint, age: published.age,
        score: published.score))
    decision.reason = reason
    decision.hyperparameters = ExploreRules.make(rules.explore).explore(
      rules.space.inherit(member.hyperparameters, from: published.hyperparameters),
      ExploreContext(member: id, ordinal: ordinal, rules: rules))
  }

  if let own = member.published {
    switch exploit.judge(member, own, in: population, random: &random) {
    case .keep(let reason, let threshold):
      decision.reason = reason.rawValue
      decision.threshold = threshold
    case .copy(let donor, let threshold):
      decision.threshold = threshold
      inherit(from: donor, because: "replaced by the rule")
    }
  } else {
    switch exploit.replacement(for: member, in: population, random: &random) {
    case .donor(let donor):
      inherit(from: donor, because: "it has no score of its own")
    case .nobodyScored:
      decision.result = .fresh
      decision.reason = "it has no score of its own, and nobody else has one"
      decision.hyperparameters = rules.space.sample(member: id, ordinal: ordinal, seed: rules.seed)
    case .ruleCopiesNobody:
      decision.result = .fail
      decision.reason = "it has no score of its own, and the rule copies nobody"
    }
  }
  return decision
}

/// The decision zero, with which a member joins a population.
public func initialDecision(_ id: Member.ID, in population: Population) -> Decision {
  let rules = population.rules
  return Decision(
    sequence: population.sequence + 1, member: id, ordinal: 0, saw: population.sequence, result: .stay,
    reason: "joined", rule: rules.versionedNames, ownScore: nil, threshold: nil,
    hyperparameters: rules.space.sample(member: id, ordinal: 0, seed: rules.seed))
}

extension Rules {
  /// The seed that a trainer is given: an integer in [0, 2^32), which every framework takes.
  ///
  /// It depends on the member and its own steps alone, so an interval that is repeated has the same seed.
  public func trainerSeed(member: Member.ID, steps: Int, kind: Interval.Kind) -> UInt64 {
    var random = RandomStream(seed: seed, member: member, ordinal: steps, purpose: "trainer \(kind.rawValue)")
    return random.bits() >> 32
  }

  /// The number that orders a score among equal ones.
  public func tie(member: Member.ID, steps: Int) -> UInt64 {
    var random = RandomStream(seed: seed, member: member, ordinal: steps, purpose: "tie")
    return random.bits() >> 11
  }

  /// The names and versions of the rules, for the record.
  var versionedNames: String {
    let used: [any Rule.Type] = [type(of: ExploitRules.make(exploit)), type(of: ExploreRules.make(explore))]
    return used.map { "\($0.name)/\($0.version)" }.joined(separator: " ")
  }
}
