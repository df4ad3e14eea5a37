internal import PopulationBasedTraining
package import PoptrainStore
internal import PoptrainTrainers

/// The loop of a worker as a state machine: events in, actions out.
///
/// lease → prepare → train → publish → complete, and again; the members of a batch are prepared one by one, then trained,
/// published and completed together. It holds no clock, touches no file and calls nobody: a driver performs each
/// action and returns with the event that came of it. So the same loop runs on the real things and in virtual time.
package struct WorkerLoop: Sendable {
  private let metric: String
  private let backoff: Backoff?
  /// The action that was asked for last: what an event answers.
  private var action = Action.lease
  /// What is to be done once nothing blocks it.
  private var paused: Action?
  private var isPaused = false

  // What is left to do with the leases at hand. The lists are worked off one after the other, see `proceed`.
  private var toRelease: [Lease] = []
  private var toFail: [(lease: Lease, report: FailureReport)] = []
  private var toPrepare: [Lease] = []
  private var toTrain: [Prepared] = []
  private var toPublish: [(lease: Lease, trained: TrainedInterval)] = []
  private var toComplete: [Finished] = []
  /// Those that come after, each to be trained at once.
  private var batches: [[Lease]] = []

  /// When the trainer was asked for the batch at hand.
  private var startedAt = 0.0
  /// Whether the trainer has ever trained anything.
  private var hasTrained = false
  /// How many members, one after the other, have each ended the trainer's process when they were alone in it.
  private var endedAlone = 0

  /// Makes the loop of one worker.
  ///
  /// - Parameters:
  ///   - metric: the reported metric that selection compares.
  ///   - backoff: how long a member whose attempts fail is left alone; none: it is tried again at once.
  package init(metric: String, backoff: Backoff? = .standard) {
    self.metric = metric
    self.backoff = backoff
  }

  /// The first action.
  package func start() -> Action { action }

  /// The leases that are to be kept alive.
  package var leases: [Lease] {
    toRelease + toFail.map(\.lease) + toPrepare + toTrain.map(\.lease) + toPublish.map(\.lease)
      + toComplete.map(\.lease) + batches.joined()
  }

  /// The action that follows an event.
  package mutating func handle(_ event: Event, stop: Stop) -> Action {
    if !event.leavesItBlocked { isPaused = false }
    action = next(event, stop)
    return action
  }

  private mutating func next(_ event: Event, _ stop: Stop) -> Action {
    switch (action, event) {
    case (_, .broken(let message)):
      return .finish(.broken(message))

    // A run that stops does not wait for room: what was not recorded is repeated on resume.
    case (_, .blocked) where stop != .no:
      return .finish(.stopped)
    case (let action, .blocked(let message)):
      return pause(message, before: action)
    case (.pause, .waited):
      guard let action = paused else { preconditionFailure("nothing was paused") }
      // The last chance of who stops; but nothing is begun.
      if case .lease = action, stop != .no { return .finish(.stopped) }
      return action

    case (.lease, .granted(let grant)):
      return follow(grant, stop)
    case (.wait, .changed):
      return proceed(stop)
    case (.prepare, .prepared(let saveTo)):
      toTrain.append(Prepared(lease: toPrepare.removeFirst(), saveTo: saveTo))
    case (.prepare, .attemptFailed(let failure)):
      giveUp(toPrepare.removeFirst(), failure, stop)
    case (.train(let batch), .trained(let outcomes, let startedAt, let obstacle)):
      self.startedAt = startedAt
      toTrain = []
      take(outcomes, of: batch.map(\.lease), isBlocked: obstacle != nil, stop)
      if let obstacle, stop == .no { return pause(obstacle, before: proceed(stop)) }
    case (.publish, .published(let publications)):
      return take(publications, stop)
    case (.complete, .recorded(let grant)):
      toComplete = []
      if let grant { return follow(grant, stop) }
    case (.fail, .recorded), (.fail, .superseded):
      toFail.removeFirst()
    case (.release, .released), (.release, .superseded):
      toRelease.removeFirst()

    default:
      preconditionFailure("a worker that was to \(action) cannot be told \(event)")
    }
    return proceed(stop)
  }

  /// The next thing to do with the leases at hand; where there are none, the next lease.
  private mutating func proceed(_ stop: Stop) -> Action {
    if stop != .no { giveBackWhatHasNotBegun() }
    if let lease = toRelease.first { return .release(lease) }
    if let (lease, report) = toFail.first { return .fail(lease, report) }
    if let lease = toPrepare.first { return .prepare(lease) }
    if !toTrain.isEmpty { return .train(toTrain) }
    if !toPublish.isEmpty { return .publish(toPublish.map(\.lease)) }
    if !toComplete.isEmpty { return .complete(toComplete, thenLease: stop == .no && batches.isEmpty) }
    if !batches.isEmpty {
      toPrepare = batches.removeFirst()
      return proceed(stop)
    }
    return stop == .no ? .lease : .finish(.stopped)
  }

  private mutating func giveBackWhatHasNotBegun() {
    toRelease += toTrain.map(\.lease) + toPrepare + batches.joined()
    (toTrain, toPrepare, batches) = ([], [], [])
  }

  private mutating func pause(_ message: String, before action: Action) -> Action {
    paused = action
    defer { isPaused = true }
    return .pause(message, again: isPaused)
  }

  private mutating func follow(_ grant: Grant, _ stop: Stop) -> Action {
    switch grant {
    case .leases(let leases):
      endedAlone = 0
      batches = leases.batches
      return proceed(stop)
    case .wait(let version, let seconds):
      return stop == .no ? .wait(version: version, seconds: seconds) : .finish(.stopped)
    case .finished: return .finish(.finished)
    case .aborted(let reason): return .finish(.aborted(reason))
    }
  }

  /// Sorts out what came of a batch.
  ///
  /// When a process dies with several members in it nobody knows who is guilty, so nobody is charged: those that it
  /// had not answered for are tried again in halves, until the guilty one is alone. Where nothing was ever trained, one
  /// is tried alone first: if it is the trainer, this tells so soonest.
  private mutating func take(_ outcomes: [TrainerOutcome], of batch: [Lease], isBlocked: Bool, _ stop: Stop) {
    var suspects: [Lease] = []
    for (lease, outcome) in zip(batch, outcomes) {
      switch outcome {
      case .trained(let trained):
        endedAlone = 0
        hasTrained = true
        if trained.metrics[metric] == nil, !trained.notMeasured.contains(metric) {
          giveUp(lease, TrainerFailure(noMetric: metric, in: trained), stop)
        } else if lease.kind == .train {
          toPublish.append((lease, trained))
        } else {
          toComplete.append(Finished(lease: lease, report: report(lease, trained)))
        }
      case .invalid(let message, let log):
        let report = IntervalReport(token: lease.token, result: .invalid(message), log: log, startedAt: startedAt)
        toComplete.append(Finished(lease: lease, report: report))
      case .failed where isBlocked:
        toRelease.append(lease)
      case .failed(let failure) where failure.isOfProcess && batch.count > 1:
        suspects.append(lease)
      case .failed(let failure):
        if failure.isOfProcess { endedAlone += 1 }
        giveUp(lease, failure, stop)
      }
    }
    batches = suspects.split(at: hasTrained ? suspects.count / 2 : 1) + batches
    // It is not the members: trying each of them would take long, and prove nothing.
    if endedAlone >= 2 {
      toRelease += batches.joined()
      batches = []
    }
  }

  /// Sorts out what came of publishing; where the disk is full, the rest is published when there is room, for which what
  /// was published is recorded first, since that may have others collected.
  private mutating func take(_ publications: [Publication], _ stop: Stop) -> Action {
    let published = toPublish
    precondition(publications.count == published.count, "each checkpoint is published or not")
    toPublish = []
    var obstacle: String?
    for ((lease, trained), publication) in zip(published, publications) {
      switch publication {
      case .done:
        toComplete.append(Finished(lease: lease, report: report(lease, trained)))
      case .failed(var failure):
        failure.log = trained.log
        giveUp(lease, failure, stop)
      case .blocked(let message, let losesInterval):
        obstacle = message
        if losesInterval { toRelease.append(lease) } else { toPublish.append((lease, trained)) }
      case .broken(let message):
        return .finish(.broken(message))
      }
    }
    guard let obstacle else { return proceed(stop) }
    if stop != .no {
      // A run that stops does not wait for room.
      toRelease += toPublish.map(\.lease)
      toPublish = []
      return proceed(stop)
    }
    return toComplete.isEmpty
      ? pause(obstacle, before: proceed(stop)) : .complete(toComplete, thenLease: false)
  }

  private func report(_ lease: Lease, _ trained: TrainedInterval) -> IntervalReport {
    IntervalReport(
      token: lease.token, result: .trained(steps: trained.steps, metric: trained.metrics[metric]),
      metrics: trained.metrics,
      evaluations: trained.evaluations, log: trained.log, startedAt: startedAt)
  }

  /// Reports a failed attempt, unless it failed because the run is stopping.
  private mutating func giveUp(_ lease: Lease, _ failure: TrainerFailure, _ stop: Stop) {
    guard stop < .afterSaving else { return toRelease.append(lease) }
    let report = FailureReport(
      token: lease.token, reason: failure.reason, exitStatus: failure.exitStatus, message: failure.message,
      logTail: failure.logTail, log: failure.log, startedAt: startedAt, isFinal: failure.reason.isBreach,
      backoff: backoff)
    toFail.append((lease, report))
  }
}

extension [Lease] {
  /// What a trainer may be given at once: the same kind of interval, of the same number of steps.
  fileprivate var batches: [[Lease]] {
    reduce(into: []) { batches, lease in
      let place = batches.firstIndex { $0[0].kind == lease.kind && $0[0].steps == lease.steps }
      if let place { batches[place].append(lease) } else { batches.append([lease]) }
    }
  }

  fileprivate func split(at count: Int) -> [[Lease]] {
    [Array(prefix(count)), Array(dropFirst(count))].filter { !$0.isEmpty }
  }
}
