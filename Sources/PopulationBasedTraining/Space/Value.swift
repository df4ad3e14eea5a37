/// The value of one hyperparameter.
public enum Value: Hashable, Sendable, Codable {
  /// A real number, always finite.
  case number(Double)
  /// A whole number.
  case integer(Int)
  /// A name out of a set.
  case text(String)
  /// A switch.
  case boolean(Bool)

  /// The value as a real number, where it is one or the other kind of number.
  public var asNumber: Double? {
    switch self {
    case .number(let number): number
    case .integer(let integer): Double(integer)
    case .text, .boolean: nil
    }
  }
}

extension Value: CustomStringConvertible {
  /// The value as a person would write it: `0.001`, `64`, `flip`, `true`.
  public var description: String {
    switch self {
    case .number(let number): "\(number)"
    case .integer(let integer): "\(integer)"
    case .text(let text): text
    case .boolean(let boolean): "\(boolean)"
    }
  }
}

/// The hyperparameters of a member: a value for each name of the space.
public typealias Hyperparameters = [String: Value]
