internal import PopulationBasedTraining

// The values of the rules as they stand in the file; the readers understand each of them.

extension Schedule {
  /// A budget that trainers are told.
  var totalStepsYAML: String {
    stretches.count == 1
      ? stretches[0].value.description : yamlMapping(stretches.map { ("\($0.age)", $0.value.description) })
  }
}

extension ScoreWindow {
  var yaml: String {
    switch self {
    case .last: "last"
    case .mean(let length): yamlMapping([("mean", "\(length)")])
    case .median(let length): yamlMapping([("median", "\(length)")])
    case .best(let length): yamlMapping([("best", "\(length)")])
    case .exponentialMean(let span): yamlMapping([("exponential_mean", "\(span)")])
    }
  }
}

extension Objective {
  var yaml: String { yamlMapping([("metric", yamlText(metric)), ("mode", mode.rawValue)]) }
}

extension IntervalLength {
  var yaml: String {
    switch self {
    case .every(let length): "\(length)"
    case .linear(let first, let last): yamlMapping([("linear", "[\(first), \(last)]")])
    case .listed(let lengths): "\(lengths)"
    }
  }
}

extension [Subpopulation] {
  /// How many, where they are alike; otherwise each.
  var yaml: String {
    if count > 1, allSatisfy({ $0 == Subpopulation(size: self[0].size) }) { return "\(count)" }
    return yamlList(
      map { part in
        yamlMapping([("size", "\(part.size)")], part.intervals == 1 ? [] : [("intervals", "\(part.intervals)")])
      })
  }
}

extension Rules.Order {
  /// - Parameter version: of the rules: in the first, asynchronous members copied younger models.
  func yaml(version: Int) -> String {
    switch self {
    case .asynchronous(let copiesYounger) where copiesYounger == (version == 1): "asynchronous"
    case .asynchronous(let copiesYounger):
      yamlMapping([("asynchronous", yamlMapping([("younger_donors", "\(copiesYounger)")]))])
    case .synchronous(1): "synchronous"
    case .synchronous(let fraction): yamlMapping([("synchronous", yamlMapping([("fraction", "\(fraction)")]))])
    }
  }
}

extension Rules.ImprovementGap {
  var yaml: String {
    if deviations == 0 { return "\(absolute)" }
    return yamlMapping(absolute == 0 ? [] : [("absolute", "\(absolute)")], [("deviations", "\(deviations)")])
  }
}

extension RuleChoice {
  /// The rule with its settings in the order in which it declares them.
  func yaml(_ rules: [any Rule.Type]) -> String {
    let declared = rules.first { $0.name == name }?.settings ?? []
    let order = declared.isEmpty ? settings.keys.sorted() : declared.map(\.name)
    guard !order.isEmpty else { return name }
    let whole = Set(declared.filter(\.isWhole).map(\.name))
    return yamlMapping([
      (
        name,
        yamlMapping(order.compactMap { key in settings[key].map { (key, $0.yaml(isWhole: whole.contains(key))) } })
      )
    ])
  }
}

extension Setting.Value {
  fileprivate func yaml(isWhole: Bool) -> String {
    switch self {
    case .number(let number): isWhole ? number.formatted : "\(number)"
    case .numbers(let numbers): isWhole ? yamlList(numbers.map(\.formatted)) : "\(numbers)"
    }
  }
}
