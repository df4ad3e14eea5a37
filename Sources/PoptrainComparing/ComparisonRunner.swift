package import PoptrainRuns
package import PoptrainEngine
internal import PoptrainExperimentFile
internal import PopulationBasedTraining
internal import Synchronization
package import PoptrainTrainers

/// Trains the runs of a comparison that are not finished yet, one after the other: the workers of one fill the machine.
package final class ComparisonRunner: Sendable {
  /// What people may want to see.
  package enum News: Sendable {
    /// A run starts, or goes on from where it was stopped. Positions count from 0.
    case began(position: Int, PlannedRun, Engine)
    /// Something of the run under way.
    case engine(Engine.News)
    /// A run has ended; it may have been finished before.
    case ended(position: Int, RunResult, wasThere: Bool)
    /// The chosen checkpoints of a run were tested, or could not be.
    case tested(position: Int, RunResult, TrainerFailure?)
  }

  private let plan: ComparisonPlan
  private let news: @Sendable (News) -> Void
  private let state = Mutex(State())

  private struct State {
    var engine: Engine?
    var tester: CheckpointTester?
    var isStopped = false
  }

  /// Prepares to train.
  package init(_ plan: ComparisonPlan, news: @escaping @Sendable (News) -> Void) {
    self.plan = plan
    self.news = news
  }

  /// Trains until every run has ended, or until told to stop.
  ///
  /// A run that comes to nothing is a result, and the others go on; but a trainer that has never worked is not tried in
  /// all of them.
  package func run() async throws(RunError) -> Engine.Ending {
    let ending = try await trainAll()
    guard plan.isTested, case .finished = ending else { return ending }
    for (position, planned) in plan.runs.enumerated() {
      let failure = try await test(planned)
      if state.withLock({ $0.isStopped }) { return .stopped(isForAll: false) }
      news(.tested(position: position, try planned.result(plan), failure))
    }
    return ending
  }

  private func trainAll() async throws(RunError) -> Engine.Ending {
    // What is tested later is not known yet.
    let reported = plan.isTested ? plan.selected : plan.reported
    var hasWorked = false
    for (position, planned) in plan.runs.enumerated() {
      if let result = try planned.finishedResult(reported) {
        hasWorked = hasWorked || result.value != nil
        news(.ended(position: position, result, wasThere: true))
        continue
      }
      let (ending, completedIntervals) = try await train(planned, position)
      hasWorked = hasWorked || completedIntervals > 0
      switch ending {
      case .finished: break
      case .aborted where hasWorked: break
      case .aborted, .stopped, .interrupted, .broken: return ending
      }
      news(.ended(position: position, try planned.result(reported), wasThere: false))
    }
    return .finished(.budget)
  }

  /// Asks to stop, as ``Engine/stop(isPreempted:)`` does; a test under way is made again later.
  package func stop(isPreempted: Bool = false) async {
    let (engine, tester) = state.withLock { state in
      state.isStopped = true
      return (state.engine, state.tester)
    }
    await engine?.stop(isPreempted: isPreempted)
    await tester?.stop()
  }

  /// Has the chosen checkpoints of a run tested, where they are not yet.
  private func test(_ planned: PlannedRun) async throws(RunError) -> TrainerFailure? {
    guard let tester = try CheckpointTester(planned, for: plan.reported.name) else { return nil }
    let isStopped = state.withLock { state in
      state.tester = tester
      return state.isStopped
    }
    defer { state.withLock { $0.tester = nil } }
    guard !isStopped else {
      await tester.stop()
      return nil
    }
    return try await tester.test()
  }

  /// Trains one run; also says how many intervals it has completed.
  private func train(_ planned: PlannedRun, _ position: Int) async throws(RunError) -> (Engine.Ending, Int) {
    if state.withLock({ $0.isStopped }) { return (.stopped(isForAll: false), 0) }
    let engine = try await Engine(
      planned.file, overrides: Overrides(seed: planned.seed), in: planned.directory, folder: plan.folder
    ) { [news] in news(.engine($0)) }
    let isStopped = state.withLock { state in
      state.engine = engine
      return state.isStopped
    }
    defer { state.withLock { $0.engine = nil } }
    if isStopped { await engine.stop() }
    news(.began(position: position, planned, engine))
    let ending = try await engine.run()
    return (ending, await engine.population().completedIntervals)
  }
}

extension PlannedRun {
  /// What came out of the run, with the tests of its checkpoints where the plan has them.
  func result(_ plan: ComparisonPlan) throws(RunError) -> RunResult {
    try result(plan.reported, tests: plan.isTested ? try CheckpointTests(of: directory) : nil)
  }

  /// What came out of the run, where it was finished before, by this very experiment.
  fileprivate func finishedResult(_ reported: ReportedMetric) throws(RunError) -> RunResult? {
    guard directory.holdsRun, let run = try? RecordedRun(directory) else { return nil }
    let population = try run.population()
    guard population.isFinished, !population.members.isEmpty else { return nil }
    let unsafe = experiment.changes(from: run.experiment).filter { !$0.isSafe }
    guard unsafe.isEmpty else { throw .changed(path: directory.shown, changes: unsafe) }
    // With a larger budget, say, it goes on.
    guard experiment.rules == run.experiment.rules else { return nil }
    return try result(reported)
  }
}
