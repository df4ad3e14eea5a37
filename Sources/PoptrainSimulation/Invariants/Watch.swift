internal import PopulationBasedTraining
internal import PoptrainStore

/// Everything that is checked after each event. History, leases and files are accounted for independently; decisions are
/// recomputed with the code under test.
struct Watch {
  private let rules: Rules
  var history: HistoryWatch
  var leases = LeaseWatch()
  var files = DiskWatch()
  var batches = BatchWatch()
  /// Where processes share one.
  var log: LogWatch
  var isFinished = false
  private var referred: Set<CheckpointID> = []

  init(rules: Rules) {
    self.rules = rules
    history = HistoryWatch(rules: rules)
    log = LogWatch(rules: rules)
  }

  mutating func granted(_ grant: Grant, at now: Double) throws(Violation) {
    guard case .leases(let granted) = grant else { return }
    for lease in granted {
      try leases.granted(lease, at: now)
      try history.look(at: lease.hyperparameters, of: "the lease of member \(lease.member)")
    }
  }

  /// Looks at a population and at what it refers to.
  mutating func look(at population: Population, on disk: SimulatedDisk) throws(Violation) {
    guard population.members.count == rules.populationSize, population.count(.retired) == 0 else {
      throw Violation(invariant: "I8", message: "there are \(population.members.count) members")
    }
    guard population.best?.published.score == history.best else {
      throw Violation(
        invariant: "I1",
        message:
          "the best is \(population.best.map { "\($0.published.score)" } ?? "nobody"), not \(history.best ?? .nan)")
    }
    referred = population.best.map { [$0.published.checkpoint] } ?? []
    for member in population.members {
      guard member.published?.score.isFinite ?? true else {
        throw Violation(
          invariant: "I8", message: "member \(member.id) has published \(member.published?.score ?? .nan)")
      }
      referred.formUnion(member.references)
    }
    try lookAtFiles(on: disk)
  }

  /// Looks at the files of everything that was referred to when the population was last looked at.
  func lookAtFiles(on disk: SimulatedDisk) throws(Violation) {
    for checkpoint in referred { try look(at: checkpoint, on: disk, why: "a member or the best") }
    for lease in leases.leases {
      if let start = lease.start { try look(at: start, on: disk, why: "the lease of member \(lease.member)") }
    }
  }

  private func look(at checkpoint: CheckpointID, on disk: SimulatedDisk, why: String) throws(Violation) {
    guard !history.collected.contains(checkpoint) else {
      throw Violation(invariant: "I2", message: "\(why) refers to \(checkpoint), which is collected")
    }
    try files.look(at: checkpoint, on: disk, why: why)
  }
}
