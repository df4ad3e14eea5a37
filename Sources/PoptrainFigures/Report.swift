internal import Foundation
internal import PoptrainExperimentFile
internal import PoptrainFindings
internal import PoptrainPages
package import PoptrainRuns
internal import PoptrainStore
internal import PoptrainText
internal import PopulationBasedTraining

/// Everything there is to say of a run, as one page to send to somebody.
package struct Report {
  private let run: RecordedRun
  private let course: Course
  private let status: Status
  private let seconds: Double
  private let findings: [PoptrainFindings.Finding]

  /// Reads a run, also while it goes on.
  package init(_ run: RecordedRun) throws(RunError) {
    self.run = run
    course = try Course(run)
    status = try Status(run)
    seconds = try reading { () throws(StoreError) in try run.history.secondsSpent() }
    findings = try Findings(run).findings
  }

  /// The page; `version` is that of Poptrain.
  package func html(version: String) -> String {
    let sentences = Page.list([progress, best, copies].compactMap(\.self) + failures)
    let figures = FigureKind.allCases.map { course.figure($0).markup }.joined(separator: "\n")
    return Page(
      run.experiment.name, title: "\(run.experiment.name): report", lead: lead, style: Figure.pageStyle,
      version: version
    ).html(
      """
      \(Page.section("In short", nil, sentences))
      \(Page.section("Findings", nil, Page.list(findings.map(Report.sentence))))
      \(Page.section("Figures", nil, figures))
      \(Page.section("The schedule of the best model", nil, course.scheduleTable.markup))
      \(Page.section("The members", "The best first.", course.membersTable.markup))
      \(Page.section("The experiment", "With its defaults filled in.", "<pre>\(escaped(run.experiment.yaml))</pre>"))
      """)
  }

  private static func sentence(_ finding: PoptrainFindings.Finding) -> String {
    let advice = finding.advice.map { " \($0)" } ?? ""
    return "\(finding.severity == .warning ? "Warning: " : "")\(finding.sentence)\(advice)"
  }

  private var lead: String {
    let rules = run.experiment.rules
    return "A population of \(counted(rules.populationSize, "member")), trained to "
      + "\(rules.mode == .max ? "raise" : "lower") \(rules.metric) over \(grouped(rules.steps)) steps each."
  }

  private var progress: String {
    let state =
      switch status.state {
      case .running: "The run goes on"
      case .stopped: "The run is stopped and can be resumed"
      case .finished: "The run is finished"
      }
    return "\(state): \(grouped(status.trainedSteps)) of \(grouped(status.totalSteps)) steps in "
      + "\(counted(status.intervals, "interval")), \(spoken(Duration.seconds(seconds))) of wall-clock time."
  }

  private var best: String {
    guard let best = status.best else { return "No model has a score yet." }
    let values = course.hyperparameters.compactMap { hyperparameter in
      best.hyperparameters[hyperparameter.name].map { "\(hyperparameter.name) \(Course.short($0))" }
    }
    return
      "The best model has \(run.experiment.metric) \(Course.short(best.score)). Member \(best.member) trained it to "
      + "\(grouped(best.age)) steps" + (values.isEmpty ? "." : ", in the end with \(values.joined(separator: ", ")).")
  }

  private var copies: String? {
    let copies = course.lines.count { $0.parent != nil }
    let current = course.lines.filter(\.isCurrent)
    guard !current.isEmpty else { return nil }
    let founders = Set(current.map(\.founder)).count
    let fresh = course.lines.count { $0.parent == nil }
    return "\(counted(copies, "copy")). The \(counted(current.count, "member")) of now "
      + "\(current.count == 1 ? "descends" : "descend") from \(founders) of \(counted(fresh, "model")) that began fresh."
  }

  private var failures: [String] {
    status.failures == 0
      ? [] : ["\(counted(status.failures, "attempt")) failed and \(status.failures == 1 ? "was" : "were") repeated."]
  }
}
