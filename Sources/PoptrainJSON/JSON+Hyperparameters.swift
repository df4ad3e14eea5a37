package import PopulationBasedTraining

extension JSON {
  /// The value of a hyperparameter.
  package init(_ value: Value) {
    self =
      switch value {
      case .number(let number): .number(number)
      case .integer(let integer): .integer(integer)
      case .text(let text): .text(text)
      case .boolean(let boolean): .boolean(boolean)
      }
  }

  /// Hyperparameters as an object, in the order of the space.
  package init(_ hyperparameters: Hyperparameters, in space: Space) {
    self = .object(
      space.hyperparameters.compactMap { hyperparameter in
        hyperparameters[hyperparameter.name].map { Member(hyperparameter.name, JSON($0)) }
      })
  }

  /// Metrics as an object, in the order of their names.
  package init(metrics: [String: Double]) {
    self = .object(metrics.sorted { $0.key < $1.key }.map { Member($0.key, .number($0.value)) })
  }

  /// The value of a hyperparameter, where this is one.
  package var hyperparameterValue: Value? {
    switch self {
    case .number(let number): .number(number)
    case .integer(let integer): .integer(integer)
    case .text(let text): .text(text)
    case .boolean(let boolean): .boolean(boolean)
    case .null, .array, .object: nil
    }
  }

  /// The hyperparameters of an object, each in the kind of its domain.
  package func hyperparameters(in space: Space) -> Hyperparameters {
    var values = Hyperparameters()
    for member in members ?? [] {
      guard let value = member.value.hyperparameterValue else { continue }
      values[member.name] = space[member.name]?.domain.restored(value) ?? value
    }
    return values
  }

  /// The metrics of an object.
  package var metrics: [String: Double] {
    Dictionary((members ?? []).compactMap { member in member.value.double.map { (member.name, $0) } }) { $1 }
  }
}
