internal import PoptrainExperimentFile
internal import PoptrainRuns
internal import PopulationBasedTraining
internal import PoptrainStore

/// What was read of a run so far, and what is counted along it.
struct RunTape: Sendable {
  /// Intervals that are read at once: a longer reading would keep SQLite from cleaning up behind the engine.
  private static let pageSize = 65_536

  /// The run as it was opened last.
  private(set) var run: RecordedRun
  private(set) var rows: RunRows
  private(set) var counters = RunCounters()
  private var known = HistoryPage.Known()
  /// The sequence up to which it was read.
  private(set) var end = 0
  /// When each member left its score behind, and the first row after that, as far as somebody has asked.
  private var replacements: (of: [Member.ID: [(sequence: Int, row: Int)]], end: Int) = ([:], 0)

  /// Begins to read a run.
  init(_ run: RecordedRun) {
    self.run = run
    rows = RunRows(run.experiment.rules.space)
  }

  /// Reads what is new. After an error nothing of it can be used any more.
  ///
  /// - Returns: whether it was the same run as before, with more behind it.
  mutating func extend(_ run: RecordedRun) throws(RunError) -> Bool {
    guard run.id == self.run.id, run.experiment.rules.space == self.run.experiment.rules.space else { return false }
    self.run = run
    while true {
      let page = try reading { () throws(StoreError) in
        try run.history.page(after: end, atMost: RunTape.pageSize, &known)
      }
      guard page.end >= end else { return false }
      rows.append(page, in: run)
      counters.pass(page)
      end = page.end
      guard page.isFull else { return true }
    }
  }

  /// Reads when members left their scores behind, which only the page of a member asks.
  mutating func extendReplacements() throws(RunError) {
    let new = try reading { () throws(StoreError) in try run.history.modelChanges(after: replacements.end) }
    for replacement in new where replacement.sequence <= end {
      let row = rows.firstRow(after: replacement.sequence)
      replacements.of[replacement.member, default: []].append((replacement.sequence, row))
    }
    replacements.end = end
  }

  /// Whether a score was still that of the member at a sequence.
  func isCurrent(_ row: Int, of member: Member.ID, at sequence: Int) -> Bool {
    guard let left = replacements.of[member] else { return true }
    let before = left.partition { $0.sequence <= sequence }
    return before == 0 || left[before - 1].row <= row
  }
}
