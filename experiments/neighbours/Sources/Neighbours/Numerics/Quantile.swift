/// The quantile of some values, by linear interpolation between the two nearest (numpy's default; definition 7 of
/// Hyndman and Fan, "Sample quantiles in statistical packages", 1996). None of no values.
public func quantile(_ values: [Float], _ probability: Double) -> Float? {
  guard !values.isEmpty else { return nil }
  let sorted = values.sorted()
  let place = min(max(probability, 0), 1) * Double(sorted.count - 1)
  let below = Int(place)
  let above = min(below + 1, sorted.count - 1)
  return sorted[below] + Float(place - Double(below)) * (sorted[above] - sorted[below])
}

/// The value in the middle; of an even number, the mean of the two in the middle. None of no values.
public func median(_ values: [Double]) -> Double? {
  guard !values.isEmpty else { return nil }
  let sorted = values.sorted()
  return (sorted[(sorted.count - 1) / 2] + sorted[sorted.count / 2]) / 2
}
