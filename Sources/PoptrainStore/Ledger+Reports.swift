package import PopulationBasedTraining

// What comes of an interval that has ended.
extension Ledger {
  /// Reports that were recorded, before anybody has decided on them.
  package struct Recording: Sendable {
    /// What a report was recorded as.
    enum Outcome {
      /// Its lease is not live.
      case superseded
      /// An attempt that failed, and will be repeated.
      case attempt
      case interval(Interval)
    }

    var outcomes: [Outcome]
    var redrawn: [Decision] = []
    var warning: String?
    /// The decisions that follow, where they are so costly that others should not wait for them.
    package internal(set) var outstanding: OutstandingDecisions?
  }

  /// Records intervals that ended at one moment. ``conclude(_:_:then:)`` decides, so that none of them is judged by what another
  /// was before.
  package mutating func record(_ reports: [IntervalReport]) -> Recording {
    let outcomes = reports.map { report in
      leases[report.token].map { Recording.Outcome.interval(record(report, under: $0)) } ?? .superseded
    }
    return recording(outcomes)
  }

  /// Decides on what was recorded, and may lease again.
  ///
  /// - Parameter computed: what came of the outstanding decisions.
  /// - Returns: for each report what came of it, nothing where its lease is not live. Decisions, what was collected, and
  ///   the grant are told with the last one.
  package mutating func conclude(
    _ recording: Recording, _ computed: [Decision] = [], then request: LeaseRequest?
  ) -> [Completion?] {
    let last = recording.outcomes.lastIndex { if case .superseded = $0 { false } else { true } }
    return recording.outcomes.enumerated().map { position, outcome in
      switch outcome {
      case .superseded: nil
      case .attempt: concludeAttempt()
      case .interval(let interval) where position == last:
        conclude(interval, recording, computed, then: request)
      case .interval(let interval): completion(interval, [], [], grant: nil)
      }
    }
  }

  /// Records intervals and decides at once, where nobody else waits.
  package mutating func complete(_ reports: [IntervalReport], then request: LeaseRequest?) -> [Completion?] {
    let recording = record(reports)
    return conclude(recording, recording.outstanding?.compute() ?? [], then: request)
  }

  mutating func record(_ report: IntervalReport, under lease: Lease) -> Interval {
    var interval = interval(of: lease, outcome: .invalid, log: report.log, startedAt: report.startedAt)
    interval.token = lease.token
    interval.metrics = report.metrics
    interval.evaluations = report.evaluations
    switch report.result {
    case .trained(let steps, let metric):
      cause.trained(lease)
      interval.end = lease.kind == .evaluate ? lease.start : lease.end
      interval.steps = lease.kind == .evaluate ? 0 : steps
      interval.score = metric.flatMap(rules.score(ofMetric:))
      let isPartial = interval.steps < lease.steps
      if let metric {
        interval.outcome = interval.score == nil ? .diverged : isPartial ? .partial : .completed
        interval.selection = population.selection(of: interval)
        if interval.score == nil { interval.message = "the metric is \(metric)" }
      } else {
        interval.outcome = isPartial ? .partial : .unscored
      }
    case .invalid(let message):
      let message = message.withVisibleZeros
      interval.message = message
      // Values that cannot be trained cost nothing of the budget, unless there seem to be no others.
      if cause.refused(lease, because: message, in: population) { interval.steps = 0 }
    }
    end(lease)
    return record(interval)
  }

  /// Records a failed attempt, and whether its interval is given up. ``conclude(_:_:then:)`` decides.
  package mutating func record(_ report: FailureReport) throws(StoreError) -> Recording {
    let lease = try liveLease(report.token)
    end(lease)
    append(
      .attempt(
        Attempt(
          sequence: nextSequence, member: lease.member, number: lease.number, reason: report.reason,
          message: report.message.withVisibleZeros, logTail: report.logTail.withVisibleZeros, token: lease.token,
          worker: lease.worker, log: report.log, at: surroundings.wallNow())))
    let failures = population.members[lease.member].failures
    if let backoff = report.backoff, population.completedIntervals > 0 {
      resting[lease.member] = surroundings.monotonicNow() + backoff.seconds(after: failures)
    }
    guard failures >= rules.maxFailures || report.isFinal, cause.abortReason == nil,
      !cause.isShared(by: lease, report, failures: failures, in: population)
    else { return Recording(outcomes: [.attempt]) }
    resting[lease.member] = nil
    var interval = interval(of: lease, outcome: .forfeited, log: report.log, startedAt: report.startedAt)
    interval.message = """
      given up after \(failures) failed attempt\(failures == 1 ? "" : "s"); the last: \(report.message.withVisibleZeros)
      """
    return recording([.interval(record(interval))])
  }

