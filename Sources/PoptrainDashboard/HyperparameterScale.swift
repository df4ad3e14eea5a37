internal import PoptrainJSON
internal import PopulationBasedTraining

/// How the values of a hyperparameter are drawn: as numbers on a scale, or as choices by their position.
struct HyperparameterScale: Sendable {
  fileprivate enum Scale: String {
    case linear, integer
    case logarithmic = "log"
  }

  fileprivate enum Kind {
    case range(low: Double, high: Double, Scale)
    case choices([Value])
  }

  let name: String
  private let kind: Kind

  init(_ hyperparameter: Hyperparameter) {
    name = hyperparameter.name
    switch hyperparameter.domain {
    case .uniform(let low, let high), .oneMinus(let low, let high):
      kind = .range(low: low, high: high, .linear)
    case .logUniform(let low, let high): kind = .range(low: low, high: high, .logarithmic)
    case .integer(let low, let high): kind = .range(low: Double(low), high: Double(high), .integer)
    case .ordered(let values), .choice(let values), .perMember(let values): kind = .choices(values.distinct)
    case .fixed(let value): kind = Kind([value])
    case .scheduled(let schedule): kind = Kind(schedule.values.distinct)
    }
  }

  /// A value as a number; not a number where there is none.
  func number(_ value: Value?) -> Double {
    guard let value else { return .nan }
    switch kind {
    case .range: return value.asNumber ?? .nan
    case .choices(let values): return values.firstIndex(of: value).map(Double.init) ?? .nan
    }
  }

  var json: JSON {
    switch kind {
    case .range(let low, let high, let scale):
      .object([
        "name": .text(name), "scale": .text(scale.rawValue), "low": .number(low), "high": .number(high),
      ])
    case .choices(let values):
      .object(["name": .text(name), "choices": .array(values.map { .text($0.description) })])
    }
  }
}

extension HyperparameterScale.Kind {
  /// Values that are known beforehand: numbers on a scale, or anything else.
  fileprivate init(_ values: [Value]) {
    let numbers = values.compactMap(\.asNumber)
    if numbers.count == values.count, let low = numbers.min(), let high = numbers.max() {
      let areIntegers = values.allSatisfy { if case .integer = $0 { true } else { false } }
      self = .range(low: low, high: high, areIntegers ? .integer : .linear)
    } else {
      self = .choices(values)
    }
  }
}

extension [Value] {
  /// Each of them once, no before yes.
  fileprivate var distinct: [Value] {
    if allSatisfy({ $0 == .boolean(false) || $0 == .boolean(true) }) { return [.boolean(false), .boolean(true)] }
    return reduce(into: []) { values, value in if !values.contains(value) { values.append(value) } }
  }
}
