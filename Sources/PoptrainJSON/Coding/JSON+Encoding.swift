extension JSON {
  /// What a value encodes itself as.
  ///
  /// Integers and numbers stay apart, fields keep their order, and one that is nil is written as `null`. A property
  /// `trainedSteps` is the field `trained_steps`; a ``JSON/Name`` and the keys of a dictionary are written as they are.
  package init(encoding value: some Encodable) throws {
    let node = Node()
    try node.set(value, at: [])
    self = node.json
  }

  /// The name of a field that is not known before, such as that of a hyperparameter.
  package struct Name: CodingKey {
    package let stringValue: String
    package var intValue: Int? { nil }

    package init(_ name: String) { stringValue = name }
    package init(stringValue: String) { self.init(stringValue) }
    package init?(intValue: Int) { nil }
  }
}

extension CodingKey {
  /// The name of the field: `trained_steps` of `trainedSteps`.
  var field: String {
    guard !(self is JSON.Name) else { return stringValue }
    var field = ""
    var isAfterLowercase = false
    for character in stringValue {
      if character.isUppercase, isAfterLowercase { field += "_" }
      isAfterLowercase = !character.isUppercase
      field += character.lowercased()
    }
    return field
  }
}

/// A value that is being encoded.
private final class Node {
  private enum Kind { case plain(JSON), array, object }

  private var kind = Kind.plain(.null)
  /// The elements of an array, or the fields of an object with their names.
  private var children: [(name: String, node: Node)] = []

  var json: JSON {
    switch kind {
    case .plain(let value): value
    case .array: .array(children.map(\.node.json))
    case .object: .object(children.map { JSON.Member($0.name, $0.node.json) })
    }
  }

  var count: Int { children.count }

  func beginArray() { kind = .array }
  func beginObject() { kind = .object }

  func add(_ name: String = "") -> Node {
    let node = Node()
    children.append((name, node))
    return node
  }

  func set(_ value: some Encodable, at path: [any CodingKey]) throws {
    switch value {
    case let boolean as Bool: kind = .plain(.boolean(boolean))
    case let text as String: kind = .plain(.text(text))
    case let number as Double: kind = .plain(.number(number))
    case let number as Float: kind = .plain(.number(Double(number)))
    case let integer as any FixedWidthInteger:
      kind = .plain(Int(exactly: integer).map(JSON.integer) ?? .number(Double(integer)))
    case let dictionary as [String: any Encodable]:
      beginObject()
      for (name, value) in dictionary.sorted(by: { $0.key < $1.key }) {
        try add(name).set(value, at: path + [JSON.Name(name)])
      }
    default: try value.encode(to: NodeEncoder(node: self, codingPath: path))
    }
  }
}

private struct NodeEncoder: Encoder {
  let node: Node
  let codingPath: [any CodingKey]
  var userInfo: [CodingUserInfoKey: Any] { [:] }

  func container<Key: CodingKey>(keyedBy type: Key.Type) -> KeyedEncodingContainer<Key> {
    node.beginObject()
    return KeyedEncodingContainer(Fields(node: node, codingPath: codingPath))
  }

  func unkeyedContainer() -> any UnkeyedEncodingContainer {
    node.beginArray()
    return Elements(node: node, codingPath: codingPath)
  }

  func singleValueContainer() -> any SingleValueEncodingContainer { Single(node: node, codingPath: codingPath) }
}

private struct Fields<Key: CodingKey>: KeyedEncodingContainerProtocol {
  let node: Node
  let codingPath: [any CodingKey]

  private func encoder(_ key: any CodingKey) -> NodeEncoder {
    NodeEncoder(node: node.add(key.field), codingPath: codingPath + [key])
  }

  func encodeNil(forKey key: Key) { _ = node.add(key.field) }

  func encode<Value: Encodable>(_ value: Value, forKey key: Key) throws {
    try node.add(key.field).set(value, at: codingPath + [key])
  }

  // What is nil is written too, so that every value of a type has the same fields.
  func encodeIfPresent(_ value: Bool?, forKey key: Key) throws { try encode(value, forKey: key) }
  func encodeIfPresent(_ value: Int?, forKey key: Key) throws { try encode(value, forKey: key) }
  func encodeIfPresent(_ value: Double?, forKey key: Key) throws { try encode(value, forKey: key) }
  func encodeIfPresent(_ value: String?, forKey key: Key) throws { try encode(value, forKey: key) }
  func encodeIfPresent<Value: Encodable>(_ value: Value?, forKey key: Key) throws { try encode(value, forKey: key) }

  func nestedContainer<Nested: CodingKey>(
    keyedBy type: Nested.Type, forKey key: Key
  ) -> KeyedEncodingContainer<Nested> {
    encoder(key).container(keyedBy: type)
  }

  func nestedUnkeyedContainer(forKey key: Key) -> any UnkeyedEncodingContainer { encoder(key).unkeyedContainer() }
  func superEncoder() -> any Encoder { encoder(JSON.Name("super")) }
  func superEncoder(forKey key: Key) -> any Encoder { encoder(key) }
}

private struct Elements: UnkeyedEncodingContainer {
  let node: Node
  let codingPath: [any CodingKey]
  var count: Int { node.count }

  private func encoder() -> NodeEncoder { NodeEncoder(node: node.add(), codingPath: codingPath) }

  func encodeNil() { _ = node.add() }
  func encode<Value: Encodable>(_ value: Value) throws { try node.add().set(value, at: codingPath) }

  func nestedContainer<Nested: CodingKey>(keyedBy type: Nested.Type) -> KeyedEncodingContainer<Nested> {
    encoder().container(keyedBy: type)
  }

  func nestedUnkeyedContainer() -> any UnkeyedEncodingContainer { encoder().unkeyedContainer() }
  func superEncoder() -> any Encoder { encoder() }
}

private struct Single: SingleValueEncodingContainer {
  let node: Node
  let codingPath: [any CodingKey]

  /// A value is null until it is something else.
  func encodeNil() {}
  func encode<Value: Encodable>(_ value: Value) throws { try node.set(value, at: codingPath) }
}
