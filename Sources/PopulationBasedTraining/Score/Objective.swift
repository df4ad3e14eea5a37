/// A further metric to be good at, beside the selection metric.
public struct Objective: Hashable, Sendable {
  /// The reported metric.
  public var metric: String
  /// Whether a larger or a smaller value is better.
  public var mode: Rules.Mode

  /// Names an objective.
  public init(_ metric: String, _ mode: Rules.Mode) {
    self.metric = metric
    self.mode = mode
  }
}

/// What a metric must satisfy for a member to be feasible.
public struct Requirement: Hashable, Sendable {
  /// The reported metric.
  public var metric: String
  /// Whether the limit is the greatest or the least value allowed.
  public var isAtMost: Bool
  /// The limit.
  public var limit: Double

  /// Requires `metric <= limit`, or `metric >= limit`.
  public init(_ metric: String, isAtMost: Bool, limit: Double) {
    self.metric = metric
    self.isAtMost = isAtMost
    self.limit = limit
  }

  /// By how much it is broken, relative to the limit where that is not small; 0: satisfied. A metric that is missing or
  /// not a number breaks it without end.
  func violation(of metrics: [String: Double]) -> Double {
    guard let value = metrics[metric], !value.isNaN else { return .infinity }
    return max(0, isAtMost ? value - limit : limit - value) / max(1, abs(limit))
  }
}

extension Requirement: CustomStringConvertible {
  /// As in the experiment file: `latency <= 0.1`.
  public var description: String { "\(metric) \(isAtMost ? "<=" : ">=") \(limit)" }
}
