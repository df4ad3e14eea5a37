internal import Foundation
internal import PopulationBasedTraining
internal import PoptrainStore

/// How far a process has read a log.
struct LogPosition {
  /// The last block, up to the last entry.
  private(set) var block = LogBlock(first: 1)
  /// What its entries record, since most who ask for records ask for the last ones.
  private(set) var records: [HistoryRecord] = []
  private var id = ""
  private var run = ""

  /// Before the first entry.
  init() {}

  /// Behind the last entry of a block.
  init(after block: LogBlock, in log: any EntryReader) throws(LogFailure) {
    self.block = block
    let entries = try block.entries(from: block.first, in: log)
    records = entries.flatMap(\.delta.records)
    if let last = entries.last { (id, run) = (last.id, last.run) }
  }

  /// Whether an entry is the next one.
  func isFollowed(by entry: LogEntry) -> Bool {
    entry.number == block.last + 1 && entry.previous == id && (run.isEmpty || entry.run == run)
  }

  /// What would be the next entry.
  func entry(_ delta: Ledger.Delta, by process: String) -> LogEntry {
    let new = randomToken()
    return LogEntry(
      number: block.last + 1, id: new, previous: id, run: run.isEmpty ? new : run, process: process, delta: delta)
  }

  /// Moves past the next entry.
  mutating func append(_ line: Data, _ entry: LogEntry) {
    block.append(line)
    records = block.lines.count == 1 ? entry.delta.records : records + entry.delta.records
    (id, run) = (entry.id, entry.run)
  }
}

/// What is asked of all history, as far as a process has read it.
struct LogSummary {
  /// What run it is; none before its first entry.
  private(set) var identity: RunIdentity?
  /// The seconds that were spent on it.
  private(set) var time = EngineTime()
  /// The checkpoints that exist.
  private(set) var present: Set<CheckpointID> = []
  /// The entries of the intervals that were recorded, by hashes of the tokens of their leases. Strings that live for ever
  /// would each keep a page of memory from being given back.
  private var entries: [Int: Int] = [:]
  private var events: [HistoryRecord] = []

  /// The entry that has recorded the interval of a lease, where there is one.
  func entry(recording token: String) -> Int? { entries[token.hashValue] }

  /// Takes the next entry.
  mutating func add(_ entry: LogEntry, in population: Population) {
    for record in entry.delta.records {
      switch record {
      case .interval(let interval):
        time.pass(interval.finishedAt)
        if interval.kind == .train, let end = interval.end { present.insert(end) }
        if let token = interval.token { entries[token.hashValue] = entry.number }
      case .attempt(let attempt): time.pass(attempt.at)
      case .event(let event):
        time.pass(event.at, event.kind)
        if event.kind != .warning { events.append(record) }
      case .collection(_, let checkpoint): present.remove(checkpoint)
      case .decision: break
      }
    }
    identity = RunIdentity(events, sequence: population.sequence)
  }
}
