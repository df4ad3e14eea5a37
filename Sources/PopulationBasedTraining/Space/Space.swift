/// One name of the search space, with its values.
public struct Hyperparameter: Hashable, Sendable {
  /// The name under which the trainer reads it.
  public var name: String
  /// The values it may have.
  public var domain: Domain
  /// Where every member starts, instead of a random draw.
  public var initial: Value?
  /// Whether it changes the shape of the weights: then it is inherited with them and never explored.
  public var isStructural: Bool

  /// Describes a hyperparameter; `initial`, if any, must be in the domain.
  public init(_ name: String, _ domain: Domain, initial: Value? = nil, isStructural: Bool = false) {
    precondition(initial.map(domain.contains) ?? true, "the initial value of \(name) is outside its range")
    self.name = name
    self.domain = domain
    self.initial = initial
    self.isStructural = isStructural
  }
}

/// The hyperparameters of an experiment, in the order in which the user wrote them.
public struct Space: Hashable, Sendable {
  /// The hyperparameters, with distinct names.
  public let hyperparameters: [Hyperparameter]
  private let positions: [String: Int]

  /// Makes a space; the names must be distinct.
  public init(_ hyperparameters: [Hyperparameter]) {
    self.hyperparameters = hyperparameters
    positions = Dictionary(uniqueKeysWithValues: hyperparameters.enumerated().map { ($1.name, $0) })
  }

  /// The hyperparameter of this name.
  public subscript(name: String) -> Hyperparameter? {
    positions[name].map { hyperparameters[$0] }
  }

  /// Draws a value for every hyperparameter of a member.
  ///
  /// - Parameters:
  ///   - ordinal: the number of the decision for which is drawn; 0 when the member joins, where initial values count.
  ///   - seed: the experiment's seed.
  public func sample(member: Int, ordinal: Int, seed: UInt64) -> Hyperparameters {
    var values = Hyperparameters(minimumCapacity: hyperparameters.count)
    for hyperparameter in hyperparameters {
      var random = RandomStream(seed: seed, member: member, ordinal: ordinal, purpose: "sample \(hyperparameter.name)")
      let drawn = hyperparameter.domain.sample(member: member, random: &random)
      values[hyperparameter.name] = ordinal == 0 ? hyperparameter.initial ?? drawn : drawn
    }
    return values
  }

  /// The values that a member has after copying a donor, before exploring: searched ones are the donor's.
  public func inherit(_ own: Hyperparameters, from donor: Hyperparameters) -> Hyperparameters {
    var values = own
    for hyperparameter in hyperparameters where hyperparameter.domain.isSearched {
      values[hyperparameter.name] = donor[hyperparameter.name]
    }
    return values
  }
}
