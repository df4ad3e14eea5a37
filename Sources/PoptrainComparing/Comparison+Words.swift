internal import PoptrainText
internal import PoptrainPages
internal import PoptrainExperimentFile
internal import Foundation
internal import PopulationBasedTraining

extension Comparison {
  /// What the best checkpoints of an alternative say, in one sentence, or two where there are too few pairs.
  package func sentence(_ row: Row) -> String { sentence(row.alternative.name, row.pairs) }

  /// What the checkpoints say that were the best when the runs were over.
  package func sentenceAtEnd(_ row: Row) -> String { "At the end, " + sentence(row.alternative.name, row.pairsAtEnd) }

  private func sentence(_ name: String, _ pairs: Pairs?) -> String {
    guard let pairs else { return "\(name) and the baseline have no seed for which both have a value." }
    let (all, differing) = (pairs.count, pairs.wins + pairs.losses)
    guard differing > 0 else {
      return "\(name) and the baseline are equal \(all == 1 ? "with the one seed" : "in all \(all) seeds")."
    }

    let isBetter = pairs.verdict.map { $0 == .better } ?? (pairs.wins >= pairs.losses)
    let word = isBetter ? "better" : "worse"
    let counted = all == 1 ? "with the one seed" : "in \(isBetter ? pairs.wins : pairs.losses) of \(all) seeds"
    let numbers = "mean difference \(difference(pairs)), p \(relation(pairs.test.twoSidedP))"
    if pairs.verdict != nil { return "\(name) is \(word) than the baseline \(counted): \(numbers)." }
    let balance = pairs.wins == pairs.losses ? " and worse in as many" : ""
    let sentence = "\(name) is \(word) than the baseline \(counted)\(balance), which may be chance: \(numbers)."
    guard pairs.leastP >= 0.05 else { return sentence }
    return
      "\(sentence) \(differing == 1 ? "One seed that differs" : "\(differing) seeds that differ") cannot show p < 0.05 "
      + "with this test; the least possible is \(pairs.leastP)."
  }

  /// The mean difference of pairs with its interval: `+0.014 (95 % 0.006 to 0.022)`.
  package func difference(_ pairs: Pairs) -> String {
    let interval = pairs.interval.map { " (95\u{A0}% \(digits.text($0.lowerBound)) to \(digits.text($0.upperBound)))" }
    return digits.signed(pairs.differences.mean) + (interval ?? "")
  }

  private func relation(_ p: Double) -> String { p < 0.001 ? probability(p) : "= \(probability(p))" }

  /// What a reader has to know to judge the numbers.
  package var notes: [String] {
    [budget] + failures + unscored + [selection]
      + (rows.count > 2
        ? [
          "The probabilities are not corrected for comparing with \(rows.count - 1) alternatives: one in twenty such "
            + "tests gives p < 0.05 where there is nothing."
        ] : [])
  }

  private var budget: String {
    let rules = plan.experiment.rules
    let total = grouped(plan.stepsPerRun)
    let others = results.filter { $0.steps != plan.stepsPerRun }
    guard !others.isEmpty else {
      return "Equal budgets: the \(grouped(rules.populationSize)) members of every run trained \(total) steps together."
    }
    let list = others.map { "\(name(of: $0)) \(grouped($0.steps))" }.joined(separator: ", ")
    return "The budgets are not equal: the members of a run are to train \(total) steps together, but of \(list)."
  }

  private var failures: [String] {
    results.compactMap { result in
      result.failure.map { "\(name(of: result)) failed and is in no number: \($0)." }
    }
  }

  private var unscored: [String] {
    let runs = results.filter { $0.unscoredMembers > 0 && $0.value != nil }
    guard !runs.isEmpty else { return [] }
    let list = runs.map { "\(name(of: $0)) \($0.unscoredMembers)" }.joined(separator: ", ")
    return ["Members that ended without a finite value are in no median: \(list)."]
  }

  private var selection: String {
    let metric = plan.reported.name
    guard !plan.isTested else {
      return
        "The \(metric) is that of tests of the chosen checkpoints when the runs were over. It is not biased upwards if "
        + "the trainer tests on data that was not used for selection."
    }
    guard plan.reported.isSelected else {
      return "The \(metric) is that of the checkpoint with the best \(plan.experiment.metric) of a run; "
        + "the \(metric) itself selected nothing."
    }
    return "The \(metric) compared is the one that selected: the best of many noisy scores is biased upwards (the "
      + "winner's curse). Let the trainer report a test metric too, and compare that one; or let it test the chosen "
      + "checkpoints when the runs are over."
  }

  private func name(of result: RunResult) -> String { "\(result.alternative.name) with seed \(result.seed)" }
}
