package import PoptrainPages
package import PoptrainRuns
package import PopulationBasedTraining

/// What the runs of a comparison say: each alternative by itself, and against the baseline in pairs of one seed.
package struct Comparison: Sendable {
  /// What was compared with what.
  package let plan: ComparisonPlan
  /// The baseline, and each alternative in the order of the plan.
  package let rows: [Row]

  /// What is known of one alternative.
  package struct Row: Sendable {
    /// The alternative, or the baseline.
    package let alternative: Alternative
    /// Its runs, in the order of the seeds.
    package let results: [RunResult]
    /// The values of the best checkpoints, of those that have one.
    package let values: Sample?
    /// The values of the checkpoints that were the best when the runs were over.
    package let valuesAtEnd: Sample?
    /// The median members' values of those.
    package let medianMembers: Sample?
    /// How its best checkpoints do against those of the baseline; none for the baseline itself, and where they have no seed in common.
    package let pairs: Pairs?
    /// The same of the checkpoints that were the best when the runs were over.
    package let pairsAtEnd: Pairs?
  }

  /// Reads what came out of every run.
  package init(_ plan: ComparisonPlan) throws(RunError) {
    var results: [RunResult] = []
    for run in plan.runs { results.append(try run.result(plan)) }
    self.init(plan, results)
  }

  init(_ plan: ComparisonPlan, _ results: [RunResult]) {
    self.plan = plan
    let base = results.filter { $0.alternative == .baseline }
    rows = plan.alternatives.map { alternative in
      let own = results.filter { $0.alternative == alternative }
      let successful = own.filter { $0.value != nil }
      return Row(
        alternative: alternative, results: own, values: Sample(successful.compactMap(\.value)),
        valuesAtEnd: Sample(successful.compactMap(\.valueAtEnd)),
        medianMembers: Sample(successful.compactMap(\.medianMember)),
        pairs: alternative == .baseline ? nil : Pairs(own, base, .bestEver, mode: plan.reported.mode),
        pairsAtEnd: alternative == .baseline ? nil : Pairs(own, base, .bestAtEnd, mode: plan.reported.mode))
    }
  }

  /// Every run.
  package var results: [RunResult] { rows.flatMap(\.results) }

  /// The baseline.
  package var baseline: Row { rows[0] }

  /// How values are written: with two digits of the least standard deviation.
  package var digits: Digits {
    let deviations = rows.compactMap { $0.values?.standardDeviation }.filter { $0 > 0 }
    return Digits(
      largest: results.compactMap { $0.value?.magnitude }.max() ?? 0, least: deviations.min() ?? 0)
  }
}

/// Pairs of runs with one seed: an alternative against the baseline.
package struct Pairs: Sendable {
  /// The confidence of ``interval``.
  package static let confidence = 0.95

  /// The value of the alternative minus that of the baseline, for each seed with which both have one.
  package let differences: Sample
  /// With how many seeds the alternative is better.
  package let wins: Int
  /// With how many seeds it is worse.
  package let losses: Int
  /// Whether the differences are symmetric about zero.
  package let test: SignedRankTest
  /// Whether wins and losses are equally likely.
  package let signTest: SignTest
  /// Whether a positive difference is for the better.
  private let isMoreBetter: Bool

  /// Pairs the runs; none where no seed has a value of both.
  init?(_ runs: [RunResult], _ base: [RunResult], _ checkpoint: ChosenCheckpoint, mode: Rules.Mode) {
    let baseValues = Dictionary(
      base.compactMap { run in run.value(of: checkpoint).map { (run.seed, $0) } }
    ) { first, _ in first }
    let pairs = runs.compactMap { run -> (value: Double, base: Double)? in
      guard let value = run.value(of: checkpoint), let baseValue = baseValues[run.seed] else { return nil }
      return (value, baseValue)
    }
    guard let differences = Sample(pairs.map { $0.value - $0.base }),
      let distinct = Sample(pairs.map { distinction($0.value, $0.base) })
    else { return nil }
    let (more, less) = (distinct.values.count { $0 > 0 }, distinct.values.count { $0 < 0 })
    self.differences = differences
    isMoreBetter = mode == .max
    wins = isMoreBetter ? more : less
    losses = isMoreBetter ? less : more
    test = SignedRankTest(differences: distinct)
    signTest = SignTest(wins: wins, losses: losses)
  }

  /// How many pairs there are.
  package var count: Int { differences.values.count }

  /// With how many seeds both are equal.
  package var ties: Int { count - wins - losses }

  /// The mean difference lies in it with ``confidence``, by Student's t; none for a single pair.
  package var interval: ClosedRange<Double>? { differences.meanInterval(confidence: Pairs.confidence) }

  /// The least p that the test could give with so many seeds that differ.
  package var leastP: Double { SignedRankTest.leastP(count: wins + losses) }

  /// Whether the alternative is better, or worse, by the test; none where p is not below 0.05.
  package var verdict: Verdict? {
    guard test.twoSidedP < 0.05 else { return nil }
    let isMore = test.positiveRankSum > Double(test.count * (test.count + 1)) / 4
    return isMore == isMoreBetter ? .better : .worse
  }

  /// What a test can show.
  package enum Verdict: String, Codable, Sendable {
    case better, worse
  }
}

/// The difference of two values without the noise of rounding, so that differences that are equal on paper, as those of
/// accuracies are, have one rank, and values that differ in their last digits only are equal.
private func distinction(_ value: Double, _ base: Double) -> Double {
  let difference = value - base
  guard difference.magnitude > 0x1p-44 * max(value.magnitude, base.magnitude) else { return 0 }
  let unit = 0x1p-32 * difference.binade
  return (difference / unit).rounded() * unit
}
