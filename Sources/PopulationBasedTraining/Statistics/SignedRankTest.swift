/// Wilcoxon's signed-rank test for pairs: are their differences symmetric about zero?
///
/// Wilcoxon, "Individual comparisons by ranking methods", 1945. Differences of zero are left out, as Wilcoxon did; equal
/// magnitudes share the mean of their ranks. With at most ``exactLimit`` differences the probability is exact, over all
/// assignments of signs to the ranks as they are, ties among them; above, it is that of the normal approximation with the
/// variance corrected for ties and without a correction for continuity.
public struct SignedRankTest: Hashable, Sendable {
  /// The most differences for which the probability is exact.
  public static let exactLimit = 50

  /// How many differences are not zero.
  public let count: Int
  /// The sum of the ranks of the positive differences.
  public let positiveRankSum: Double
  /// The probability of a rank sum at least as far from the middle where positive and negative are equally likely.
  /// 1 where no difference is left.
  public let twoSidedP: Double

  /// Tests differences, which are finite.
  ///
  /// O(n³) up to ``exactLimit``, O(n log n) above.
  public init(differences: Sample) {
    let signed = differences.values.filter { $0 != 0 }.sorted { $0.magnitude < $1.magnitude }
    let ranks = SignedRankTest.doubledRanks(signed)
    let positive = zip(signed, ranks).reduce(0) { $1.0 > 0 ? $0 + $1.1 : $0 }
    count = signed.count
    positiveRankSum = Double(positive) / 2
    twoSidedP =
      signed.count <= SignedRankTest.exactLimit
      ? SignedRankTest.exactP(positive, ranks) : SignedRankTest.normalP(positive, ranks)
  }

  /// The least probability that so many differences can show, when all have the same sign.
  public static func leastP(count: Int) -> Double {
    count > 0 ? min(1, Double(sign: .plus, exponent: 1 - count, significand: 1)) : 1
  }

  /// Twice the rank of each number by magnitude, which is whole also where ranks are shared.
  private static func doubledRanks(_ sorted: [Double]) -> [Int] {
    var ranks: [Int] = []
    while ranks.count < sorted.count {
      let start = ranks.count
      let equal = sorted[start...].prefix { $0.magnitude == sorted[start].magnitude }.count
      ranks += Array(repeating: 2 * start + equal + 1, count: equal)
    }
    return ranks
  }

  private static func exactP(_ positive: Int, _ ranks: [Int]) -> Double {
    let total = ranks.reduce(0, +)
    // How many assignments of signs have each sum: at most 2^50, so every count is exact.
    var ways = [1.0] + Array(repeating: 0, count: total)
    var highest = 0
    for rank in ranks {
      highest += rank
      for sum in stride(from: highest, through: rank, by: -1) { ways[sum] += ways[sum - rank] }
    }
    let tail = ways[...min(positive, total - positive)].reduce(0, +)
    return min(1, 2 * tail * Double(sign: .plus, exponent: -ranks.count, significand: 1))
  }

  private static func normalP(_ positive: Int, _ ranks: [Int]) -> Double {
    // Each rank is counted with probability 1/2, so the variance is a quarter of the sum of squares, ties included.
    let squares = ranks.reduce(0.0) { $0 + Double($1) * Double($1) }
    let middle = Double(ranks.reduce(0, +)) / 2
    return min(1, 2 * normalUpperTail((Double(positive) - middle).magnitude / squares.squareRoot() * 2))
  }
}
