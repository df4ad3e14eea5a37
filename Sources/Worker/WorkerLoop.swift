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
    /// Wait until the store has changed, or for so many seconds.
    case wait(version: Int, seconds: Double?)
    /// Wait a while for room on the disk, which is full, as the text says; `again`: not for the first time.
    case pause(String, again: Bool)
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
    /// The disk is full, so that the action came to nothing; `losesInterval`: nor can it be repeated.
    case diskFull(String, losesInterval: Bool)
    /// A pause is over.
    case waited
    /// The store or the disk cannot be used.
    case broken(String)
  }

  /// How far the run is on its way to an end.
  public enum Stop: Int, Sendable, Comparable {
    /// It goes on.
    case no
    /// Intervals under way are finished; none is begun.
    case afterInterval
    /// Intervals under way are to be saved where they are, and end as partial ones; none is begun. One that comes to
    /// nothing charges nobody.
    case afterSaving
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

  private indirect enum State: Sendable {
    case leasing
    /// Waiting for room, to do this then.
    case pausing(Action, then: State)
    case preparing(Lease)
    case training(Lease, startedAt: Double)
    case publishing(Lease, TrainedInterval, startedAt: Double)
    case concluding(Lease)
  }

  private let request: LeaseRequest
  private let metric: String
  private let backoff: Backoff?
  private var state = State.leasing
  /// The action that was asked for last.
  private var action: Action
  private var isPaused = false

  /// Makes the loop of one worker.
  ///
  /// - Parameters:
  ///   - metric: the reported metric that selection compares.
  ///   - backoff: how long a member whose attempts fail is left alone; none: it is tried again at once.
  public init(worker: String, metric: String, backoff: Backoff? = .standard) {
    request = LeaseRequest(worker: worker, capacity: 1)
    action = .lease(request)
    self.metric = metric
    self.backoff = backoff
  }

  /// The first action.
  public func start() -> Action { action }

  /// The action that follows an event.
  public mutating func handle(_ event: Event, stop: Stop) -> Action {
    switch event {
    case .diskFull, .waited: break
    default: isPaused = false
    }
    action = next(event, stop)
    return action
  }

  private mutating func next(_ event: Event, _ stop: Stop) -> Action {
    switch (state, event) {
    case (_, .broken(let message)):
      return .finish(.broken(message))

    // Whoever stops does not wait for room: what was not recorded is repeated on resume.
    case (_, .diskFull) where stop != .no:
      return .finish(.stopped)
    case (.training(let lease, _), .diskFull(let message, _)),
      (.publishing(let lease, _, _), .diskFull(let message, true)):
      return pause(message, before: .release(lease), in: .concluding(lease))
    case (let before, .diskFull(let message, _)):
      return pause(message, before: action, in: before)
    case (.pausing(let action, let before), .waited):
      state = before
      // The last chance of who stops; but nothing is begun.
      if case .lease = action, stop != .no { return .finish(.stopped) }
      return action

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

  private mutating func pause(_ message: String, before action: Action, in before: State) -> Action {
    state = .pausing(action, then: before)
    defer { isPaused = true }
    return .pause(message, again: isPaused)
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
    case .wait(let version, let seconds):
      return stop == .no ? .wait(version: version, seconds: seconds) : .finish(.stopped)
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
    if stop >= .afterSaving { return .release(lease) }
    return .fail(
      lease,
      FailureReport(
        token: lease.token, reason: failure.reason.rawValue, message: failure.message, logTail: failure.logTail,
        log: failure.log, startedAt: startedAt, backoff: backoff))
  }
}
