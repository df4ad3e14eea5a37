internal import PopulationBasedTraining

extension Hyperparameter {
  /// What stands after the name in the file.
  var yaml: String {
    switch domain {
    case .fixed(let value): value.yaml
    case .uniform(let low, let high): yamlMapping([("uniform", "[\(low), \(high)]")], extras)
    case .logUniform(let low, let high): yamlMapping([("log_uniform", "[\(low), \(high)]")], extras)
    case .oneMinus(let low, let high):
      yamlMapping([("uniform", "[\(low), \(high)]"), ("transform", "one_minus")], extras)
    case .integer(let low, let high): yamlMapping([("integer", "[\(low), \(high)]")], extras)
    case .ordered(let values): yamlMapping([("ordered", yamlList(values.map(\.yaml)))], extras)
    case .choice(let values): yamlMapping([("choice", yamlList(values.map(\.yaml)))], extras)
    case .perMember(let values): yamlMapping([("per_member", yamlList(values.map(\.yaml)))])
    case .scheduled(let schedule):
      yamlMapping([("schedule", yamlMapping(schedule.stretches.map { ("\($0.age)", $0.value.yaml) }))])
    }
  }

  private var extras: [(String, String)] {
    let initial = initials.isEmpty ? initial?.yaml : yamlList(initials.map(\.yaml))
    let pairs = [
      ("initial", initial), ("structural", isStructural ? "true" : nil),
      ("explore", explore?.yaml(ExploreRules.all.map { $0 })), ("bounds", bounds?.rawValue),
    ]
    return pairs.compactMap { key, value in value.map { (key, $0) } }
  }
}

extension Value {
  fileprivate var yaml: String {
    if case .text(let text) = self { yamlText(text) } else { description }
  }
}
