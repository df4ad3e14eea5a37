internal import Foundation
internal import PoptrainStore
internal import PopulationBasedTraining

/// What a log says, as far as a process has read it.
struct FoldedLog {
  /// What its entries make of the population.
  private(set) var ledger: Ledger
  /// Where it has been read to.
  private(set) var position = LogPosition()
  /// What is asked of its whole history.
  private(set) var summary = LogSummary()

  private let rules: @Sendable (_ experiment: String) throws(StoreError) -> Rules

  /// An empty log.
  ///
  /// - Parameter rules: reads the rules of a recorded experiment.
  init(_ opening: RunOpening, rules: @escaping @Sendable (_ experiment: String) throws(StoreError) -> Rules) {
    ledger = Ledger(population: Population(rules: opening.rules), trained: [], surroundings: opening.surroundings)
    self.rules = rules
  }

  /// Takes the next entry, which another process has written.
  mutating func fold(_ line: Data, in log: any EntryReader) throws(StoreError) -> LogEntry {
    let entry: LogEntry
    do throws(LogFailure) {
      entry = try LogEntry(line: line, number: position.block.last + 1, in: log)
    } catch {
      throw error.asStoreError
    }
    guard position.isFollowed(by: entry) else {
      throw .damaged(path: "\(log)", what: "entry \(entry.number) does not follow the one before it")
    }
    var next = ledger
    if entry.number == 1 {
      guard let experiment = entry.delta.records.lazy.compactMap(\.experiment).first else {
        throw .damaged(path: "\(log)", what: "entry 1 names no experiment")
      }
      next = Ledger(
        population: Population(rules: try rules(experiment)), trained: [], surroundings: ledger.surroundings)
    }
    try next.fold(entry.delta, from: "\(log)", rules: rules)
    position.append(line, entry)
    take(entry, position, next)
    return entry
  }

  /// Takes an entry that this process has written.
  ///
  /// - Parameters:
  ///   - position: that of the entry.
  ///   - ledger: the state that the entry leads to.
  mutating func take(_ entry: LogEntry, _ position: LogPosition, _ ledger: Ledger) {
    self.position = position
    self.ledger = ledger
    summary.add(entry, in: ledger.population)
  }

  /// Takes a state of the ledger that differs in nothing that others need to know.
  mutating func take(_ ledger: Ledger) { self.ledger = ledger }

  /// Lets members that failed before this process came be tried at once: it does not know when they failed.
  mutating func endRests() { ledger.endRests() }
}
