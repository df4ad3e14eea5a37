/// Numbers that were measured, and what is usual to say of them.
///
/// Everything is computed from their distances to the first number, scaled by a power of two: scores of 1e-200 or 1e200,
/// and scores that differ by little beside a large offset, keep their digits.
public struct Sample: Hashable, Sendable {
  /// The greatest magnitude of a number, 2^1020: twice the distance of two of them does not overflow.
  public static let limit = 0x1p1020

  /// The numbers in the order given, at least one, all within ``limit``.
  public let values: [Double]
  /// The square root of the variance with `n - 1` in the denominator; none for a single number. Exactly 0 where all
  /// numbers are equal.
  public let standardDeviation: Double?
  /// How far the mean is above the first number.
  private let meanAboveFirst: Double

  /// Takes numbers; none where there are none, or where one is beyond ``limit`` or not a number. O(n).
  public init?(_ values: [Double]) {
    guard let first = values.first, values.allSatisfy({ $0.magnitude <= Sample.limit }) else { return nil }
    self.values = values
    let unit = max(values.map(\.magnitude).max() ?? 0, .leastNonzeroMagnitude).binade
    let distances = values.map { $0 / unit - first / unit }
    let width = distances.map(\.magnitude).max() ?? 0
    let count = Double(values.count)
    guard width > 0 else {
      meanAboveFirst = 0
      standardDeviation = values.count > 1 ? 0 : nil
      return
    }
    let mean = distances.reduce(0) { $0 + $1 / width } / count
    let squares = distances.reduce(0) { $0 + ($1 / width - mean) * ($1 / width - mean) }
    meanAboveFirst = mean * width * unit
    standardDeviation = (squares / (count - 1)).squareRoot() * width * unit
  }

  /// The arithmetic mean.
  public var mean: Double { values[0] + meanAboveFirst }

  /// The mean in which a number has the weight `((span - 1) / (span + 1))^i` where `i` come after it.
  public func exponentialMean(span: Int) -> Double {
    let decay = Double(span - 1) / Double(span + 1)
    var (mean, weight) = (0.0, 0.0)
    for value in values {
      weight = 1 + decay * weight
      mean += (value - mean) / weight
    }
    return mean
  }

  /// How far the mean is above that of another sample; more exact than the difference of the two numbers.
  public func excess(over other: Sample) -> Double {
    values[0] - other.values[0] + (meanAboveFirst - other.meanAboveFirst)
  }

  /// The middle number, or the mean of the two in the middle. O(n log n).
  public var median: Double {
    let sorted = values.sorted()
    let (low, high) = (sorted[(sorted.count - 1) / 2], sorted[sorted.count / 2])
    return low == high ? low : low / 2 + high / 2
  }

  /// The interval that covers the mean of the distribution with this confidence, by Student's t; none for a single
  /// number.
  ///
  /// It supposes that the numbers are drawn independently from a normal distribution. For the differences of pairs it is
  /// the interval of the paired t-test.
  ///
  /// - Parameter confidence: a fraction in (0, 1), such as 0.95.
  public func meanInterval(confidence: Double) -> ClosedRange<Double>? {
    precondition(confidence > 0 && confidence < 1, "a confidence is between 0 and 1, not \(confidence)")
    guard let standardDeviation else { return nil }
    let count = Double(values.count)
    let quantile = StudentT(degreesOfFreedom: count - 1).quantile(upperTail: (1 - confidence) / 2)
    let half = quantile * standardDeviation / count.squareRoot()
    return mean - half...mean + half
  }
}
