/// The middle number, or the mean of the two in the middle; none where there are none. O(n log n).
func median(_ values: [Double]) -> Double? {
  guard !values.isEmpty else { return nil }
  let sorted = values.sorted()
  return (sorted[(sorted.count - 1) / 2] + sorted[sorted.count / 2]) / 2
}

/// The slope of Tukey's resistant line through values at positions 0, 1, 2 …: from the median of the first third to the
/// median of the last, so that no outlier moves it far (Tukey 1977, "Exploratory data analysis", chapter 5). None for
/// fewer than three.
func resistantSlope(_ values: [Double]) -> Double? {
  let third = (values.count + 1) / 3
  guard values.count > 2, let first = median(Array(values.prefix(third))),
    let last = median(Array(values.suffix(third)))
  else { return nil }
  return (last - first) / Double(values.count - third)
}
