extension Observation {
  /// The change of the score per step, halved; nothing where no score is known from before.
  ///
  /// Half the change, because the whole one may be too large a number. Gains are standardised, so it does not matter.
  var gain: Double? {
    guard let startScore, steps > 0 else { return nil }
    let gain = (0.5 * score - 0.5 * startScore) / Double(steps)
    return gain.isFinite ? gain : nil
  }
}

/// Gains with mean 0 and standard deviation 1, then clipped to ±2, so that one collapse does not hide all the rest.
///
/// Gains that differ only by rounding are all zero.
func standardised(_ gains: [Double]) -> [Double] {
  let largest = gains.reduce(0) { max($0, abs($1)) }
  guard largest > 0 else { return gains.map { _ in 0 } }
  let count = Double(gains.count)
  let scaled = gains.map { $0 / largest }
  let mean = scaled.reduce(0, +) / count
  let deviation = (scaled.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / count).squareRoot()
  guard deviation > 1e-12 else { return gains.map { _ in 0 } }
  return scaled.map { min(max(($0 - mean) / deviation, -2), 2) }
}

/// Places numbers in the unit interval, the least of a list at 0 and the greatest at 1.
struct UnitScale: Hashable, Sendable {
  private let least: Double
  private let greatest: Double

  /// Takes the range of some finite numbers.
  init(_ numbers: [Double]) {
    least = numbers.min() ?? 0
    greatest = numbers.max() ?? 0
  }

  /// Where a number of the list stands; in the middle, where all are equal.
  func unit(of number: Double) -> Double {
    // Halves, because the difference may be too large a number.
    let width = 0.5 * greatest - 0.5 * least
    return width > 0 ? (0.5 * number - 0.5 * least) / width : 0.5
  }
}
