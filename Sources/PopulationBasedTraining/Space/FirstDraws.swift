extension Rules {
  /// How the members with which a population begins draw their values.
  public enum FirstDraws: String, Hashable, Sendable, CaseIterable {
    /// Every part of every range is drawn from: a Latin hypercube.
    case stratified
    /// Each for itself, so that by chance all of them may miss the good part of a range.
    case independent
  }
}

/// A Latin hypercube (McKay, Beckman and Conover 1979): the range of each searched hyperparameter is divided into as many
/// equally likely parts as a population has members at first, and each member draws from a part of its own.
///
/// Who draws from which part is a random order for each hyperparameter, from the stream named by the seed and the
/// hyperparameter. Where in it is from the member's own stream; on a grid it is the same place for all, so that no value
/// is drawn more than once more often than another.
struct Strata: Sendable {
  /// How many members draw.
  let count: Int
  private let seed: UInt64
  private let searched: [String: Searched]

  private struct Searched {
    /// The part of each member.
    let order: [Int]
    /// The place on a grid within a part, a fraction.
    let offset: Double
  }

  /// How often values that break a constraint are drawn again from the same parts.
  static let attempts = 100

  /// The parts for the members with which a population begins; none where they draw independently. O(n h) for n members
  /// and h hyperparameters.
  init?(_ rules: Rules) {
    guard rules.firstDraws == .stratified else { return nil }
    count = rules.populationSize
    seed = rules.seed
    var searched: [String: Searched] = [:]
    for hyperparameter in rules.space.hyperparameters where hyperparameter.domain.isSearched {
      var random = RandomStream(seed: rules.seed, member: 0, ordinal: 0, purpose: "strata \(hyperparameter.name)")
      let offset = random.unit()
      var order = Array(0..<count)
      for last in stride(from: count - 1, to: 0, by: -1) { order.swapAt(last, random.integer(below: last + 1)) }
      searched[hyperparameter.name] = Searched(order: order, offset: offset)
    }
    self.searched = searched
  }

  /// The value with which a member joins, unless it has an initial one.
  fileprivate func value(of hyperparameter: Hyperparameter, member: Member.ID, attempt: Int) -> Value {
    let domain = hyperparameter.domain
    var random = RandomStream(
      seed: seed, member: member, ordinal: 0, purpose: "sample \(hyperparameter.name)\(again(attempt))")
    guard let parts = searched[hyperparameter.name] else { return domain.sample(member: member, random: &random) }
    let within = domain.gridCount != nil && attempt == 0 ? parts.offset : random.unit()
    let value = domain.value(atPlace: Double(parts.order[member]) + within, of: count)
    return value ?? domain.sample(member: member, random: &random)
  }
}

extension Space {
  /// The values with which a member joins.
  ///
  /// Where a constraint is broken they are drawn again from the same parts, and at last from whole ranges.
  ///
  /// - Parameter strata: the parts from which the first members draw; none: everyone draws from whole ranges.
  func firstValues(of member: Member.ID, seed: UInt64, strata: Strata?) -> Hyperparameters {
    guard let strata, member < strata.count else { return sample(member: member, ordinal: 0, seed: seed) }
    for attempt in 0..<Strata.attempts {
      var values = Hyperparameters(minimumCapacity: hyperparameters.count)
      for hyperparameter in hyperparameters {
        values[hyperparameter.name] =
          hyperparameter.start(of: member) ?? strata.value(of: hyperparameter, member: member, attempt: attempt)
      }
      if allows(values) { return values }
    }
    return sample(member: member, ordinal: 0, seed: seed)
  }
}