  /// The interval of a lease as it is recorded when nothing came of it.
  func interval(
    of lease: Lease, outcome: Interval.Outcome, log: LogSegment?, startedAt: Double
  ) -> Interval {
    Interval(
      sequence: 0, member: lease.member, number: lease.number, kind: lease.kind, outcome: outcome, start: lease.start,
      end: nil, startSteps: lease.startSteps, steps: lease.steps, startAge: lease.startAge,
      totalSteps: lease.totalSteps, hyperparameters: lease.hyperparameters, score: nil,
      startSelection: population.members[lease.member].startSelection,
      tie: rules.tie(member: lease.member, steps: lease.startSteps, kind: lease.kind), metrics: [:], evaluations: [],
      seed: lease.seed,
      token: nil, worker: lease.worker, message: nil, log: log, startedAt: startedAt,
      finishedAt: surroundings.wallNow())
  }

  mutating func record(_ interval: Interval) -> Interval {
    var interval = interval
    interval.sequence = nextSequence
    append(.interval(interval))
    return interval
  }

  /// Records what follows from intervals at once, and finds what is to be decided.
  mutating func recording(_ outcomes: [Recording.Outcome]) -> Recording {
    var recording = Recording(outcomes: outcomes)
    guard case .interval(let last) = outcomes.last(where: { if case .interval = $0 { true } else { false } }) else {
      return recording
    }
    // First, since they go on to train: until then nobody knows whether others are waited for.
    recording.redrawn = drawAgain()
    if !population.waitsForOthers, population.isToRestart { recordEvent(.restarted(population.restarts + 1)) }
    if let warning = warningOfNoScore(after: last) {
      hasWarnedOfNoScore = true
      recordEvent(.warning(warning))
      recording.warning = warning
    }
    guard rules.areDecisionsCostly else { return recording }
    let deciding = deciding
    guard !deciding.isEmpty else { return recording }
    let decisions = begin(
      OutstandingDecisions(
        number: lastOutstanding + 1, process: surroundings.process, population: population, members: deciding))
    recording.outstanding = decisions
    return recording
  }

  private mutating func concludeAttempt() -> Completion {
    let collected = collect()
    return completion(nil, [], collected, grant: nil)
  }

  mutating func conclude(
    _ interval: Interval, _ recording: Recording, _ computed: [Decision], then request: LeaseRequest?
  ) -> Completion {
    let decided = recording.outstanding.map { accept(computed, for: $0) } ?? decideDue()
    endWhereRulesSaySo(after: decided)
    let decisions = recording.redrawn + decided
    let collected = collect()
    // Not as an argument: then the ledger would be copied for the call, and each member array with the next change.
    let grant = request.map { self.lease($0) }
    var completion = completion(interval, decisions, collected, grant: grant)
    completion.warning = recording.warning
    return completion
  }

  /// What to say when the first round is over and nobody has a score.
  func warningOfNoScore(after last: Interval) -> String? {
    guard population.best == nil, !hasWarnedOfNoScore, rules.version > 1,
      last.outcome == .unscored || last.outcome == .diverged,
      population.members.allSatisfy({
        $0.state == .retired || $0.intervals > 0 && !$0.isToDrawAgain(under: rules)
      })
    else { return nil }
    return """
      no member has a score after its first interval: \(rules.metric) was not a number, or not measured. Models are kept and \
      trained on; if it cannot be measured later either, stop the run and see how the trainer computes it
      """
  }

  func completion(
    _ interval: Interval?, _ decisions: [Decision], _ collected: [CheckpointID], grant: Grant?
  ) -> Completion {
    Completion(
      sequence: population.sequence, interval: interval, decisions: decisions, collected: collected,
      best: population.best?.published.checkpoint, grant: grant)
  }
}
