/// What becomes of a value that a move takes out of its range.
public enum Bounds: String, Hashable, Sendable, CaseIterable {
  /// It is mirrored at the end that it has passed.
  case reflect
  /// It stays at the end that it has passed.
  case clip
}

/// One name of the search space, with its values.
public struct Hyperparameter: Hashable, Sendable {
  /// The name under which the trainer reads it.
  public var name: String
  /// The values it may have.
  public var domain: Domain
  /// Where every member starts, instead of a random draw.
  public var initial: Value?
  /// Where the first members start, one value each; the others at a random draw. Not together with ``initial``.
  public var initials: [Value]
  /// Whether it changes the shape of the weights: then it is inherited with them and never explored.
  public var isStructural: Bool
  /// How it is explored, where not as the experiment says.
  public var explore: RuleChoice?
  /// What becomes of it outside its range, where not what the experiment says.
  public var bounds: Bounds?

  /// Describes a hyperparameter; initial values, if any, must be in the domain.
  public init(
    _ name: String, _ domain: Domain, initial: Value? = nil, initials: [Value] = [], isStructural: Bool = false,
    explore: RuleChoice? = nil, bounds: Bounds? = nil
  ) {
    let given = initials + [initial].compactMap(\.self)
    precondition(given.allSatisfy(domain.contains), "an initial value of \(name) is outside its range")
    precondition(initial == nil || initials.isEmpty, "\(name) has one initial value, or one for each member")
    self.name = name
    self.domain = domain
    self.initial = initial
    self.initials = initials
    self.isStructural = isStructural
    self.explore = explore
    self.bounds = bounds
  }

  /// Where a member starts; none: at a random draw.
  func start(of member: Int) -> Value? {
    initials.indices.contains(member) ? initials[member] : initial
  }
}

/// The hyperparameters of an experiment, in the order in which the user wrote them.
public struct Space: Hashable, Sendable {
  /// The hyperparameters, with distinct names.
  public let hyperparameters: [Hyperparameter]
  /// What the values of a member satisfy together.
  public let constraints: [Constraint]
  private let positions: [String: Int]

  /// Makes a space; the names must be distinct.
  public init(_ hyperparameters: [Hyperparameter], constraints: [Constraint] = []) {
    self.hyperparameters = hyperparameters
    self.constraints = constraints
    positions = Dictionary(uniqueKeysWithValues: hyperparameters.enumerated().map { ($1.name, $0) })
  }

  /// The hyperparameter of this name. O(1).
  public subscript(name: String) -> Hyperparameter? {
    positions[name].map { hyperparameters[$0] }
  }

  /// Whether the values satisfy every constraint.
  public func allows(_ values: Hyperparameters) -> Bool {
    constraints.allSatisfy { $0.holds(for: values) }
  }

  /// How often values that break a constraint are drawn again.
  static let attempts = 1000

  /// Draws a value for every hyperparameter of a member; where a constraint is broken, all of them again.
  ///
  /// - Parameters:
  ///   - member: the member, from 0.
  ///   - ordinal: the number of the decision for which is drawn; 0 when the member joins, where initial values count.
  ///   - seed: the experiment's seed.
  ///   - trained: the values of weights that are to be trained on: what changes their shape is not drawn but taken.
  /// - Returns: values that satisfy every constraint, unless none of a thousand draws did.
  public func sample(
    member: Int, ordinal: Int, seed: UInt64, forWeightsOf trained: Hyperparameters? = nil
  ) -> Hyperparameters {
    firstAllowed { attempt in
      var values = Hyperparameters(minimumCapacity: hyperparameters.count)
      for hyperparameter in hyperparameters {
        var random = RandomStream(
          seed: seed, member: member, ordinal: ordinal, purpose: "sample \(hyperparameter.name)\(again(attempt))")
        let drawn = hyperparameter.domain.sample(member: member, random: &random)
        values[hyperparameter.name] = ordinal == 0 ? hyperparameter.start(of: member) ?? drawn : drawn
      }
      return trained.map { inherit(values, from: $0, .weights) } ?? values
    }.values
  }

  /// The first of many attempts that satisfies every constraint; the last one, where none does.
  func firstAllowed(_ make: (_ attempt: Int) -> Hyperparameters) -> (values: Hyperparameters, isAllowed: Bool) {
    var values = make(0)
    for attempt in 1..<Space.attempts {
      if allows(values) { return (values, true) }
      values = make(attempt)
    }
    return (values, allows(values))
  }

  /// Which part of a donor's state a member takes over.
  ///
  /// - Parameters:
  ///   - own: the values of the member before.
  ///   - donor: the values under which the donor was scored.
  ///   - what: with weights alone, only what changes their shape is inherited; with hyperparameters alone, only the rest.
  /// - Returns: the values before exploring. Those that are not searched are the member's own.
  public func inherit(_ own: Hyperparameters, from donor: Hyperparameters, _ what: Inheritance) -> Hyperparameters {
    var values = own
    for hyperparameter in hyperparameters where hyperparameter.domain.isSearched {
      let isInherited = hyperparameter.isStructural ? what.includesWeights : what.includesHyperparameters
      if isInherited { values[hyperparameter.name] = donor[hyperparameter.name] }
    }
    return values
  }

  /// The values at an age: scheduled ones change with it.
  public func inForce(_ values: Hyperparameters, at age: Int) -> Hyperparameters {
    var values = values
    for case (let name, .scheduled(let schedule)) in hyperparameters.map({ ($0.name, $0.domain) }) {
      values[name] = schedule.value(at: age)
    }
    return values
  }

  /// The next age after this one at which a scheduled value changes.
  public func nextChange(after age: Int) -> Int? {
    hyperparameters.compactMap {
      if case .scheduled(let schedule) = $0.domain { schedule.nextChange(after: age) } else { nil }
    }.min()
  }
}

/// The end of a stream's name, for draws that are made again.
func again(_ attempt: Int) -> String { attempt == 0 ? "" : " again \(attempt)" }

/// What a member takes over from a donor.
public enum Inheritance: String, Hashable, Sendable, CaseIterable, Codable {
  /// Weights and hyperparameters: the paper's `exploit`.
  case both
  /// The weights; it keeps its own hyperparameters, and explores from them.
  case weights
  /// The hyperparameters; it keeps its own weights.
  case hyperparameters

  /// Whether the weights are copied.
  public var includesWeights: Bool { self != .hyperparameters }
  /// Whether the hyperparameters are copied.
  public var includesHyperparameters: Bool { self != .weights }
}
