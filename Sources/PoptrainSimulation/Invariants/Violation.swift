/// An invariant of the design that did not hold.
public struct Violation: Error, Hashable, Sendable, CustomStringConvertible {
  /// `I1` to `I8`, or `liveness`.
  public let invariant: String
  /// What was found.
  public let message: String

  /// The invariant and what was found.
  public var description: String { "\(invariant): \(message)" }
}
