internal import PopulationBasedTraining

/// How long intervals take: a distribution by its quantiles, in times of its mean.
public struct IntervalTimes: Sendable {
  /// The mean, seconds.
  public var mean: Double
  /// Ascending, at equal distances, from the least to the most.
  private let quantiles: [Double]

  /// Takes any times, as a run has recorded them; at least one.
  public init(mean: Double, like times: [Double]) {
    let sorted = times.sorted()
    let average = Self.mean(sorted)
    self.mean = mean
    quantiles = sorted.map { $0 / average }
  }

  /// All the same.
  public static func constant(_ seconds: Double) -> IntervalTimes { IntervalTimes(mean: seconds, like: [1]) }

  /// A log-normal distribution.
  ///
  /// - Parameter spread: the standard deviation of the logarithm.
  public static func skewed(mean: Double, spread: Double) -> IntervalTimes {
    var random = RandomStream(seed: 0, member: 0, ordinal: 0, purpose: "interval times")
    return IntervalTimes(mean: mean, like: (0..<10_000).map { _ in exponential(spread * random.normal()) })
  }

  /// The mean of a distribution whose quantiles these are, with straight lines between them.
  private static func mean(_ sorted: [Double]) -> Double {
    guard sorted.count > 1 else { return sorted[0] }
    let ends = (sorted[0] + sorted[sorted.count - 1]) / 2
    return (sorted.reduce(0, +) - ends) / Double(sorted.count - 1)
  }

  /// The seconds that one takes.
  func draw(_ random: inout RandomStream) -> Double {
    let place = random.unit() * Double(quantiles.count - 1)
    let below = Int(place)
    guard below + 1 < quantiles.count else { return mean * quantiles[below] }
    return mean * (quantiles[below] + (place - Double(below)) * (quantiles[below + 1] - quantiles[below]))
  }
}
