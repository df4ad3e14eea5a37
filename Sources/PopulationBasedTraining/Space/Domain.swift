/// The values that a hyperparameter may have.
public enum Domain: Hashable, Sendable {
  /// Real numbers between two ends, both included, equally likely at first.
  case uniform(Double, Double)
  /// Positive real numbers between two ends, both included, whose logarithms are equally likely at first.
  case logUniform(Double, Double)
  /// Real numbers below 1 between two ends, both included, whose distances to 1 have equally likely logarithms at first:
  /// for a discount or a momentum, where 0.9 is to 0.99 as 0.99 to 0.999.
  case oneMinus(Double, Double)
  /// Whole numbers between two ends, both included.
  case integer(Int, Int)
  /// A list with an order: a value moves to a neighbour.
  case ordered([Value])
  /// A set without an order.
  case choice([Value])
  /// One value for each member, which stays with the member whatever it copies.
  case perMember([Value])
  /// One value for all.
  case fixed(Value)
  /// A value for each stretch of ages, such as a schedule that another run has found.
  case scheduled(Schedule)

  /// Whether this hyperparameter is searched: drawn at first, inherited and explored later.
  public var isSearched: Bool {
    switch self {
    case .uniform, .logUniform, .oneMinus, .integer, .ordered, .choice: true
    case .perMember, .fixed, .scheduled: false
    }
  }

  /// Whether the value is not the same throughout the life of a member.
  public var isChanging: Bool {
    if case .scheduled = self { true } else { isSearched }
  }

  /// Whether the value is of the right kind, in the range and on the grid.
  public func contains(_ value: Value) -> Bool {
    switch (self, value) {
    case (.uniform(let low, let high), .number(let number)), (.logUniform(let low, let high), .number(let number)),
      (.oneMinus(let low, let high), .number(let number)):
      low <= number && number <= high
    case (.integer(let low, let high), .integer(let integer)):
      low <= integer && integer <= high
    case (.ordered(let values), _), (.choice(let values), _), (.perMember(let values), _):
      values.contains(value)
    case (.fixed(let fixed), _):
      value == fixed
    case (.scheduled(let schedule), _):
      schedule.values.contains(value)
    default:
      false
    }
  }

  /// A value drawn from the range as at the start of a run; the member's own for one that is not searched. Members that
  /// join later than the list of own values is long begin it again.
  public func sample(member: Int, random: inout RandomStream) -> Value {
    switch self {
    case .uniform(let low, let high):
      return .number(min(max(low + random.unit() * (high - low), low), high))
    case .logUniform(let low, let high):
      let start = logarithm(low)
      return .number(min(max(exponential(start + random.unit() * (logarithm(high) - start)), low), high))
    case .oneMinus(let low, let high):
      let start = logarithm(1 - high)
      let distance = exponential(start + random.unit() * (logarithm(1 - low) - start))
      return .number(min(max(1 - distance, low), high))
    case .integer(let low, let high):
      return .integer(low + random.integer(below: high - low + 1))
    case .ordered(let values), .choice(let values):
      return values[random.integer(below: values.count)]
    case .perMember(let values):
      return values[member % values.count]
    case .fixed(let value):
      return value
    case .scheduled(let schedule):
      return schedule.value(at: 0)
    }
  }

  /// The same value in the kind of this domain, where a number lost its kind on the way through JSON (`1` for `1.0`).
  public func restored(_ value: Value) -> Value {
    switch (self, value) {
    case (.uniform, .integer(let integer)), (.logUniform, .integer(let integer)), (.oneMinus, .integer(let integer)):
      return .number(Double(integer))
    case (.integer, .number(let number)):
      return Int(exactly: number).map(Value.integer) ?? value
    case (.ordered(let values), _), (.choice(let values), _), (.perMember(let values), _):
      if values.contains(value) { return value }
      return values.first { $0.asNumber != nil && $0.asNumber == value.asNumber } ?? value
    case (.fixed(let fixed), _):
      return fixed.asNumber != nil && fixed.asNumber == value.asNumber ? fixed : value
    case (.scheduled(let schedule), _):
      return Domain.choice(schedule.values).restored(value)
    default:
      return value
    }
  }
}
