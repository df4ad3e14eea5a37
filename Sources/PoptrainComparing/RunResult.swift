package import PoptrainRuns
internal import PoptrainExperimentFile
internal import PopulationBasedTraining
internal import PoptrainStore

/// What came out of one run of a comparison.
package struct RunResult: Sendable {
  /// Whose run it was.
  package let alternative: Alternative
  /// Its seed.
  package let seed: UInt64
  /// Its folder.
  package let directory: RunDirectory
  /// What is compared of the best checkpoint of the run, or why there is nothing.
  package let outcome: Outcome
  /// The same of the checkpoint that was the best when the run was over; none where there is nothing.
  package let valueAtEnd: Double?
  /// The median of the members' last own values; none where no member has one, and where only the best are tested.
  package let medianMember: Double?
  /// How many members ended without a value that is in the median.
  package let unscoredMembers: Int
  /// The steps that its members trained together.
  package let steps: Int
  /// How many attempts at an interval failed.
  package let failedAttempts: Int
  /// The value of the best checkpoint so far by the steps that the population had trained, where it changed.
  package let curve: [Point]

  /// How a run ended.
  package enum Outcome: Hashable, Sendable {
    /// The reported metric of its best checkpoint.
    case value(Double)
    /// It has none, for this reason.
    case failed(String)
  }

  /// A point of a curve.
  package struct Point: Hashable, Sendable {
    /// The steps that all members had trained together.
    package var steps: Int
    /// The value from then on.
    package var value: Double
  }

  /// The value, where there is one.
  package var value: Double? {
    // The optimizer of Swift 6.3.1 crashes where this is inlined into a closure.
    @inline(never) get { if case .value(let value) = outcome { value } else { nil } }
  }

  /// The value of a checkpoint, where there is one.
  func value(of checkpoint: ChosenCheckpoint) -> Double? {
    switch checkpoint {
    case .bestEver: value
    case .bestAtEnd: valueAtEnd
    }
  }

  /// Why there is none.
  package var failure: String? {
    if case .failed(let reason) = outcome { reason } else { nil }
  }

  init(
    alternative: Alternative, seed: UInt64, directory: RunDirectory, outcome: Outcome, valueAtEnd: Double? = nil,
    medianMember: Double?, unscoredMembers: Int = 0, steps: Int, failedAttempts: Int = 0, curve: [Point] = []
  ) {
    self.alternative = alternative
    self.seed = seed
    self.directory = directory
    self.outcome = outcome
    self.valueAtEnd = valueAtEnd
    self.medianMember = medianMember
    self.unscoredMembers = unscoredMembers
    self.steps = steps
    self.failedAttempts = failedAttempts
    self.curve = curve
  }
}

extension PlannedRun {
  /// What came out of the run, as its folder tells.
  ///
  /// - Parameter tests: what was measured of the chosen checkpoints, where they were tested; none: what the trainer reported
  ///   with them counts.
  func result(_ reported: ReportedMetric, tests: CheckpointTests? = nil) throws(RunError) -> RunResult {
    let run = try RecordedRun(directory)
    let population = try run.population()
    var past = Population(rules: run.experiment.rules)
    var intervals: [Int: Interval] = [:]
    var failures: [Attempt] = []
    var curve: [RunResult.Point] = []
    var steps = 0
    for record in try reading({ () throws(StoreError) in try run.history.records() }) {
      let before = past.best
      past.apply(record)
      switch record {
      case .interval(let interval):
        intervals[interval.sequence] = interval
        if interval.outcome.isTrained { steps += interval.steps }
        if let best = past.best, best != before, let value = reported.value(of: best.published, intervals) {
          curve.append(RunResult.Point(steps: steps, value: value))
        }
      case .attempt(let attempt): failures.append(attempt)
      case .decision, .event, .collection: break
      }
    }

    let value = { (published: Published) -> Double? in
      guard let tests else { return reported.value(of: published, intervals) }
      return tests.metrics[published.checkpoint]?[reported.name]
    }
    let values = population.members.compactMap(\.published).compactMap { reported.value(of: $0, intervals) }
      .filter { $0.magnitude <= Sample.limit }
    let outcome = try outcome(population, intervals, reported, tests, failures.last, value: value)
    let atEnd = ChosenCheckpoint.bestAtEnd.published(in: population).flatMap(value)
    return RunResult(
      alternative: alternative, seed: seed, directory: directory, outcome: outcome,
      valueAtEnd: outcome.isFailure ? nil : atEnd.flatMap { $0.magnitude <= Sample.limit / 2 ? $0 : nil },
      medianMember: tests == nil ? Sample(values)?.median : nil,
      unscoredMembers: tests == nil ? population.members.count - values.count : 0, steps: steps,
      failedAttempts: failures.count, curve: curve)
  }

  private func outcome(
    _ population: Population, _ intervals: [Int: Interval], _ reported: ReportedMetric, _ tests: CheckpointTests?,
    _ failure: Attempt?, value: (Published) -> Double?
  ) throws(RunError) -> RunResult.Outcome {
    guard population.isFinished, !population.members.isEmpty else {
      return .failed("it did not finish" + (failure.map { ": \($0.message)" } ?? ""))
    }
    guard population.count(.failed) < population.members.count else { return .failed("every member failed") }
    guard let best = population.best?.published else {
      return .failed("no \(experiment.metric) was ever a finite number")
    }
    guard let value = value(best) else {
      let measured = tests == nil ? intervals[best.sequence]?.metrics : tests?.metrics[best.checkpoint]
      guard let measured else { return .failed("its best checkpoint could not be tested") }
      throw .notReported(path: directory.shown, metric: reported.name, reported: measured.keys.sorted())
    }
    guard value.magnitude <= Sample.limit / 2 else {
      return .failed("the \(reported.name) of its best checkpoint is \(value)")
    }
    return .value(value)
  }
}

extension RunResult.Outcome {
  fileprivate var isFailure: Bool { if case .failed = self { true } else { false } }
}

extension ReportedMetric {
  /// The value of a published checkpoint; none where its trainer did not report the metric.
  fileprivate func value(of published: Published, _ intervals: [Int: Interval]) -> Double? {
    guard !isSelected else { return mode == .max ? published.score : 0 - published.score }
    return intervals[published.sequence]?.metrics[name]
  }
}
