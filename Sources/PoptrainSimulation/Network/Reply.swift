internal import PoptrainStore
internal import Synchronization

/// The place where the answer to a message is waited for. The first answer counts; none means that none came.
final class Reply<Answer: Sendable>: Sendable {
  private struct State {
    var continuation: UnsafeContinuation<Result<Answer, StoreError>?, Never>?
    var isGiven = false
  }

  private let state = Mutex(State())

  func give(_ answer: Result<Answer, StoreError>?) {
    let waiting = state.withLock { state in
      state.isGiven = true
      defer { state.continuation = nil }
      return state.continuation
    }
    waiting?.resume(returning: answer)
  }

  /// Waits for it; nothing where the task is cancelled.
  func wait() async -> Result<Answer, StoreError>? {
    await withTaskCancellationHandler {
      await withUnsafeContinuation { continuation in
        let isOver = state.withLock { state in
          if state.isGiven || Task.isCancelled { return true }
          state.continuation = continuation
          return false
        }
        if isOver { continuation.resume(returning: nil) }
      }
    } onCancel: {
      give(nil)
    }
  }
}
