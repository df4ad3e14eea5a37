package import PoptrainRuns
package import PopulationBasedTraining
internal import PoptrainExperimentFile
internal import PoptrainText

/// What the history of a run shows: `poptrain findings --json`.
package struct Findings: Codable, Hashable, Sendable {
  /// Stays the same over resumes.
  package let runID: String
  /// The experiment's name.
  package let name: String
  /// The folder of the run.
  package let run: String
  /// The metric that selection compares.
  package let metric: String
  /// Whether more of it is better.
  package let mode: Rules.Mode
  /// How many intervals have ended; draws that were refused are none.
  package let intervals: Int
  /// What was found: warnings first, then notes, then what is good.
  package let findings: [Finding]

  /// Asks a run.
  package init(_ run: RecordedRun) throws(RunError) {
    let rules = run.experiment.rules
    var course = Course(rules: rules)
    var pages = run.pages()
    while let records = try pages.next() { course.follow(records) }
    runID = run.id
    name = run.experiment.name
    self.run = run.directory.address
    metric = run.experiment.metric
    mode = rules.mode
    intervals = course.intervals
    findings = Findings.of(course, folder: run.directory.shown)
  }

  /// What records show.
  ///
  /// - Parameter folder: the folder of the run, as it is typed.
  package static func of(_ records: [HistoryRecord], rules: Rules, folder: String? = nil) -> [Finding] {
    var course = Course(rules: rules)
    course.follow(records)
    return of(course, folder: folder)
  }

  /// O(n log n).
  private static func of(_ course: Course, folder: String?) -> [Finding] {
    let (transitions, noise) = (course.transitions(), course.noise())
    let (selection, noEffect) = (Selection.verdict(course, transitions), NoEffect.verdict(course, transitions))
    let idle = Set(noEffect.findings.compactMap { $0.evidence["hyperparameter"]?.description })
    // What luck selects says nothing of values.
    let isLuck = selection.findings.contains { ($0.evidence["p"]?.asNumber ?? 0) >= Selection.level }
    let verdicts = [
      NeverTrained.verdict(course, in: folder), Failures.verdict(course, in: folder), Saturated.verdict(course),
      selection, LuckyBest.verdict(course, noise), Takeover.verdict(course),
      ShortInterval.verdict(
        course, noise, isSelectionGood: selection.findings.contains { $0.severity == .good }),
      isLuck ? .nothing : RangeEnd.verdict(course, transitions, without: idle), noEffect,
      isLuck ? .nothing : FlatSchedule.verdict(course, without: idle), IdleWorkers.verdict(course),
    ]
    let found = verdicts.flatMap(\.findings)
    let open = verdicts.compactMap { if case .tooEarly(let whether) = $0 { whether } else { nil } }
    let all: [Finding] = found + (open.isEmpty ? [] : [tooEarly(open, course)])
    return Finding.Severity.allCases.reversed().flatMap { severity in all.filter { $0.severity == severity } }
  }

  private static func tooEarly(_ open: [String], _ course: Course) -> Finding {
    let (intervals, copies) = (counted(course.stretches.count, "interval"), counted(course.copies, "copy"))
    let start = course.isOver ? "Too little was trained" : "It is too early"
    return Finding(
      .tooEarly, .note,
      "\(start) to tell \(listed(open.map { "whether \($0)" })): \(intervals) and \(copies).",
      ["intervals": .integer(course.stretches.count), "copies": .integer(course.copies)])
  }
}
