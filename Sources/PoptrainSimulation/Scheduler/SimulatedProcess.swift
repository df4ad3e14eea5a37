internal import Synchronization

/// A process of a simulated machine: tasks that prefer it run when the scheduler says so.
///
/// One that is killed has no effect any more: whatever it asks of the disk, the store or the clock fails, so its tasks
/// come to an end instead of being leaked.
final class SimulatedProcess: TaskExecutor {
  let name: String
  /// How fast its clock goes.
  let clockRate: Double
  private let scheduler: Scheduler
  private let state = OneThread(State())

  private struct State {
    var wallOffset = 0.0
    var isDead = false
    var pausedUntil = 0.0
    var cutOffUntil = 0.0
    var held: [UnownedJob] = []
    var tasks: [Task<Void, Never>] = []
  }

  init(_ name: String, on scheduler: Scheduler, clockRate: Double = 1) {
    self.name = name
    self.scheduler = scheduler
    self.clockRate = clockRate
  }

  func enqueue(_ job: consuming ExecutorJob) {
    scheduler.enqueue(UnownedJob(job), of: self)
  }

  func run(_ job: UnownedJob) {
    if isPaused { state.held.append(job) } else { job.runSynchronously(on: asUnownedTaskExecutor()) }
  }

  var isDead: Bool { state.isDead }
  var isPaused: Bool { !isDead && scheduler.now < state.pausedUntil }

  /// By how many seconds its wall clock is wrong.
  var wallOffset: Double {
    get { state.wallOffset }
    set { state.wallOffset = newValue }
  }

  /// Begins a task of this process.
  func start(_ body: @escaping @Sendable () async -> Void) {
    state.tasks.append(Task(executorPreference: self) { await body() })
  }

  /// Holds everything that it would do, for so many seconds.
  func pause(_ seconds: Double) {
    state.pausedUntil = max(state.pausedUntil, scheduler.now + seconds)
    scheduler.after(seconds) { [self] in if !isPaused { resume() } }
  }

  /// Whether nothing that it sends arrives, nor anything that is sent to it.
  var isCutOff: Bool { scheduler.now < state.cutOffUntil }

  /// Cuts it off from the network for so many seconds.
  func cutOff(_ seconds: Double) { state.cutOffUntil = max(state.cutOffUntil, scheduler.now + seconds) }

  func kill() {
    guard !isDead else { return }
    state.isDead = true
    resume()
    for task in state.tasks { task.cancel() }
    state.tasks = []
  }

  private func resume() {
    for job in state.held { scheduler.enqueue(job, of: self) }
    state.held = []
  }
}
