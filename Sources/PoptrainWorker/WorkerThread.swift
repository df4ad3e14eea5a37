internal import Dispatch

/// Runs what a worker does, one piece after the other, away from the threads that all tasks share.
///
/// A worker may thus wait for the disk, and a model of this process train for as long as it likes: heartbeats go on.
final class WorkerThread: TaskExecutor {
  private let queue: DispatchQueue

  init(label: String) {
    queue = DispatchQueue(label: label)
  }

  func enqueue(_ job: consuming ExecutorJob) {
    let job = UnownedJob(job)
    queue.async { @Sendable in job.runSynchronously(on: self.asUnownedTaskExecutor()) }
  }
}
