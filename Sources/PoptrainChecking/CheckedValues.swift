internal import Foundation
package import PopulationBasedTraining

// The values under which a trainer is checked.

extension Space {
  /// Values in the middle of every range, or the initial ones.
  package var central: Hyperparameters {
    Hyperparameters(
      uniqueKeysWithValues: hyperparameters.map { ($0.name, $0.initial ?? $0.domain.central) })
  }
}

extension Domain {
  /// A value in the middle.
  package var central: Value {
    switch self {
    case .uniform(let low, let high): .number(low + (high - low) / 2)
    case .logUniform(let low, let high): .number(min(max((low * high).squareRoot(), low), high))
    case .integer(let low, let high): .integer(low + (high - low) / 2)
    case .ordered(let values): values[values.count / 2]
    case .choice(let values), .perMember(let values): values[0]
    case .oneMinus(let low, let high): .number(1 - ((1 - low) * (1 - high)).squareRoot())
    case .fixed(let value): value
    case .scheduled(let schedule): schedule.value(at: 0)
    }
  }

  /// The values that should make a difference: of a range both ends, the one that is farther away first; of a choice
  /// all others.
  package func far(from value: Value) -> [Value] {
    let ends: [Value]
    switch self {
    case .uniform(let low, let high): ends = [.number(low), .number(high)]
    case .logUniform(let low, let high), .oneMinus(let low, let high): ends = [.number(low), .number(high)]
    case .integer(let low, let high): ends = [.integer(low), .integer(high)]
    case .ordered(let values): ends = [values.first, values.last].compactMap { $0 }
    case .choice(let values): return values.filter { $0 != value }
    case .perMember, .fixed, .scheduled: return []
    }
    let isFirstFarther = distance(ends[0], value) >= distance(ends[1], value)
    return (isFirstFarther ? ends : ends.reversed()).filter { $0 != value }
  }

  /// Values of a range in the middle between one and each of others.
  func between(_ value: Value, _ others: [Value]) -> [Value] {
    guard let value = value.asNumber else { return [] }
    return others.compactMap(\.asNumber).compactMap { other in
      switch self {
      case .uniform: .number((value + other) / 2)
      case .logUniform: .number((value * other).squareRoot())
      case .oneMinus: .number(1 - ((1 - value) * (1 - other)).squareRoot())
      case .integer, .ordered, .choice, .perMember, .fixed, .scheduled: nil
      }
    }
  }

  private func distance(_ left: Value, _ right: Value) -> Double {
    switch (self, left.asNumber, right.asNumber) {
    case (.ordered(let values), _, _):
      let positions = [left, right].map { values.firstIndex(of: $0) ?? 0 }
      return Double(abs(positions[0] - positions[1]))
    case (.logUniform, let left?, let right?): return abs(log(left / right))
    case (.oneMinus, let left?, let right?): return abs(log((1 - left) / (1 - right)))
    case (_, let left?, let right?): return abs(left - right)
    default: return 0
    }
  }
}

extension Rules {
  /// What explore makes of each value that it may change; nothing where it changes none.
  package func neighbours(of values: Hyperparameters) -> Hyperparameters {
    let population = Population(rules: self)
    let explored = (1...64).map { population.explored(values, member: 0, ordinal: $0, fallback: values) }
    var neighbours = Hyperparameters()
    for hyperparameter in space.hyperparameters {
      let name = hyperparameter.name
      if let moved = explored.first(where: { $0[name] != values[name] }) { neighbours[name] = moved[name] }
    }
    return neighbours
  }
}
