import PoptrainJSON

/// Holds a value against a schema of OpenAPI, as far as ours go: what does not fit, and where.
struct SchemaCheck {
  let description: JSON

  func findings(_ value: JSON, _ schema: JSON, at place: String = "") -> [String] {
    if let reference = schema["$ref"]?.text {
      let target = reference.split(separator: "/").dropFirst().reduce(Optional(description)) { $0?[String($1)] }
      return target.map { findings(value, $0, at: place) } ?? ["\(place): there is no \(reference)"]
    }
    if let alternatives = schema["anyOf"]?.array {
      return alternatives.contains { findings(value, $0).isEmpty } ? [] : ["\(place): \(value) fits nothing"]
    }
    if let words = schema["enum"]?.array { return words.contains(value) ? [] : ["\(place): \(value)"] }
    let types = schema["type"]?.array?.compactMap(\.text) ?? [schema["type"]?.text].compactMap(\.self)
    guard types.contains(where: { fits(value, $0) }) else { return ["\(place): \(value) is none of \(types)"] }
    if let number = value.double {
      let isBelow = schema["minimum"]?.double.map { number < $0 } ?? false
      return isBelow || (schema["maximum"]?.double.map { number > $0 } ?? false) ? ["\(place): \(number)"] : []
    }
    if let values = value.array, let items = schema["items"] {
      return values.enumerated().flatMap { findings($1, items, at: "\(place)[\($0)]") }
    }
    guard let members = value.members else { return [] }
    let required = (schema["required"]?.array ?? []).compactMap(\.text).filter { value[$0] == nil }
    return required.map { "\(place): there is no \($0)" }
      + members.flatMap { member -> [String] in
        let inner = "\(place).\(member.name)"
        if let property = schema["properties"]?[member.name] { return findings(member.value, property, at: inner) }
        switch schema["additionalProperties"] {
        case .boolean(false): return ["\(inner) is not described"]
        case let other?: return findings(member.value, other, at: inner)
        case nil: return []
        }
      }
  }

  private func fits(_ value: JSON, _ type: String) -> Bool {
    switch (value, type) {
    case (.integer, "integer"), (.integer, "number"), (.number, "number"), (.text, "string"), (.boolean, "boolean"),
      (.array, "array"), (.object, "object"), (.null, "null"):
      true
    default: false
    }
  }
}
