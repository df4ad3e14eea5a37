internal import PoptrainStore
package import PopulationBasedTraining

/// Reads the history of a run in order, a page at a time: all records of a long run at once take gigabytes.
///
/// ```swift
/// var pages = run.pages()
/// while let records = try pages.next() { … }
/// ```
package struct HistoryPages: Sendable {
  private let history: any RunHistory
  private let last: Int
  /// The sequence up to which it was read.
  package private(set) var end: Int

  private static let size = 20_000

  fileprivate init(_ history: any RunHistory, after sequence: Int, upTo last: Int) {
    self.history = history
    self.last = last
    end = sequence
  }

  /// The next records; nil at the end. While the run continues, a later call may return more.
  package mutating func next() throws(RunError) -> [HistoryRecord]? {
    let (start, stop) = (end, min(last, end + HistoryPages.size))
    guard start < stop else { return nil }
    let records = try reading { () throws(StoreError) in try history.records(after: start, upTo: stop) }
    guard let sequence = records.last?.sequence else { return nil }
    end = sequence
    return records
  }
}

extension RecordedRun {
  /// The records after a sequence and up to another, in order, a page at a time.
  package func pages(after sequence: Int = 0, upTo last: Int = .max) -> HistoryPages {
    HistoryPages(history, after: sequence, upTo: last)
  }
}
