public import PopulationBasedTraining

/// A population that is trained in virtual time by the real workers on a simulated store, disk and trainer, in an order
/// and with faults that a seed decides. The same seed does the same again.
public struct Simulation: Sendable {
  /// What came of it.
  public struct Result: Sendable {
    /// The first invariant that did not hold; none: all did.
    public var violation: Violation?
    /// How many faults were injected.
    public var faults: [Fault: Int]
    /// How often every invariant was checked.
    public var checks: Int
    /// How many intervals were recorded.
    public var intervals: Int
    /// How many seconds of virtual time it took.
    public var seconds: Double
    /// All that was recorded.
    public var history: [HistoryRecord]
  }

  /// The experiment and its faults.
  public var plan: Plan
  /// Decides when what happens.
  public var schedule: UInt64
  var seams = Seams()

  /// The simulation of a seed.
  public init(seed: UInt64, isShared: Bool = false) {
    self.init(Plan(seed: seed, isShared: isShared), schedule: seed)
  }

  /// The simulation of a plan under a schedule.
  public init(_ plan: Plan, schedule: UInt64) {
    self.plan = plan
    self.schedule = schedule
  }

  /// Runs it on this thread.
  ///
  /// - Parameter trace: is told everything that happens, a line each.
  public func run(trace: ((String) -> Void)? = nil) -> Result {
    let universe = Universe(plan, schedule: schedule, seams: seams, trace: trace)
    var violation: Violation?
    do { try universe.run() } catch { violation = error }
    let intervals = universe.state.history.count { if case .interval = $0 { true } else { false } }
    return Result(
      violation: violation, faults: universe.state.counts, checks: universe.state.events, intervals: intervals,
      seconds: universe.scheduler.now, history: universe.state.history)
  }
}
