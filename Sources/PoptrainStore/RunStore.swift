package import PopulationBasedTraining

/// The store of a run, as the engine that owns it sees it: opened, asked, closed. Workers see a ``PopulationStore``.
package protocol RunStore: PopulationStore {
  /// What run this is, as it was recorded last.
  func identity() async throws(StoreError) -> RunIdentity

  /// The seconds that engines have spent on the run.
  func secondsSpent() async throws(StoreError) -> Double

  /// The checkpoints whose files exist.
  func presentCheckpoints() async throws(StoreError) -> Set<CheckpointID>

  /// The checkpoints whose files exist, and those that live leases are to save. Whatever else was in the folder before the
  /// call, nobody needs.
  func neededCheckpoints() async throws(StoreError) -> Set<CheckpointID>

  /// Yields each time the processes that train the run are asked to stop.
  var stopRequests: AsyncStream<Void> { get }

  /// Yields why the run's place does not answer while calls are tried again, and nil once it answers.
  var outages: AsyncStream<String?> { get }

  /// From now on an outage of the run's place is waited for only briefly, also by calls that wait already.
  func hurry() async

  /// Closes the store for good: no call may follow.
  func close() async throws(StoreError)
}

extension RunStore {
  /// Nobody is asked where there is one process alone.
  package var stopRequests: AsyncStream<Void> { AsyncStream { $0.finish() } }

  /// Nothing is waited for where the place is this machine.
  package func hurry() async {}

  /// A place on this machine answers, or fails for good.
  package var outages: AsyncStream<String?> { AsyncStream { $0.finish() } }
}

/// Where the population of a run is kept.
///
/// `StoreConformance` in `PoptrainStoreTesting` checks every implementation.
package protocol RunDatabase: Sendable {
  /// What run is in it; none where there is none yet.
  func identity() throws(StoreError) -> RunIdentity?

  /// Starts an engine on the run, or a new run. At most one engine may have it open.
  ///
  /// Live leases end. Where the experiment differs from the last one, the run is revised (``Ledger/start(_:after:)``).
  func open(_ opening: RunOpening) async throws(StoreError) -> any RunStore

  /// Reads what is recorded, also while an engine has the run open.
  ///
  /// - Parameter space: the experiment's, for the kinds of the values.
  func history(space: Space) throws(StoreError) -> any RunHistory
}

/// What an engine opens a run with.
package struct RunOpening: Sendable {
  /// The rules of the experiment.
  package var rules: Rules
  /// The experiment; recorded where it differs from the last one.
  package var experiment: String
  /// The recorded experiment from which it was made; none for a new run.
  package var basis: String?
  /// What the experiment file itself says, where the command line says something else.
  package var file: String?
  /// The folder in which trainers run.
  package var folder: String
  /// What the trainer's program is made of.
  package var program: String?
  /// Whether a call that returned survives a power cut, or only the death of the process.
  package var isDurable: Bool
  /// The clocks, and the source of tokens.
  package var surroundings: Ledger.Surroundings

  package init(
    rules: Rules, experiment: String, basis: String? = nil, file: String? = nil, folder: String, program: String? = nil,
    isDurable: Bool = true, surroundings: Ledger.Surroundings = Ledger.Surroundings()
  ) {
    self.rules = rules
    self.experiment = experiment
    self.basis = basis
    self.file = file
    self.folder = folder
    self.program = program
    self.isDurable = isDurable
    self.surroundings = surroundings
  }
}

/// What a run is.
package struct RunIdentity: Hashable, Sendable, Codable {
  /// Stays the same over resumes.
  package let id: String
  /// The experiment file as last revised.
  package let experiment: String
  /// What the file itself said then, where the command line said something else.
  package let file: String
  /// The folder in which its trainers run.
  package let folder: String
  /// What the trainer's program was made of at the last start that has recorded it.
  package let program: Event?
  /// The sequence of its last record.
  package let sequence: Int

  /// Collects what was recorded.
  package init(id: String, experiment: String, file: String, folder: String, program: Event?, sequence: Int) {
    self.id = id
    self.experiment = experiment
    self.file = file
    self.folder = folder
    self.program = program
    self.sequence = sequence
  }

  /// What the records of a run say of it; none where it was never started.
  ///
  /// - Parameter sequence: the sequence of the last record; none: that of the last of these.
  package init?(_ records: [HistoryRecord], sequence: Int? = nil) {
    var id: String?
    var experiment: String?
    var file: String?
    var folder: String?
    var program: Event?
    for case .event(let event) in records {
      switch event.what {
      case .created(let text): id = text
      case .revised(let text): (experiment, file) = (text, nil)
      case .overridden(let text): file = text
      case .started(let text): folder = text
      case .program: program = event
      case .restarted, .ended, .warning: break
      }
    }
    guard let id, let experiment, let folder else { return nil }
    self.init(
      id: id, experiment: experiment, file: file ?? experiment, folder: folder, program: program,
      sequence: sequence ?? records.last?.sequence ?? 0)
  }
}

extension HistoryRecord {
  /// The experiment under which the run goes on; none where the record is of something else.
  package var experiment: String? {
    if case .event(let event) = self, case .revised(let text) = event.what { text } else { nil }
  }
}
