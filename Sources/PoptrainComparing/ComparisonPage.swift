internal import PoptrainText
package import PoptrainRuns
internal import PoptrainPages
internal import PoptrainExperimentFile
internal import Foundation
internal import PopulationBasedTraining

/// A comparison as one HTML page that needs nothing else: no scripts, no fonts, no network.
///
/// It is the same page whenever it is made of the same runs.
package struct ComparisonPage: Sendable {
  let comparison: Comparison
  private let command: String
  private let version: String

  /// Prepares a page.
  ///
  /// - Parameters:
  ///   - command: how to make the comparison again.
  ///   - version: of Poptrain.
  package init(_ comparison: Comparison, command: String, version: String) {
    self.comparison = comparison
    self.command = command
    self.version = version
  }

  /// Writes the page into the folder of the runs, and says where.
  package func write() throws(RunError) -> String {
    let path = "\(plan.directory.shown)/comparison.html"
    try WholeFile.write(html, to: path)
    return path
  }

  var plan: ComparisonPlan { comparison.plan }
  var reported: ReportedMetric { plan.reported }
  var digits: Digits { comparison.digits }

  /// The page, which is XML too.
  package var html: String {
    let name = plan.experiment.name
    return Page(name, title: "\(name): a comparison", lead: summary, version: version).html(
      """
      \(verdicts)
      \(Page.section("Seed by seed", "A line is a seed: both runs began with the same values. The short bars are means.", pairPanels))
      \(Page.section("Numbers", numbersLegend, numbers))
      \(hasCurves ? Page.section("The best so far", curvesLegend, curves) : "")
      \(Page.section("Best and median member", membersLegend, members))
      \(Page.section("How to read it", nil, Page.list(comparison.notes)))
      \(Page.section("Every run", nil, everyRun))
      \(Page.section("What was compared", nil, changes))
      \(Page.section("How to repeat it", nil, repetition))
      """)
  }

  private var summary: String {
    let seeds =
      plan.seeds.count == 1 ? "seed \(plan.seeds[0])" : "seeds \(plan.seeds[0]) to \(plan.seeds[plan.seeds.count - 1])"
    return "A comparison by \(reported.name), \(reported.mode == .max ? "higher" : "lower") is better. "
      + "\(comparison.results.count) runs: \(plan.alternatives.map(\.name).joined(separator: ", ")), each with \(seeds); "
      + "\(grouped(plan.stepsPerRun)) steps a run."
  }

  /// A metric that only tests measure has none.
  private var hasCurves: Bool { !plan.isTested || comparison.results.contains { !$0.curve.isEmpty } }

  private var numbersLegend: String {
    "Each row against the baseline, in pairs of one seed. The interval is that of the paired t-test; p is that of Wilcoxon's "
      + "signed-rank test with two sides, and of the sign test."
  }

  private var curvesLegend: String {
    "The \(reported.name) of the best checkpoint so far: a line is the median over seeds, its shade goes from the lowest "
      + "to the highest."
  }

  private var membersLegend: String {
    "A dot is the best checkpoint of a run\(plan.isTested ? "; median members are not tested." : ", a ring its median member at the end.")"
  }

  private var verdicts: String {
    let items = comparison.rows.dropFirst().map { row in
      let verdict = row.pairs?.verdict?.rawValue ?? "open"
      let name = row.alternative.name
      let sentence = "\(comparison.sentence(row)) \(comparison.sentenceAtEnd(row))"
      return "<li class=\"\(verdict)\"><b>\(escaped(name))</b>\(escaped(String(sentence.dropFirst(name.count))))</li>"
    }
    return "<ul class=\"verdicts\">\n\(items.joined(separator: "\n"))\n</ul>"
  }

  private var changes: String {
    let items = plan.alternatives.map { alternative in
      let changed = alternative.changing(plan.experiment)
      let changes = changed.changes(from: plan.experiment).map { "<br/><code>\(escaped($0.description))</code>" }
      return "<dt>\(escaped(alternative.name))</dt><dd>\(escaped(alternative.summary))\(changes.joined())</dd>"
    }
    return """
      <dl>
      \(items.joined(separator: "\n"))
      </dl>
      <details>
      <summary>The experiment, with its defaults filled in</summary>
      <pre>\(escaped(plan.experiment.yaml))</pre>
      </details>
      """
  }

  private var repetition: String {
    """
    <pre>\(escaped(command))</pre>
    <p>Finished runs are not trained again. Each is an ordinary run folder, such as
    <code>\(escaped(plan.runs[0].directory.path))</code>.</p>
    """
  }
}
