internal import Dispatch

/// Runs what an actor does away from the threads that all tasks share: it may wait for the disk, and the engine of the same
/// process is not kept waiting.
final class ReadingThread: SerialExecutor {
  private let queue = DispatchQueue(label: "dashboard", qos: .utility)

  func enqueue(_ job: consuming ExecutorJob) {
    let job = UnownedJob(job)
    queue.async { @Sendable in job.runSynchronously(on: self.asUnownedSerialExecutor()) }
  }
}
