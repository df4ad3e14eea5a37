extension JSON {
  /// The value of a type that encodes itself as this; fields that the type does not know are left out.
  package func decoded<Value: Decodable>(as type: Value.Type = Value.self) throws -> Value {
    try decoded(type, at: [])
  }

  fileprivate func decoded<Value: Decodable>(_ type: Value.Type, at path: [any CodingKey]) throws -> Value {
    if let plain = type as? any Plain.Type {
      guard let value = plain.init(plain: self) as? Value else { throw mismatch(type, at: path) }
      return value
    }
    if let integers = type as? any FixedWidthInteger.Type {
      guard let integer, let value = integers.init(exactly: integer) as? Value else { throw mismatch(type, at: path) }
      return value
    }
    return try type.init(from: ValueDecoder(value: self, codingPath: path))
  }

  fileprivate func mismatch(_ type: Any.Type, at path: [any CodingKey]) -> DecodingError {
    .typeMismatch(type, .init(codingPath: path, debugDescription: "\(self) is no \(type)"))
  }
}

/// What is one value of JSON.
private protocol Plain {
  init?(plain json: JSON)
}

extension Bool: Plain {
  fileprivate init?(plain json: JSON) {
    guard case .boolean(let boolean) = json else { return nil }
    self = boolean
  }
}

extension String: Plain {
  fileprivate init?(plain json: JSON) {
    guard let text = json.text else { return nil }
    self = text
  }
}

extension Double: Plain {
  fileprivate init?(plain json: JSON) {
    guard let number = json.double else { return nil }
    self = number
  }
}

extension Float: Plain {
  fileprivate init?(plain json: JSON) {
    guard let number = json.double else { return nil }
    self.init(number)
  }
}

private struct ValueDecoder: Decoder {
  let value: JSON
  let codingPath: [any CodingKey]
  var userInfo: [CodingUserInfoKey: Any] { [:] }

  func container<Key: CodingKey>(keyedBy type: Key.Type) throws -> KeyedDecodingContainer<Key> {
    guard let members = value.members else { throw value.mismatch([String: JSON].self, at: codingPath) }
    return KeyedDecodingContainer(Fields(members: members, codingPath: codingPath))
  }

  func unkeyedContainer() throws -> any UnkeyedDecodingContainer {
    guard let values = value.array else { throw value.mismatch([JSON].self, at: codingPath) }
    return Elements(values: values, codingPath: codingPath)
  }

  func singleValueContainer() -> any SingleValueDecodingContainer { Single(value: value, codingPath: codingPath) }
}

private struct Fields<Key: CodingKey>: KeyedDecodingContainerProtocol {
  let members: [JSON.Member]
  let codingPath: [any CodingKey]

  var allKeys: [Key] { members.compactMap { Key(stringValue: $0.name) } }

  private func value(_ key: any CodingKey) -> JSON? {
    JSON.object(members)[key.stringValue] ?? JSON.object(members)[key.field]
  }

  private func decoder(_ key: any CodingKey) throws -> ValueDecoder {
    guard let value = value(key) else {
      throw DecodingError.keyNotFound(key, .init(codingPath: codingPath, debugDescription: "there is no \(key.field)"))
    }
    return ValueDecoder(value: value, codingPath: codingPath + [key])
  }

  func contains(_ key: Key) -> Bool { value(key) != nil }
  func decodeNil(forKey key: Key) -> Bool { value(key) == .null }

  func decode<Value: Decodable>(_ type: Value.Type, forKey key: Key) throws -> Value {
    let decoder = try decoder(key)
    return try decoder.value.decoded(type, at: decoder.codingPath)
  }

  func nestedContainer<Nested: CodingKey>(
    keyedBy type: Nested.Type, forKey key: Key
  ) throws -> KeyedDecodingContainer<Nested> {
    try decoder(key).container(keyedBy: type)
  }

  func nestedUnkeyedContainer(forKey key: Key) throws -> any UnkeyedDecodingContainer {
    try decoder(key).unkeyedContainer()
  }

  func superDecoder() throws -> any Decoder { try decoder(JSON.Name("super")) }
  func superDecoder(forKey key: Key) throws -> any Decoder { try decoder(key) }
}

private struct Elements: UnkeyedDecodingContainer {
  let values: [JSON]
  let codingPath: [any CodingKey]
  private(set) var currentIndex = 0

  init(values: [JSON], codingPath: [any CodingKey]) {
    self.values = values
    self.codingPath = codingPath
  }

  var count: Int? { values.count }
  var isAtEnd: Bool { currentIndex == values.count }

  private mutating func next() throws -> ValueDecoder {
    guard !isAtEnd else {
      throw DecodingError.valueNotFound(JSON.self, .init(codingPath: codingPath, debugDescription: "the array ends"))
    }
    defer { currentIndex += 1 }
    return ValueDecoder(value: values[currentIndex], codingPath: codingPath)
  }

  mutating func decodeNil() -> Bool {
    guard !isAtEnd, values[currentIndex] == .null else { return false }
    currentIndex += 1
    return true
  }

  mutating func decode<Value: Decodable>(_ type: Value.Type) throws -> Value {
    try next().value.decoded(type, at: codingPath)
  }

  mutating func nestedContainer<Nested: CodingKey>(
    keyedBy type: Nested.Type
  ) throws -> KeyedDecodingContainer<Nested> {
    try next().container(keyedBy: type)
  }

  mutating func nestedUnkeyedContainer() throws -> any UnkeyedDecodingContainer { try next().unkeyedContainer() }
  mutating func superDecoder() throws -> any Decoder { try next() }
}

private struct Single: SingleValueDecodingContainer {
  let value: JSON
  let codingPath: [any CodingKey]

  func decodeNil() -> Bool { value == .null }

  func decode<Value: Decodable>(_ type: Value.Type) throws -> Value { try value.decoded(type, at: codingPath) }
}
