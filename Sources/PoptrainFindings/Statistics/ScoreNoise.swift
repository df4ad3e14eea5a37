/// The noise of a score: by how much it misses the line between the scores before and after it of the same model line.
///
/// Gasser, Sroka and Jennen-Steinmetz 1986 ("Residual variance and residual pattern in nonlinear regression"): where
/// scores are independent with the same standard deviation around a curve that is straight over three of them, the
/// distance of the middle one from the line between its neighbours, divided by the root of the sum of squares of the
/// three coefficients, has that standard deviation. Here it is estimated from the median of the absolute distances,
/// which outliers do not move, as for a normal distribution.
///
/// It contains the chance of training as well as that of measuring. It comes out slightly low, since a model whose score
/// was low has been replaced and has no score after it.
struct ScoreNoise: Sendable {
  /// From how many triples of scores it is estimated at least.
  static let leastTriples = 20
  /// From how many it is estimated near an age: those of nearest age.
  static let neighbours = 200
  /// The standard deviation of a normal distribution over its median absolute deviation.
  static let normalRatio = 1.482602218505602

  private let residuals: [(age: Int, size: Double)]

  /// Three scores of a model line, at growing ages.
  struct Triple {
    let ages: (Int, Int, Int)
    let scores: (Double, Double, Double)

    fileprivate var residual: Double {
      let (first, middle, last) = ages
      let after = Double(middle - first) / Double(last - first)
      let before = 1 - after
      return (before * scores.0 + after * scores.2 - scores.1)
        / (1 + before * before + after * after).squareRoot()
    }
  }

  /// Estimates noise; none from fewer than ``leastTriples``. O(n log n).
  init?(_ triples: [Triple]) {
    guard triples.count >= Self.leastTriples else { return nil }
    residuals = triples.map { ($0.ages.1, $0.residual.magnitude) }.sorted { $0.age < $1.age }
  }

  /// The standard deviation of a score near an age; 0 where most scores lie on lines.
  func deviation(near age: Int) -> Double {
    let half = Self.neighbours / 2
    var (low, high) = (0, residuals.count)
    while low < high {
      let middle = (low + high) / 2
      if residuals[middle].age < age { low = middle + 1 } else { high = middle }
    }
    let start = max(0, min(low - half, residuals.count - Self.neighbours))
    let part = residuals[start..<min(residuals.count, start + Self.neighbours)]
    return Self.normalRatio * (median(part.map(\.size)) ?? 0)
  }
}
