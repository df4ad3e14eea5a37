internal import PoptrainPages
internal import PopulationBasedTraining

extension ComparisonPage {
  /// A row for each alternative.
  var numbers: String {
    let header = [
      "alternative", "runs", "mean", "sd", "median member", "better", "equal", "worse", "mean difference",
      "95 % interval", "Wilcoxon p", "sign p",
    ]
    let rows = comparison.rows.map { row in
      [
        row.alternative.name, "\(row.values?.values.count ?? 0)", shown(row.values?.mean),
        shown(row.values?.standardDeviation), shown(row.medianMembers?.mean),
      ] + (row.pairs.map(cells) ?? Array(repeating: "", count: 7))
    }
    let atEnd = comparison.rows.map { row in
      [
        row.alternative.name, "\(row.valuesAtEnd?.values.count ?? 0)", shown(row.valuesAtEnd?.mean),
        shown(row.valuesAtEnd?.standardDeviation),
      ] + (row.pairsAtEnd.map(cells) ?? Array(repeating: "", count: 7))
    }
    return Page.table(
      header, rows, caption: "The best checkpoint of each run: each alternative by itself, and against the baseline")
      + "\n"
      + Page.table(
        header.filter { $0 != "median member" }, atEnd,
        caption: "The checkpoint that was the best when the run was over")
  }

  private func cells(_ pairs: Pairs) -> [String] {
    [
      "\(pairs.wins)", "\(pairs.ties)", "\(pairs.losses)", digits.signed(pairs.differences.mean),
      pairs.interval.map { "\(digits.text($0.lowerBound)) to \(digits.text($0.upperBound))" } ?? "",
      probability(pairs.test.twoSidedP), probability(pairs.signTest.twoSidedP),
    ]
  }

  /// A row for each seed.
  var everyRun: String {
    everyRun("The \(reported.name) of the best checkpoint of every run", \.value) + "\n"
      + everyRun("The \(reported.name) of that which was the best at the end", \.valueAtEnd)
  }

  private func everyRun(_ caption: String, _ value: (RunResult) -> Double?) -> String {
    let rows = plan.seeds.map { seed in
      ["\(seed)"]
        + comparison.rows.map { row -> String in
          guard let result = row.results.first(where: { $0.seed == seed }) else { return "" }
          return value(result).map(digits.text) ?? (result.failure == nil ? "–" : "failed")
        }
    }
    return Page.table(["seed"] + plan.alternatives.map(\.name), rows, caption: caption)
  }

  private func shown(_ number: Double?) -> String { number.map(digits.text) ?? "" }
}
