/// A comparison that the hyperparameters of every member satisfy: of two of them, or of one with a number.
public struct Constraint: Hashable, Sendable {
  /// How the left side stands to the right.
  public enum Comparison: String, Hashable, Sendable, CaseIterable {
    /// Smaller than the right side.
    case less = "<"
    /// Smaller or equal.
    case atMost = "<="
    /// Larger than the right side.
    case greater = ">"
    /// Larger or equal.
    case atLeast = ">="
    /// Equal, as numbers are.
    case equal = "=="
    /// Not equal.
    case different = "!="
  }

  /// The right side.
  public enum Operand: Hashable, Sendable {
    /// Another hyperparameter.
    case hyperparameter(String)
    /// A number.
    case number(Double)
  }

  /// The name on the left.
  public let name: String
  /// How it is compared.
  public let comparison: Comparison
  /// With what.
  public let operand: Operand

  /// Makes a comparison of hyperparameters that are numbers.
  public init(_ name: String, _ comparison: Comparison, _ operand: Operand) {
    self.name = name
    self.comparison = comparison
    self.operand = operand
  }

  /// Whether these values satisfy it; true where a side is no number.
  public func holds(for values: Hyperparameters) -> Bool {
    let right: Double? =
      switch operand {
      case .hyperparameter(let other): values[other]?.asNumber
      case .number(let number): number
      }
    guard let left = values[name]?.asNumber, let right else { return true }
    switch comparison {
    case .less: return left < right
    case .atMost: return left <= right
    case .greater: return left > right
    case .atLeast: return left >= right
    case .equal: return left == right
    case .different: return left != right
    }
  }
}

extension Constraint: CustomStringConvertible {
  /// As in the experiment file: `warmup <= steps_per_epoch`.
  public var description: String {
    switch operand {
    case .hyperparameter(let other): "\(name) \(comparison.rawValue) \(other)"
    case .number(let number): "\(name) \(comparison.rawValue) \(number)"
    }
  }
}
