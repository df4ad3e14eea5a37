package import PopulationBasedTraining

/// Where a population lives.
///
/// The contract, for every implementation (`StoreConformance` in the tests checks it):
///
/// **One transaction per call.** A call that returns has happened, wholly and for good (how much "for good" means is the
/// store's durability); a call that throws has changed nothing. Calls of one population happen one after the other and
/// each takes the next sequences of history. A call whose answer was lost may be repeated.
///
/// **History and now.** Records are only ever appended. Members and leases are what the records have made of them.
///
/// **Leases.** At most one live lease per member. A token is random and never used again. A lease that has expired may
/// be taken over; until then its token still counts. A token that is not live changes nothing: ``StoreError/superseded``.
///
/// **Completing** is idempotent by token: repeated, it returns the recorded interval and grants nothing. The first time it
/// records the interval, makes the decisions that follow from it, names the checkpoints to which nothing refers any
/// more, and may grant the next lease.
///
/// **Decisions.** In asynchronous order the completing member decides at once. In synchronous order members that have
/// finished are *due*, and the completion after which no member is ready or leased decides for all of them, by id, on the
/// same population. At its budget a member is done and decides nothing; it decides when the run goes on with a larger one.
/// Where the rules learn from history, which is costly, the interval is recorded first, and the decision later, in a second
/// transaction; it is computed on the population as it was, while others train. Where that never happens, since the engine was
/// killed, the next lease decides.
///
/// **Revising.** A run may go on under other rules: a larger or smaller budget, more or fewer members. Live leases end,
/// members join or leave, and those that may go on decide, all in one transaction.
///
/// **Checkpoints** to which a member, a live lease or the best interval refers are never named for removal, nor those that
/// the rules keep besides. All others are. One that was named is never referred to again.
package protocol PopulationStore: Sendable {
  /// Leases the least advanced members that are ready, ties by id, up to the capacity asked for.
  func lease(_ request: LeaseRequest) async throws(StoreError) -> Grant

  /// Prolongs a lease. Throws ``StoreError/superseded`` where it was taken over.
  func heartbeat(_ token: String) async throws(StoreError)

  /// Records finished intervals that ended at one moment, then decides, and may lease again.
  ///
  /// - Returns: for each report what came of it, nothing where its lease was taken over. Decisions, what was collected and the
  ///   grant are told with the last one.
  func complete(_ reports: [IntervalReport], then request: LeaseRequest?) async throws(StoreError) -> [Completion?]

  /// Records a failed attempt. The member is left alone for the report's backoff, once any interval has completed. After
  /// `maxFailures` attempts the interval is forfeited and the member replaced. But where the run has never completed an
  /// interval, or another member was given up and none has completed since, the cause is not the member's: the run is
  /// aborted, and nobody is leased any more. So it is where no copy has ever trained and several were given up in the same
  /// way.
  func fail(_ report: FailureReport) async throws(StoreError) -> Completion

  /// Gives a lease back; it counts as if it had never been granted.
  func release(_ token: String) async throws(StoreError)

  /// Ends the run though members have steps left: nobody is leased any more until it is revised. Intervals in flight may
  /// be completed.
  func end(because reason: Population.Ending) async throws(StoreError)

  /// Records that something looks wrong.
  func warn(_ message: String) async throws(StoreError)

  /// Waits until there may be another answer since a grant said to wait: a member is ready, or nothing is left to train.
  func waitForChange(after version: Int) async

  /// The population as it is now.
  func population() async -> Population

  /// The records of history after a sequence, in order.
  func records(after sequence: Int) async throws(StoreError) -> [HistoryRecord]
}

extension PopulationStore {
  /// Records a finished interval, decides, and may lease again. Throws ``StoreError/superseded(token:)`` where the lease was
  /// taken over.
  package func complete(_ report: IntervalReport, then request: LeaseRequest?) async throws(StoreError) -> Completion {
    guard let completion = try await complete([report], then: request)[0] else {
      throw .superseded(token: report.token)
    }
    return completion
  }
}

/// What a worker asks for.
package struct LeaseRequest: Hashable, Sendable, Codable {
  /// The worker, for people to recognise.
  package var worker: String
  /// How many members it takes at most.
  package var capacity: Int
  /// Checkpoints that it need not load. Among members that are equally advanced, one that goes on from its own is leased
  /// first.
  package var held: Set<CheckpointID>

  /// Asks for members.
  package init(worker: String, capacity: Int, held: Set<CheckpointID> = []) {
    self.worker = worker
    self.capacity = capacity
    self.held = held
  }
}

/// The answer to a request.
package enum Grant: Hashable, Sendable, Codable {
  /// Train these.
  case leases([Lease])
  /// Nobody is ready now; ask again after a change, or after so many seconds, when a member may be tried again.
  case wait(version: Int, seconds: Double? = nil)
  /// Nothing is left to train: see ``Population/ending``.
  case finished
  /// The trainer has never worked: the run is aborted, for this reason.
  case aborted(String)
}

