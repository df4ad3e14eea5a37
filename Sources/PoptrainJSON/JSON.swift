/// A JSON value that keeps `1` and `1.0` apart and its members in order.
///
/// Foundation's coders turn `1.0` into `1`; a learning rate would come back as an integer.
/// Numbers that JSON does not have are written as the texts `"NaN"`, `"Infinity"` and `"-Infinity"`.
package enum JSON: Hashable, Sendable {
  case null
  case boolean(Bool)
  case integer(Int)
  case number(Double)
  case text(String)
  case array([JSON])
  case object([Member])

  /// A name and its value.
  package struct Member: Hashable, Sendable {
    /// The name.
    package var name: String
    /// The value.
    package var value: JSON

    /// Makes a member of an object.
    package init(_ name: String, _ value: JSON) {
      self.name = name
      self.value = value
    }
  }

  /// An object with members in the order given.
  package static func object(_ members: KeyValuePairs<String, JSON>) -> JSON {
    .object(members.map { Member($0.key, $0.value) })
  }

  /// The last member of this name, where this is an object.
  package subscript(name: String) -> JSON? {
    guard case .object(let members) = self else { return nil }
    return members.last { $0.name == name }?.value
  }

  /// The text, where this is one.
  package var text: String? {
    if case .text(let text) = self { text } else { nil }
  }

  /// The integer, where this is one.
  package var integer: Int? {
    if case .integer(let integer) = self { integer } else { nil }
  }

  /// The number, where this is one or stands for one that JSON does not have.
  package var double: Double? {
    switch self {
    case .integer(let integer): Double(integer)
    case .number(let number): number
    case .text("NaN"): .nan
    case .text("Infinity"): .infinity
    case .text("-Infinity"): -.infinity
    default: nil
    }
  }

  /// The values, where this is an array.
  package var array: [JSON]? {
    if case .array(let values) = self { values } else { nil }
  }

  /// The members, where this is an object.
  package var members: [Member]? {
    if case .object(let members) = self { members } else { nil }
  }
}
