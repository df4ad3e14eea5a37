internal import PopulationBasedTraining
internal import PoptrainText

/// Is an interval too short for the noise of the score?
///
/// Asked of the second half of the run, where most decisions are made: the median score of the members at each age, and the
/// slope of a line through them. Where that rises, but by less in an interval than a single score varies, a decision
/// compares noise.
enum ShortInterval {
  /// How many ages the second half of a run must have.
  static let leastAges = 6
  /// How many members must have a score at an age.
  static let leastScores = 3
  /// The level at which the score rises: Spearman's test with two sides.
  static let level = 0.05
  /// The least part of its noise by which the score should improve in an interval. Two scores whose true difference is one
  /// standard deviation of each are in the wrong order in 24 % of cases.
  static let leastRatio = 1.0
  /// Of how many intervals a budget consists at least, for selection to have something to do.
  static let leastDecisions = 5

  static func verdict(_ course: Course, _ noise: ScoreNoise?, isSelectionGood: Bool) -> Verdict {
    guard course.isWithCopies, course.rules.populationSize > 1 else { return .nothing }
    let stretches = course.stretches
    let byAge = Dictionary(grouping: stretches.filter { $0.score != nil }, by: \.endAge)
      .filter { $0.value.count >= max(leastScores, course.rules.populationSize / 2) }.sorted { $0.key < $1.key }
    let late = byAge.suffix((byAge.count + 1) / 2)
    let medians = late.compactMap { median($0.value.compactMap(\.score)) }
    guard medians.count >= leastAges, let noise, let slope = resistantSlope(medians),
      let length = median(late.flatMap(\.value).map { Double($0.steps) })
    else { return .tooEarly(whether: "intervals are long enough") }
    let trend = StratifiedRankTest([
      medians.enumerated().map { StratifiedRankTest.Point(weight: Double($0.offset), value: $0.element) }
    ])
    let deviation = median(late.map { noise.deviation(near: $0.key) }) ?? 0
    guard trend.twoSidedP < level, slope > 0, slope < leastRatio * deviation else { return .nothing }
    let wanted = length * (leastRatio * deviation / slope).rounded(.up)
    let isPossible = wanted * Double(leastDecisions) <= Double(course.rules.steps)
    var evidence: Evidence = [
      "improvement": .number(slope), "noise": .number(deviation), "ratio": .number(slope / deviation),
      "interval_steps": .number(length),
    ]
    if isPossible { evidence["wanted_steps"] = .number(wanted) }
    let longer =
      isPossible
      ? "Decide about every \(grouped(Int(wanted))) steps" : "Decide less often, as far as the budget allows"
    return .finding(
      Finding(
        .shortInterval, isSelectionGood ? .note : .warning,
        "In the second half of the run, an interval of \(grouped(Int(length))) steps improved the median score by "
          + "\(short(slope)), and a single score varies by \(short(deviation)): much of what decisions compare is noise.",
        evidence,
        advice: "\(longer), or make the score less noisy with more evaluation data or a `score` window."))
  }
}
