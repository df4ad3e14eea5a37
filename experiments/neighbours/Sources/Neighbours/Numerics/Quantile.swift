/// A quantile by linear interpolation between the two nearest values: numpy's default, definition 7 of Hyndman and Fan,
/// "Sample quantiles in statistical packages", 1996.
///
/// - Returns: nil where there are no values, NaN where one of them is NaN.
public func quantile(_ values: [Float], _ probability: Double) -> Float? {
  guard !values.isEmpty else { return nil }
  guard !values.contains(where: \.isNaN) else { return .nan }
  let sorted = values.sorted()
  let place = min(max(probability, 0), 1) * Double(sorted.count - 1)
  let below = Int(place)
  let fraction = Float(place - Double(below))
  return fraction == 0 ? sorted[below] : sorted[below] + fraction * (sorted[below + 1] - sorted[below])
}

/// The median; of an even number of values, the mean of the middle two. Nil where there are none.
public func median(_ values: [Double]) -> Double? {
  guard !values.isEmpty else { return nil }
  let sorted = values.sorted()
  return (sorted[(sorted.count - 1) / 2] + sorted[sorted.count / 2]) / 2
}
