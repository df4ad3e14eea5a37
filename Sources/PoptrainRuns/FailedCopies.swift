internal import PopulationBasedTraining

extension RecordedRun {
  /// What is wrong where members copied, but no copy was ever trained: every interval that began with one was given up, or all
  /// its values were refused.
  package func reasonNoCopyTrained() throws(RunError) -> String? {
    guard try !forfeitedSteps().isEmpty else { return nil }
    var count = 0
    var last: Interval?
    var pages = pages()
    while let records = try pages.next() {
      for case .interval(let interval) in records where interval.start.map({ $0.member != interval.member }) ?? false {
        if interval.kind == .train, interval.end != nil { return nil }
        // Refused values that were drawn anew cost no steps.
        guard !interval.outcome.isTrained, interval.steps > 0 else { continue }
        count += 1
        last = interval
      }
    }
    guard let last else { return nil }
    let refused = last.outcome == .invalid ? "refused: " : ""
    return """
      no copy has ever trained: every interval that began with one was given up, \(count) in all; the last, \
      of member \(last.member), was \(refused)\(last.message ?? ""). Without copies this is random search: fix the trainer, and \
      begin a new run
      """
  }
}
