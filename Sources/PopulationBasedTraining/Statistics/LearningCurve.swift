/// The scores of one model in the order in which they were measured, to compare how fast models improve.
///
/// Dalibard & Jaderberg 2021 (FIRE PBT): of two networks with similar performance and similar hyperparameters, the one
/// that improves faster will end better. Two curves are therefore compared from where they stand at the same score,
/// however long either took to get there. That place is found on curves that are smoothed (here by lines through five
/// neighbours, in the paper by a Gaussian process); what is compared are the scores themselves.
///
/// Curves are compared measurement by measurement, so they must have been measured equally often. All answers are O(n).
struct LearningCurve: Sendable {
  /// At least two, all finite.
  let scores: [Double]
  private let smoothed: [Double]

  /// Takes scores; none where there are fewer than two.
  init?(_ scores: [Double]) {
    guard scores.count > 1 else { return nil }
    self.scores = scores
    smoothed = scores.indices.map { LearningCurve.trend(of: scores, at: $0) }
  }

  /// What the line through the scores at most two positions away, by least squares, says of a position.
  private static func trend(of scores: [Double], at position: Int) -> Double {
    let neighbours = max(0, position - 2)...min(position + 2, scores.count - 1)
    let count = Double(neighbours.count)
    let middle = Double(neighbours.lowerBound + neighbours.upperBound) / 2
    // Of positions one apart, the sum of squares about their middle.
    let spread = count * (count * count - 1) / 12
    return neighbours.reduce(0) { sum, neighbour in
      sum + scores[neighbour] * (1 / count + (Double(neighbour) - middle) * (Double(position) - middle) / spread)
    }
  }

  /// The parts in which two curves go on from the same score, equally long; nothing where the lower one never gets to
  /// where the other begins.
  func overlap(with other: LearningCurve) -> (mine: ArraySlice<Double>, theirs: ArraySlice<Double>)? {
    overlap(with: other, loweredBy: 0)
  }

  /// By how much its best score is above that of another where they overlap.
  ///
  /// A curve that lies above the whole of the other is lowered, by ten different amounts, until they overlap; what
  /// counts is the greatest difference. Without overlap otherwise it is 0. So the difference the other way round is not
  /// its opposite.
  func bestScoreDifference(to other: LearningCurve) -> Double {
    if let overlap = overlap(with: other) {
      return (overlap.mine.max() ?? 0) - (overlap.theirs.max() ?? 0)
    }
    guard let low = scores.min(), let theirLow = other.scores.min(), let theirHigh = other.scores.max(),
      low > theirHigh
    else { return 0 }
    let differences = (0..<10).compactMap { step in
      let distance = low - theirHigh + (theirHigh - theirLow) * Double(step) / 10
      return overlap(with: other, loweredBy: distance).map { overlap in
        (overlap.mine.max() ?? 0) - distance - (overlap.theirs.max() ?? 0)
      }
    }
    return max(0, differences.max() ?? 0)
  }

  /// The probability of being above another as often as it is, where they overlap, if that were chance: the sign test,
  /// with one side. What is equal is not above.
  ///
  /// 0 where it lies above the whole of the other, 1 where it lies below; where they neither overlap nor lie apart,
  /// whole curves are compared.
  func chanceOfBeingAbove(_ other: LearningCurve) -> Double {
    if let overlap = overlap(with: other) { return LearningCurve.signTest(overlap.mine, overlap.theirs) }
    if let low = scores.min(), let high = other.scores.max(), low > high { return 0 }
    if let high = scores.max(), let low = other.scores.min(), high < low { return 1 }
    return LearningCurve.signTest(scores[...], other.scores[...])
  }

  private static func signTest(_ mine: ArraySlice<Double>, _ theirs: ArraySlice<Double>) -> Double {
    let wins = zip(mine, theirs).count { $0 > $1 }
    return SignTest(wins: wins, losses: min(mine.count, theirs.count) - wins).oneSidedP
  }

  private func overlap(
    with other: LearningCurve, loweredBy distance: Double
  ) -> (mine: ArraySlice<Double>, theirs: ArraySlice<Double>)? {
    let mine = smoothed.firstIndex { $0 - distance >= other.smoothed[0] }
    let theirs = other.smoothed.firstIndex { $0 >= smoothed[0] - distance }
    guard let mine, let theirs else { return nil }
    let length = min(scores.count - mine, other.scores.count - theirs)
    return (scores[mine..<mine + length], other.scores[theirs..<theirs + length])
  }
}
