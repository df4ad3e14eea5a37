internal import PopulationBasedTraining

/// Whether weights go together with the ranks of values, within strata.
///
/// Within each stratum, values are replaced by their ranks divided by `n + 1`, ties by their mean rank, and the statistic
/// is the sum over all strata of rank times weight. With weights of 1 and 0 this is the test of van Elteren 1960 ("On the
/// combination of independent two sample tests of Wilcoxon"), with a single stratum that of Wilcoxon, Mann and Whitney;
/// with ranks as weights and a single stratum it is Spearman's.
///
/// Were all orders of the values of a stratum equally likely, the statistic would have mean 0 (weights are taken from
/// their mean) and a variance that is known exactly, ties included; its probability is that of a normal distribution
/// with that variance (Hájek, Šidák and Sen 1999, "Theory of rank tests", chapter 6). Nothing is supposed of the
/// distribution of values. O(n log n).
struct StratifiedRankTest: Hashable, Sendable {
  /// A value with its weight.
  struct Point: Hashable, Sendable {
    let weight: Double
    let value: Double
  }

  private var sum = 0.0
  private var variance = 0.0
  private var greatest = 0.0

  /// Tests values in strata.
  init(_ strata: some Sequence<[Point]>) {
    for stratum in strata where stratum.count > 1 { add(stratum) }
  }

  private mutating func add(_ stratum: [Point]) {
    let count = Double(stratum.count)
    let mean = stratum.reduce(0) { $0 + $1.weight } / count
    let ranks = midranks(stratum.map(\.value))
    var (product, weights, squares) = (0.0, 0.0, 0.0)
    for (point, rank) in zip(stratum, ranks) {
      let (weight, rank) = (point.weight - mean, rank / (count + 1) - 0.5)
      product += weight * rank
      weights += weight * weight
      squares += rank * rank
    }
    sum += product
    variance += weights * squares / (count - 1)
    greatest += (weights * squares).squareRoot()
  }

  /// The rank correlation: 1 where weights and values have the same order in every stratum, up to ties; 0 where nothing
  /// varies.
  var correlation: Double { greatest > 0 ? sum / greatest : 0 }

  /// The standard error of the correlation where weights and values have nothing to do with one another; infinite where
  /// nothing varies.
  var standardError: Double { greatest > 0 ? variance.squareRoot() / greatest : .infinity }

  /// In units of its standard deviation; 0 where nothing varies.
  var statistic: Double { variance > 0 ? sum / variance.squareRoot() : 0 }

  /// The probability of a statistic at least as far from 0 by chance.
  var twoSidedP: Double { min(1, 2 * normalUpperTail(statistic.magnitude)) }
}

/// The rank of each value, from 1; equal ones share the mean of their ranks. O(n log n).
func midranks(_ values: [Double]) -> [Double] {
  let order = values.indices.sorted { values[$0] < values[$1] }
  var ranks = Array(repeating: 0.0, count: values.count)
  var start = 0
  while start < order.count {
    var end = start + 1
    while end < order.count, values[order[end]] == values[order[start]] { end += 1 }
    for position in start..<end { ranks[order[position]] = Double(start + 1 + end) / 2 }
    start = end
  }
  return ranks
}
