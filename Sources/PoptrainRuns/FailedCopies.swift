internal import PoptrainStore
internal import PopulationBasedTraining

extension RecordedRun {
  /// What is wrong where members copied, but no copy was ever trained: every interval that began with one was given up.
  package func reasonNoCopyTrained() throws(RunError) -> String? {
    guard try !forfeitedSteps().isEmpty else { return nil }
    let intervals = try reading { () throws(StoreError) in try history.intervals() }
    let copies = intervals.filter { interval in interval.start.map { $0.member != interval.member } ?? false }
    let givenUp = copies.filter { $0.outcome == .forfeited }
    guard let last = givenUp.last, !copies.contains(where: { $0.kind == .train && $0.end != nil }) else { return nil }
    return """
      no copy has ever trained: every interval that began with one was given up, \(givenUp.count) in all; the last, \
      of member \(last.member), was \(last.message ?? ""). Without copies this is random search: fix the trainer, and \
      begin a new run
      """
  }
}
