internal import Foundation
internal import PopulationBasedTraining
internal import PoptrainStore

/// What is promised of a shared log: each entry is created once and follows the one before it, nothing follows an entry that
/// only a newer version understands, and all processes make the same population of it.
struct LogWatch {
  /// A line of the log, as far as it is checked.
  struct Entry: Decodable {
    let number: Int
    let id: String
    let previous: String
    let run: String
    let process: String
    let delta: Ledger.Delta
  }

  private var lines: [Data] = []
  private var lastID = ""
  private var run: String?
  private var grantees: Set<String> = []
  /// What the entries make of the population.
  var population: Population
  /// Whether a newer version has written an entry.
  private(set) var isNewer = false

  init(rules: Rules) {
    population = Population(rules: rules)
  }

  /// Takes what was created under a number.
  ///
  /// - Returns: the entry; none where a newer version has written it.
  mutating func take(_ number: Int, _ contents: Data) throws(Violation) -> Entry? {
    guard number == lines.count + 1, !isNewer else {
      throw Violation(
        invariant: "I4", message: "entry \(number) was created after \(lines.count)\(isNewer ? ", a newer one" : "")")
    }
    let block = contents.withUnsafeBytes { $0.split(separator: UInt8(ascii: "\n")).map { Data($0) } }
    guard let line = block.last, block.dropLast() == lines.suffix(block.count - 1) else {
      throw Violation(invariant: "I4", message: "entry \(number) repeats other entries than those before it")
    }
    lines.append(line)
    let decoder = JSONDecoder()
    decoder.nonConformingFloatDecodingStrategy = .convertFromString(
      positiveInfinity: "inf", negativeInfinity: "-inf", nan: "nan")
    guard let entry = try? decoder.decode(Entry.self, from: line) else {
      isNewer = true
      return nil
    }
    guard entry.number == number, entry.previous == lastID, entry.run == run ?? entry.id else {
      throw Violation(invariant: "I4", message: "entry \(number) does not follow the one before it")
    }
    (lastID, run) = (entry.id, entry.run)
    grantees.formUnion(entry.delta.granted.map(\.token))
    return entry
  }

  /// An answer to a process grants what the log grants.
  func look(at grant: Grant) throws(Violation) {
    guard case .leases(let leases) = grant else { return }
    for lease in leases where !grantees.contains(lease.token) {
      throw Violation(invariant: "I3", message: "member \(lease.member) was leased, but not in the log")
    }
  }

  /// A process has folded as much of history as there is: it must have come to the same population.
  func compare(_ other: Population) throws(Violation) {
    guard other.sequence == population.sequence else { return }
    let (mine, others) = (population.unleased, other.unleased)
    guard mine.members == others.members, mine.best == others.best, mine.earlyEnding == others.earlyEnding,
      mine.completedIntervals == others.completedIntervals, mine.restarts == others.restarts
    else {
      throw Violation(
        invariant: "I5", message: "a process has another population than the log makes after record \(other.sequence)")
    }
  }
}

extension Watch {
  /// Takes what was created in a shared log, and returns what it records.
  mutating func created(
    _ number: Int, _ contents: Data, at now: Double, on disk: SimulatedDisk
  ) throws(Violation) -> [HistoryRecord] {
    guard let entry = try log.take(number, contents) else { return [] }
    let ended = Set(entry.delta.ended)
    for record in entry.delta.records {
      switch record {
      case .interval(let interval): try look(at: interval.token, ended, of: "interval \(interval.sequence)")
      case .attempt(let attempt):
        try look(at: attempt.token, ended, of: "attempt \(attempt.sequence)")
        guard attempt.reason != .notLoaded else {
          throw Violation(invariant: "I2", message: "a live lease could not be loaded: \(attempt.message)")
        }
        if let lease = leases.lease(attempt.token) { try batches.failed(lease, because: attempt.reason.rawValue) }
      case .decision, .collection, .event: break
      }
    }
    for token in entry.delta.ended {
      if let lease = leases.lease(token) { log.population.setLeased(lease.member, false) }
      try leases.accepted("entry \(number)", token, isOver: true, at: now)
    }
    for record in entry.delta.records {
      try history.take(record)
      log.population.apply(record)
      if record.experiment != nil { log.population.revise(log.population.rules) }
    }
    for lease in entry.delta.granted { log.population.setLeased(lease.member, true) }
    try granted(.leases(entry.delta.granted), at: now)
    isFinished = log.population.isFinished
    try look(at: log.population, on: disk)
    return entry.delta.records
  }

  /// What is recorded must end a lease that is live; one that is given up has an attempt of that lease beside it.
  private func look(at token: String?, _ ended: Set<String>, of what: String) throws(Violation) {
    guard let token else { return }
    guard ended.contains(token), leases.isLive(token) else {
      throw Violation(invariant: "I3", message: "\(what) was recorded under \(token), which is not live")
    }
  }
}

extension Population {
  /// The same, with no member in training.
  fileprivate var unleased: Population {
    var population = self
    for member in members where member.state == .leased { population.setLeased(member.id, false) }
    return population
  }
}
