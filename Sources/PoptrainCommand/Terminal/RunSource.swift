import PoptrainExperimentFile
import PoptrainRuns
import PoptrainStore
import PopulationBasedTraining

/// Reads a run from its folder, and again what is new of it.
struct RunSource: Sendable {
  private(set) var run: RecordedRun
  private var sequence = 0

  init(_ directory: RunDirectory) throws(RunError) {
    run = try RecordedRun(directory)
  }

  /// Leaves out what has happened so far.
  mutating func skip() throws(RunError) {
    sequence = try run.population().sequence
  }

  /// The next records, up to a sequence; none where nothing is new.
  mutating func next(upTo last: Int = .max) throws(RunError) -> [HistoryRecord] {
    guard run.directory.holdsRun else { throw run.directory.absence }
    var pages = run.pages(after: sequence, upTo: last)
    let records = try pages.next() ?? []
    sequence = pages.end
    // It goes on under other rules.
    if records.contains(where: \.isRevision) { run = try RecordedRun(run.directory) }
    return records
  }

  /// Adds everything that is new.
  @concurrent
  mutating func add(to trail: inout Trail, upTo last: Int = .max) async throws(RunError) {
    while true {
      let records = try next(upTo: last)
      guard !records.isEmpty, !Task.isCancelled else { return }
      for record in records { trail.apply(record) }
    }
  }
}

extension HistoryRecord {
  fileprivate var isRevision: Bool {
    if case .event(let event) = self { event.kind == .revised } else { false }
  }
}
