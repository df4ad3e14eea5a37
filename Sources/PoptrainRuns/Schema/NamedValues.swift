package import PoptrainJSON
package import PopulationBasedTraining

/// Hyperparameters as programs read them: an object in the order of the space, in which `1` and `1.0` stay apart.
package struct NamedValues: Hashable, Sendable {
  /// The names, in the order of the space.
  package let names: [String]
  private let values: Hyperparameters

  /// The values of a space.
  package init(_ hyperparameters: Hyperparameters, in space: Space) {
    names = space.hyperparameters.map(\.name).filter { hyperparameters[$0] != nil }
    values = hyperparameters
  }

  /// The value of this name.
  package subscript(name: String) -> Value? { values[name] }
}

extension NamedValues: Codable {
  package init(from decoder: any Decoder) throws {
    let fields = try decoder.container(keyedBy: JSON.Name.self)
    var (names, values) = ([String](), Hyperparameters())
    for key in fields.allKeys where values[key.stringValue] == nil {
      names.append(key.stringValue)
      values[key.stringValue] = try fields.decodeValue(forKey: key)
    }
    self.names = names
    self.values = values
  }

  package func encode(to encoder: any Encoder) throws {
    var fields = encoder.container(keyedBy: JSON.Name.self)
    for name in names { try fields.encodeValue(values[name], forKey: JSON.Name(name)) }
  }
}

extension KeyedEncodingContainer<JSON.Name> {
  /// Writes a value as what it is; nothing where there is none.
  package mutating func encodeValue(_ value: Value?, forKey key: JSON.Name) throws {
    switch value {
    case .number(let number): try encode(number, forKey: key)
    case .integer(let integer): try encode(integer, forKey: key)
    case .text(let text): try encode(text, forKey: key)
    case .boolean(let boolean): try encode(boolean, forKey: key)
    case nil: break
    }
  }
}

extension KeyedDecodingContainer<JSON.Name> {
  fileprivate func decodeValue(forKey key: JSON.Name) throws -> Value {
    if let integer = try? decode(Int.self, forKey: key) { return .integer(integer) }
    if let boolean = try? decode(Bool.self, forKey: key) { return .boolean(boolean) }
    if let text = try? decode(String.self, forKey: key) { return .text(text) }
    return .number(try decode(Double.self, forKey: key))
  }
}

// What programs read calls these by their raw values.
extension Member.State: Codable {}
extension Rules.Mode: Codable {}
