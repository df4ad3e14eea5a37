internal import PopulationBasedTraining
public import Store
public import Trainers

/// The loop of a worker as a state machine: events in, actions out.
///
/// lease → prepare → train → publish → complete, and again. It holds no clock, touches no file and calls nobody: a
/// driver performs each action and returns with the event that came of it. So the same loop runs on the real
/// things and in virtual time.
public struct WorkerLoop: Sendable {
  /// What the driver is to do next.
  public enum Action: Sendable {
    /// Ask the store for a member.
    case lease(LeaseRequest)
    /// Wait until the store has changed.
    case wait(version: Int)
    /// Check the checkpoint to start from, and make the folder to save into.
    case prepare(Lease)
    /// Have the trainer train.
    case train(Lease, saveTo: String)
    /// Publish what was saved.
    case publish(Lease)
    /// Report the interval to the store.
    case complete(Lease, IntervalReport, then: LeaseRequest?)
    /// Report a failed attempt to the store.
    case fail(Lease, FailureReport)
    /// Give a lease back.
    case release(Lease)
    /// End.
    case finish(Ending)
  }

  /// What came of an action.
  public enum Event: Sendable {
    /// The store answered.
    case granted(Grant)
    /// The store has changed.
    case changed
    /// The folder to save into is ready.
    case prepared(saveTo: String, at: Double)
    /// The trainer is through.
    case trained(TrainerOutcome)
    /// The checkpoint is in place.
    case published
    /// The attempt failed before or after training.
    case attemptFailed(TrainerFailure)
    /// The store took a report.
    case recorded(Completion)
    /// The lease was given back.
    case released
    /// Another worker has taken the member over.
    case superseded
    /// The store or the disk cannot be used.
    case broken(String)
  }

  /// How far the run is on its way to an end.
  public enum Stop: Int, Sendable, Comparable {
    /// It goes on.
    case no
    /// Intervals under way are finished; none is begun.
    case afterInterval
    /// Intervals under way are given up, and repeated when the run is resumed.
    case now

    /// Orders by urgency.
    public static func < (left: Stop, right: Stop) -> Bool { left.rawValue < right.rawValue }
  }

  /// Why a worker ended.
  public enum Ending: Hashable, Sendable {
    /// Every member is done or has failed.
    case finished
    /// The trainer has never worked.
    case hopeless(String)
    /// It was asked to stop.
    case stopped
    /// The store or the disk cannot be used.
    case broken(String)
  }

  private enum State {
    case leasing
    case preparing(Lease)
    case training(Lease, startedAt: Double)
    case publishing(Lease, TrainedInterval, startedAt: Double)
    case concluding(Lease)
  }

  private let request: LeaseRequest
  private let metric: String
  private var state = State.leasing

  /// Makes the loop of one worker.
  ///
  /// - Parameter metric: the reported metric that selection compares.
  public init(worker: String, metric: String) {
    request = LeaseRequest(worker: worker, capacity: 1)
    self.metric = metric
  }

  /// The first action.
  public func start() -> Action { .lease(request) }

  /// The action that follows an event.
  public mutating func handle(_ event: Event, stop: Stop) -> Action {
    switch (state, event) {
    case (_, .broken(let message)):
      return .finish(.broken(message))

    case (.leasing, .granted(let grant)):
      return follow(grant, stop)
    case (.leasing, .changed):
      return leaseAgain(stop)

    case (.preparing(let lease), .prepared) where stop != .no:
      state = .concluding(lease)
      return .release(lease)
    case (.preparing(let lease), .prepared(let saveTo, let now)):
      state = .training(lease, startedAt: now)
      return .train(lease, saveTo: saveTo)
    case (.preparing(let lease), .attemptFailed(let failure)):
      return giveUp(lease, failure, startedAt: 0, stop)

    case (.training(let lease, let startedAt), .trained(let outcome)):
      return conclude(lease, outcome, startedAt, stop)

    case (.publishing(let lease, let trained, let startedAt), .published):
      return complete(lease, report(lease, trained, startedAt), stop)
    case (.publishing(let lease, let trained, let startedAt), .attemptFailed(var failure)):
      failure.log = trained.log
      return giveUp(lease, failure, startedAt: startedAt, stop)

    case (.concluding, .recorded(let completion)):
      state = .leasing
      return completion.grant.map { follow($0, stop) } ?? leaseAgain(stop)
    case (.concluding, .released), (.concluding, .superseded):
      return leaseAgain(stop)

    default:
      preconditionFailure("a worker that is \(state) cannot be told \(event)")
    }
  }

  private mutating func leaseAgain(_ stop: Stop) -> Action {
    state = .leasing
    return stop == .no ? .lease(request) : .finish(.stopped)
  }

  private mutating func follow(_ grant: Grant, _ stop: Stop) -> Action {
    switch grant {
    case .leases(let leases):
      guard let lease = leases.first else { return leaseAgain(stop) }
      guard stop == .no else {
        state = .concluding(lease)
        return .release(lease)
      }
      state = .preparing(lease)
      return .prepare(lease)
    case .wait(let version): return stop == .no ? .wait(version: version) : .finish(.stopped)
    case .finished: return .finish(.finished)
    case .hopeless(let reason): return .finish(.hopeless(reason))
    }
  }

  private mutating func conclude(
    _ lease: Lease, _ outcome: TrainerOutcome, _ startedAt: Double, _ stop: Stop
  ) -> Action {
    switch outcome {
    case .trained(let trained):
      guard trained.metrics[metric] != nil else {
        let failure = TrainerFailure(noMetric: metric, in: trained)
        return giveUp(lease, failure, startedAt: startedAt, stop)
      }
      guard lease.kind == .train else { return complete(lease, report(lease, trained, startedAt), stop) }
      state = .publishing(lease, trained, startedAt: startedAt)
      return .publish(lease)
    case .invalid(let message, let log):
      return complete(
        lease, IntervalReport(token: lease.token, result: .invalid(message), log: log, startedAt: startedAt), stop)
    case .failed(let failure):
      return giveUp(lease, failure, startedAt: startedAt, stop)
    }
  }

  private func report(_ lease: Lease, _ trained: TrainedInterval, _ startedAt: Double) -> IntervalReport {
    guard let metric = trained.metrics[metric] else { preconditionFailure("the metric was checked before") }
    return IntervalReport(
      token: lease.token, result: .trained(steps: trained.steps, metric: metric), metrics: trained.metrics,
      evaluations: trained.evaluations, log: trained.log, startedAt: startedAt)
  }

  private mutating func complete(_ lease: Lease, _ report: IntervalReport, _ stop: Stop) -> Action {
    state = .concluding(lease)
    return .complete(lease, report, then: stop == .no ? request : nil)
  }

  /// Reports a failed attempt, unless it failed because the run is stopping.
  private mutating func giveUp(
    _ lease: Lease, _ failure: TrainerFailure, startedAt: Double, _ stop: Stop
  ) -> Action {
    state = .concluding(lease)
    if stop == .now { return .release(lease) }
    return .fail(
      lease,
      FailureReport(
        token: lease.token, reason: failure.reason.rawValue, message: failure.message, logTail: failure.logTail,
        log: failure.log, startedAt: startedAt))
  }
}
