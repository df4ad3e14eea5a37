package import PopulationBasedTraining

/// Trains intervals, of one member or of several at once.
///
/// Whatever a trainer does is an outcome, never an error of the worker.
package protocol Trainer: Sendable {
  /// What it can take. One that has to be started to know is started; where that fails, the next interval is told why.
  func capacity() async -> Capacity

  /// Trains intervals of different members, no more than its capacity, all of one kind and one number of steps.
  ///
  /// - Parameter progress: called with the position of an assignment and the age that its model has reached.
  /// - Returns: an outcome for each.
  func train(
    _ batch: [Assignment], progress: @escaping @Sendable (_ position: Int, _ age: Int) -> Void
  ) async -> [TrainerOutcome]

  /// Tells the intervals in flight that the run is stopping; they may go on to their end.
  func requestStop() async

  /// Asks the intervals in flight to save where they are, and to end.
  func requestSave() async

  /// Ends the trainer, and with it the intervals in flight.
  func shutDown() async

  /// Whether its process did not end on SIGTERM when it was last shut down, and was killed.
  func wasKilled() async -> Bool
}

extension Trainer {
  /// The same as to stop, for a trainer that cannot end before its end.
  package func requestSave() async { await requestStop() }

  /// It has no process.
  package func wasKilled() async -> Bool { false }
}

/// A trainer that takes one member at a time, and keeps nothing in memory.
package protocol SingleTrainer: Trainer {
  /// Trains an interval.
  ///
  /// - Parameter progress: called with the age that the model has reached.
  func train(_ assignment: Assignment, progress: @escaping @Sendable (Int) -> Void) async -> TrainerOutcome
}

extension SingleTrainer {
  /// One member, none of them in memory.
  package func capacity() async -> Capacity { Capacity(members: 1) }

  /// Trains one after the other.
  package func train(
    _ batch: [Assignment], progress: @escaping @Sendable (_ position: Int, _ age: Int) -> Void
  ) async -> [TrainerOutcome] {
    var outcomes: [TrainerOutcome] = []
    for (position, assignment) in batch.enumerated() {
      outcomes.append(await train(assignment) { progress(position, $0) })
    }
    return outcomes
  }
}

/// What a trainer can take.
package struct Capacity: Hashable, Sendable {
  /// How many members at once, at least 1.
  package var members: Int
  /// The checkpoints whose models it has in memory, so that it need not load them.
  package var held: Set<CheckpointID>

  /// Describes a capacity.
  package init(members: Int, held: Set<CheckpointID> = []) {
    self.members = members
    self.held = held
  }
}

/// One interval as a trainer is asked for it.
package struct Assignment: Hashable, Sendable {
  /// Names the interval in every message, and later the checkpoint that it saves.
  package var id: String
  /// The member.
  package var member: Member.ID
  /// The number of its interval.
  package var number: Int
  /// Train or evaluate.
  package var kind: Interval.Kind
  /// Whether an evaluation is a test of a model that was chosen, on data that had no part in choosing it.
  package var isTest: Bool
  /// The ages to train from and to.
  package var ages: Range<Int>
  /// The budget of a member, in steps.
  package var totalSteps: Int
  /// The steps that the member itself has trained before: they never go back, as an age does with a copy.
  package var memberSteps: Int
  /// The member whose model it begins with; none: its own, or a fresh one.
  package var donor: Member.ID?
  /// An integer in [0, 2^32).
  package var seed: UInt64
  /// The values to train under.
  package var hyperparameters: Hyperparameters
  /// The folder to load; none: start fresh.
  package var checkpoint: String?
  /// The interval that saved it.
  package var parent: String?
  /// The empty folder to save into; what an evaluation saves is thrown away.
  package var saveTo: String

  /// Describes an interval.
  package init(
    id: String, member: Member.ID, number: Int, kind: Interval.Kind, isTest: Bool = false, ages: Range<Int>,
    totalSteps: Int, memberSteps: Int, donor: Member.ID?, seed: UInt64, hyperparameters: Hyperparameters,
    checkpoint: String?, parent: String?, saveTo: String
  ) {
    self.id = id
    self.member = member
    self.number = number
    self.kind = kind
    self.isTest = isTest
    self.ages = ages
    self.totalSteps = totalSteps
    self.memberSteps = memberSteps
    self.donor = donor
    self.seed = seed
    self.hyperparameters = hyperparameters
    self.checkpoint = checkpoint
    self.parent = parent
    self.saveTo = saveTo
  }
}

extension Assignment {
  /// What trainers are told of its kind: `train`, `evaluate` or `test`.
  package var kindName: String { isTest ? "test" : kind.rawValue }
}

/// What a trainer made of an assignment.
package enum TrainerOutcome: Hashable, Sendable {
  /// It trained and saved.
  case trained(TrainedInterval)
  /// It says that these hyperparameters cannot be trained.
  case invalid(String, log: LogSegment?)
  /// It did not finish.
  case failed(TrainerFailure)
}

/// What a trainer reports.
package struct TrainedInterval: Hashable, Sendable {
  /// The steps really trained.
  package var steps: Int
  /// The metrics by name; may be infinite or not a number.
  package var metrics: [String: Double]
  /// The metrics that it names, but says that it could not measure yet.
  package var notMeasured: Set<String>
  /// The metrics that are no numbers, and what each is instead.
  package var leftOut: [String: String]
  /// The metrics logged on the way.
  package var evaluations: [Evaluation]
  /// The hyperparameters of which the trainer said nothing.
  package var unread: [String]
  /// What looks wrong, though the interval counts.
  package var warnings: [String]
  /// What looks wrong with the trainer as a whole, whichever interval it is told with.
  package var trainerWarnings: [String] = []
  /// Where its output is.
  package var log: LogSegment?

  /// Collects a report.
  package init(
    steps: Int, metrics: [String: Double], notMeasured: Set<String> = [], leftOut: [String: String] = [:],
    evaluations: [Evaluation] = [], unread: [String] = [], warnings: [String] = [], log: LogSegment? = nil
  ) {
    self.steps = steps
    self.metrics = metrics
    self.notMeasured = notMeasured
    self.leftOut = leftOut
    self.evaluations = evaluations
    self.unread = unread
    self.warnings = warnings
    self.log = log
  }
}

/// Why a trainer did not finish an interval.
package struct TrainerFailure: Error, Hashable, Sendable {
  /// What happened, in a word.
  package var reason: FailureReason
  /// What happened, for a person.
  package var message: String
  /// The last lines that it printed.
  package var logTail: String
  /// Where its output is.
  package var log: LogSegment?
  /// Whether the process crashed, and with it every unanswered interval of the message.
  package var isOfProcess = false
  /// The status with which the process exited, or minus the signal that ended it, where that is known.
  package var exitStatus: Int?

  /// Describes a failure.
  package init(_ reason: FailureReason, _ message: String, logTail: String = "", log: LogSegment? = nil) {
    self.reason = reason
    self.message = message
    self.logTail = logTail
    self.log = log
  }

  /// The failure of an interval that was trained without a report of the selection metric.
  package init(noMetric metric: String, in trained: TrainedInterval) {
    if let what = trained.leftOut[metric] {
      self.init(
        .noMetric, "it did not report \(metric), the experiment's `metric`, as a number: \(metric) \(what)",
        log: trained.log)
      return
    }
    let reported = trained.metrics.keys.sorted().joined(separator: ", ")
    self.init(
      .noMetric,
      "it did not report \(metric), the experiment's `metric`; it reported \(reported.isEmpty ? "nothing" : reported)",
      log: trained.log)
  }
}
