internal import Synchronization

/// A process of a simulated machine: tasks that prefer it run when the scheduler says so.
///
/// One that is killed has no effect any more: whatever it asks of the disk, the store or the clock fails, so its tasks
/// come to an end instead of being leaked.
///
/// `@unchecked Sendable`: only tasks that the ``Scheduler`` runs use it, and it runs them all on one thread.
final class SimulatedProcess: TaskExecutor, @unchecked Sendable {
  let name: String
  /// How fast its clock goes.
  let clockRate: Double
  /// By how many seconds its wall clock is wrong.
  var wallOffset = 0.0
  private(set) var isDead = false
  private let scheduler: Scheduler
  private var pausedUntil = 0.0
  private var held: [UnownedJob] = []
  private var tasks: [() -> Void] = []

  init(_ name: String, on scheduler: Scheduler, clockRate: Double = 1) {
    self.name = name
    self.scheduler = scheduler
    self.clockRate = clockRate
  }

  func enqueue(_ job: consuming ExecutorJob) {
    scheduler.enqueue(UnownedJob(job), of: self)
  }

  func run(_ job: UnownedJob) {
    if isPaused { held.append(job) } else { job.runSynchronously(on: asUnownedTaskExecutor()) }
  }

  var isPaused: Bool { !isDead && scheduler.now < pausedUntil }

  /// Begins a task of this process.
  func start(_ body: @escaping @Sendable () async -> Void) {
    let task = Task(executorPreference: self) { await body() }
    tasks.append { task.cancel() }
  }

  /// Holds everything that it would do, for so many seconds.
  func pause(_ seconds: Double) {
    pausedUntil = max(pausedUntil, scheduler.now + seconds)
    scheduler.after(seconds) { [self] in if !isPaused { resume() } }
  }

  func kill() {
    guard !isDead else { return }
    isDead = true
    resume()
    for cancel in tasks { cancel() }
    tasks = []
  }

  private func resume() {
    for job in held { scheduler.enqueue(job, of: self) }
    held = []
  }
}
