internal import Foundation
internal import PoptrainPages
internal import PopulationBasedTraining

/// A stretch of training between two scores.
struct Transition: Sendable {
  /// Its position among all stretches.
  let stretch: Int
  /// The score of the model that it began with; none for a fresh one.
  let start: Double?
  /// The score at its end.
  let end: Double

  /// By how much the score improved; the score itself for a fresh model, all of which begin alike. Where the metric is
  /// drawn on a logarithmic scale, that of its logarithm: a loss of 10 sinks by more than one of 0.1.
  let gain: Double
}

extension Course {
  /// The ages between which a stretch trains.
  private struct Ages: Hashable, Comparable {
    let start: Int
    let end: Int

    static func < (left: Ages, right: Ages) -> Bool { (left.start, left.end) < (right.start, right.end) }
  }

  /// The stretches that have a score at their end, and at their beginning unless they began fresh, in groups that trained
  /// from the same age to the same age. What the curve of learning does to all of a group tells nothing of any. O(n log n).
  func transitions() -> [[Transition]] {
    var groups: [Ages: [Transition]] = [:]
    let metrics = stretches.compactMap(\.score).map(rules.metric(ofScore:))
    let isLogarithmic = Axis.Scale(for: metrics) == .logarithmic
    func level(_ score: Double) -> Double {
      guard isLogarithmic else { return score }
      let logarithm = log(rules.metric(ofScore: score))
      return rules.mode == .max ? logarithm : -logarithm
    }
    for (index, stretch) in stretches.enumerated() {
      guard let end = stretch.score else { continue }
      let start = stretch.parent.flatMap { stretches[$0].score }
      guard stretch.parent == nil || start != nil else { continue }
      groups[Ages(start: stretch.startAge, end: stretch.endAge), default: []]
        .append(Transition(stretch: index, start: start, end: end, gain: level(end) - (start.map(level) ?? 0)))
    }
    return groups.sorted { $0.key < $1.key }.map(\.value)
  }

  /// The noise of scores, from members that went on with their own model twice; none where there are too few.
  func noise() -> ScoreNoise? {
    ScoreNoise(
      stretches.compactMap { last in
        guard !last.isCopy, let middle = last.parent.map({ stretches[$0] }), !middle.isCopy,
          let first = middle.parent.map({ stretches[$0] }),
          let before = first.score, let between = middle.score, let after = last.score
        else { return nil }
        let ages = (first.endAge, middle.endAge, last.endAge)
        return ages.0 < ages.1 && ages.1 < ages.2
          ? ScoreNoise.Triple(ages: ages, scores: (before, between, after)) : nil
      })
  }
}
