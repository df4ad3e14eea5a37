/// A searched hyperparameter as a number between 0 and 1, for rules that measure how far two values are apart.
///
/// Equal stretches of the unit interval are equally likely when a value is drawn at the start of a run. So a log-uniform
/// range is taken in the logarithm, that of ``oneMinus(_:_:)`` in the logarithm of the distance to 1, and each of n grid values has a stretch of length 1/n and stands in its middle.
extension Domain {
  /// Where the value stands in the unit interval; a real number outside its range stands at the nearer end.
  ///
  /// - Returns: nothing for a value that is not on the grid or of the wrong kind, and for a hyperparameter that is not
  ///   searched.
  package func unit(of value: Value) -> Double? {
    switch (self, value) {
    case (.uniform(let low, let high), .number(let number)):
      return Domain.position(of: number, low, high)
    case (.logUniform(let low, let high), .number(let number)):
      return number > 0 ? Domain.position(of: logarithm(number), logarithm(low), logarithm(high)) : 0
    case (.oneMinus(let low, let high), .number(let number)):
      let distance = number < 1 ? logarithm(1 - number) : -.infinity
      return 1 - Domain.position(of: distance, logarithm(1 - high), logarithm(1 - low))
    case (.integer(let low, let high), .integer(let integer)):
      guard low <= integer, integer <= high else { return nil }
      return (Double(integer - low) + 0.5) / Double(high - low + 1)
    case (.ordered(let values), _), (.choice(let values), _):
      return values.firstIndex(of: value).map { (Double($0) + 0.5) / Double(values.count) }
    default:
      return nil
    }
  }

  /// The value that stands at a place of the unit interval, inside the range and on the grid.
  ///
  /// - Returns: nothing for a hyperparameter that is not searched.
  func value(atUnit unit: Double) -> Value? {
    let unit = min(max(unit, 0), 1)
    switch self {
    case .uniform(let low, let high):
      return .number(min(max(low + unit * (high - low), low), high))
    case .logUniform(let low, let high):
      let start = logarithm(low)
      return .number(min(max(exponential(start + unit * (logarithm(high) - start)), low), high))
    case .oneMinus(let low, let high):
      let start = logarithm(1 - high)
      return .number(min(max(1 - exponential(start + (1 - unit) * (logarithm(1 - low) - start)), low), high))
    case .integer(let low, let high):
      return value(atIndex: min(Int(unit * Double(high - low + 1)), high - low))
    case .ordered(let values), .choice(let values):
      return value(atIndex: min(Int(unit * Double(values.count)), values.count - 1))
    case .perMember, .fixed, .scheduled:
      return nil
    }
  }

  /// The value of a grid, counted from 0.
  private func value(atIndex index: Int) -> Value? {
    switch self {
    case .integer(let low, _): .integer(low + index)
    case .ordered(let values), .choice(let values): values[index]
    case .uniform, .logUniform, .oneMinus, .perMember, .fixed, .scheduled: nil
    }
  }

  /// The value at a place of the range, which is as long as `count` says: from 0 to `count`.
  func value(atPlace place: Double, of count: Int) -> Value? {
    guard let gridCount else { return value(atUnit: place / Double(count)) }
    // Multiplied first: where a part of the range ends with a value of the grid, it is to end there exactly.
    let index = place * Double(gridCount) / Double(count)
    return value(atIndex: min(Int(index), gridCount - 1))
  }

  /// How many values a grid has; nothing for real numbers and for a hyperparameter that is not searched.
  var gridCount: Int? {
    switch self {
    case .integer(let low, let high): high - low + 1
    case .ordered(let values), .choice(let values): values.count
    case .uniform, .logUniform, .oneMinus, .perMember, .fixed, .scheduled: nil
    }
  }

  private static func position(of number: Double, _ low: Double, _ high: Double) -> Double {
    low < high ? min(max((number - low) / (high - low), 0), 1) : 0.5
  }
}