/// The right to one member for a limited time, and everything that its trainer needs to know.
package struct Lease: Hashable, Sendable, Codable {
  /// Proves the right; also part of the checkpoint's name.
  package var token: String
  /// Who has it.
  package var worker: String
  /// The process of the worker, where several write the same history.
  package var process = ""
  /// The member.
  package var member: Member.ID
  /// The number of its interval, from 1.
  package var number: Int
  /// What to do.
  package var kind: Interval.Kind
  /// The checkpoint to start from; none: fresh.
  package var start: CheckpointID?
  /// The member whose model it begins with, where it has just been copied.
  package var donor: Member.ID?
  /// The name reserved for the checkpoint to save.
  package var end: CheckpointID
  /// The steps that the member has trained.
  package var startSteps: Int
  /// The steps to train.
  package var steps: Int
  /// The age of the model.
  package var startAge: Int
  /// What the trainer is told the budget of a member is, in steps.
  package var totalSteps: Int
  /// The hyperparameters to train under.
  package var hyperparameters: Hyperparameters
  /// What to seed the trainer with.
  package var seed: UInt64
  /// When it may be taken over, on the store's clock, in seconds.
  package var expiresAt: Double
}

/// An interval that a trainer has finished.
package struct IntervalReport: Sendable, Codable {
  /// How the trainer's work ended.
  package enum Result: Hashable, Sendable, Codable {
    /// Trained so many steps; the checkpoint is published, and this is the selection metric; none: not measured yet.
    case trained(steps: Int, metric: Double?)
    /// These hyperparameters cannot be trained, for this reason.
    case invalid(String)
  }

  /// The lease.
  package var token: String
  /// How it ended.
  package var result: Result
  /// All metrics reported.
  package var metrics: [String: Double]
  /// The metrics logged on the way.
  package var evaluations: [Evaluation]
  /// Where the trainer's output is.
  package var log: LogSegment?
  /// Seconds since 1970 at which the trainer was asked.
  package var startedAt: Double

  package init(
    token: String, result: Result, metrics: [String: Double] = [:], evaluations: [Evaluation] = [],
    log: LogSegment? = nil, startedAt: Double
  ) {
    self.token = token
    self.result = result
    self.metrics = metrics
    self.evaluations = evaluations
    self.log = log
    self.startedAt = startedAt
  }
}

/// An attempt that a trainer has not finished.
package struct FailureReport: Sendable, Codable {
  /// The lease.
  package var token: String
  /// What happened, in a word.
  package var reason: FailureReason
  /// The status with which the trainer's process exited, or minus the signal that ended it, where that is known.
  package var exitStatus: Int?
  /// What happened, for a person.
  package var message: String
  /// The last lines that the trainer printed.
  package var logTail: String
  /// Where the trainer's output is.
  package var log: LogSegment?
  /// Seconds since 1970 at which the trainer was asked.
  package var startedAt: Double
  /// Whether it would only fail again: it is not repeated.
  package var isFinal: Bool
  /// How long the member is left alone; none: it may be tried again at once.
  package var backoff: Backoff?

  package init(
    token: String, reason: FailureReason, exitStatus: Int? = nil, message: String, logTail: String, log: LogSegment?,
    startedAt: Double, isFinal: Bool = false, backoff: Backoff? = nil
  ) {
    self.exitStatus = exitStatus
    self.isFinal = isFinal
    self.backoff = backoff
    self.token = token
    self.reason = reason
    self.message = message
    self.logTail = logTail
    self.log = log
    self.startedAt = startedAt
  }
}

/// What came of a report.
package struct Completion: Sendable, Codable {
  /// The sequence of the last record that it saw.
  package var sequence: Int
  /// The recorded interval; none where an attempt failed that will be repeated.
  package var interval: Interval?
  /// The decisions that followed, of this member or, at the barrier of the synchronous order, of all.
  package var decisions: [Decision]
  /// The checkpoints whose files are to be removed.
  package var collected: [CheckpointID]
  /// The checkpoint of the best interval of the run.
  package var best: CheckpointID?
  /// The next leases, or why there are none; nothing where none were asked for.
  package var grant: Grant?
  /// What looks wrong now, though training goes on.
  package var warning: String?
}

/// Why a store did not do what it was asked.
package enum StoreError: Error, Hashable, CustomStringConvertible, Codable {
  /// The lease is not live: it was taken over, given back or never granted.
  case superseded(token: String)
  /// There is no room on the disk of the store, or the quota is used up; the call has changed nothing.
  case diskFull(path: String)
  /// The store could not be read or written.
  case unavailable(String)
  /// The place of a shared run did not answer. It may do so later.
  case noAnswer(String)
  /// It was written by a newer version.
  case newerVersion(found: Int, known: Int, path: String)
  /// It is no store of a population.
  case notAStore(String)
  /// What is stored cannot be what was written.
  case damaged(path: String, what: String)

  /// What is wrong, and what to do.
  package var description: String {
    switch self {
    case .superseded(let token):
      "the lease \(token) is no longer valid: another worker has taken the member over"
    case .diskFull(let path):
      "there is no room left on the disk of \(path)"
    case .unavailable(let message), .noAnswer(let message):
      message
    case .newerVersion(let found, let known, let path):
      """
      \(path) was written by a newer version of poptrain (its schema is \(found), this version knows up to \(known)); \
      nothing was changed. Install the newer version to use it.
      """
    case .notAStore(let message):
      message
    case .damaged(let path, let what):
      """
      \(path) is damaged: \(what). Nothing was changed, and the checkpoints are untouched. Keep a copy of it, then restore \
      it from a backup, or undo what was changed by hand
      """
    }
  }
}
