/// How a score is made of the last evaluations of a model.
///
/// The evaluations are those of the selection metric in the order in which they were measured, since the member last
/// copied: what was logged within an interval, every entry of a reported list, and the reported value itself. A window
/// that is not yet full takes what there is.
public enum ScoreWindow: Hashable, Sendable {
  /// The value that the last interval reported.
  case last
  /// The mean of the last so many evaluations.
  case mean(Int)
  /// Their median, which one lucky evaluation does not move.
  case median(Int)
  /// The best of them.
  case best(Int)
  /// Their mean with weights that become smaller by the factor `(span - 1) / (span + 1)` with each evaluation further back: as
  /// `ewm(span=span, adjust=True).mean()` of pandas. It takes the last `10 * span`; the others would weigh less than 3e-9 together.
  case exponentialMean(span: Int)

  /// How many evaluations it takes.
  public var length: Int {
    switch self {
    case .last: 1
    case .mean(let length), .median(let length), .best(let length): length
    case .exponentialMean(let span): 10 * span
    }
  }

  /// How many evaluations a score is made of where there are enough.
  public var fullLength: Int {
    if case .exponentialMean(let span) = self { span } else { length }
  }

  /// The score of a model whose last interval reported `reported`, and whose evaluations are these.
  func score(reported: Double, evaluations: [Double]) -> Double {
    guard let window = Sample(Array(evaluations.suffix(length))) else { return reported }
    switch self {
    case .last: return reported
    case .mean: return window.mean
    case .median: return window.median
    case .best: return window.values.max() ?? reported
    case .exponentialMean(let span): return window.exponentialMean(span: span)
    }
  }
}

/// One score of a member, with the evaluations of the interval that gave it.
public struct Scored: Hashable, Sendable {
  /// The age of the model.
  public let age: Int
  /// What selection compared, higher is better.
  public let score: Double
  /// The evaluations of that interval as scores, in order.
  public let evaluations: [Double]
  /// By how much the model broke the requirements on metrics; 0: it was feasible.
  public let violation: Double
  /// The further objectives in the order of the rules, higher is better.
  public let objectives: [Double]

  /// Describes what was measured.
  public init(age: Int, score: Double, evaluations: [Double], violation: Double = 0, objectives: [Double] = []) {
    self.age = age
    self.score = score
    self.evaluations = evaluations
    self.violation = violation
    self.objectives = objectives
  }
}
