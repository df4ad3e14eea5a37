internal import PopulationBasedTraining

extension RecordedRun {
  /// What is wrong where members copied, but no copy was ever trained: every interval that began with one was given up, or all
  /// its values were refused. Where as many others were, it is not because they are copies.
  package func reasonNoCopyTrained() throws(RunError) -> String? {
    guard try !forfeitedSteps().isEmpty else { return nil }
    var (count, others) = (0, 0)
    var last: Interval?
    var pages = pages()
    while let records = try pages.next() {
      for case .interval(let interval) in records {
        let isCopy = interval.start.map { $0.member != interval.member } ?? false
        if isCopy, interval.kind == .train, interval.end != nil { return nil }
        // Refused values that were drawn anew cost no steps.
        guard !interval.outcome.isTrained, interval.steps > 0 else { continue }
        if isCopy { (count, last) = (count + 1, interval) } else { others += 1 }
      }
    }
    guard let last, count > others else { return nil }
    let refused = last.outcome == .invalid ? "refused: " : ""
    return """
      no copy has ever trained: every interval that began with one was given up, \(count) in all; the last, \
      of member \(last.member), was \(refused)\(last.message ?? ""). Without copies this is random search: fix the trainer, and \
      begin a new run
      """
  }
}
