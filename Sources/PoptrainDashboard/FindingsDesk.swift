internal import PoptrainFindings
internal import PoptrainJSON
internal import PoptrainRuns

/// Finds out what the history of a run shows, on a thread of its own: for a million intervals it takes seconds.
actor FindingsDesk {
  private let pace: Pace
  private let thread = ReadingThread()
  private var last: (end: Int, bytes: [UInt8], at: Double, took: Double)?

  nonisolated var unownedExecutor: UnownedSerialExecutor { thread.asUnownedSerialExecutor() }

  init(pace: Pace) { self.pace = pace }

  /// `findings.json`. Where it takes long, pages that ask again and again are told the last ones for a while.
  ///
  /// - Parameter end: the sequence up to which the run was read.
  func bytes(of run: RecordedRun, end: Int) throws -> [UInt8] {
    let start = pace.now()
    if let last, last.end == end || start - last.at < FindingsDesk.rest * last.took { return last.bytes }
    let bytes = try JSON(encoding: Findings(run)).bytes
    let finish = pace.now()
    last = (end, bytes, finish, finish - start)
    return bytes
  }

  /// So many times as long as the last computation, none is begun.
  private static let rest = 10.0
}
