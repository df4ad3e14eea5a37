internal import PoptrainStore

/// The place where the answer to a message is waited for. The first answer counts; none means that none came.
///
/// `@unchecked Sendable`: only tasks of simulated processes and timers use it, and ``Scheduler/run(until:)`` runs all of those
/// on the thread that called it, one after the other.
final class Reply<Answer: Sendable>: @unchecked Sendable {
  private var continuation: UnsafeContinuation<Result<Answer, StoreError>?, Never>?
  private var isGiven = false

  func give(_ answer: Result<Answer, StoreError>?) {
    isGiven = true
    continuation?.resume(returning: answer)
    continuation = nil
  }

  /// Waits for it; nothing where the task is cancelled.
  func wait() async -> Result<Answer, StoreError>? {
    await withTaskCancellationHandler {
      await withUnsafeContinuation { continuation in
        if isGiven || Task.isCancelled {
          continuation.resume(returning: nil)
        } else {
          self.continuation = continuation
        }
      }
    } onCancel: {
      give(nil)
    }
  }
}
