internal import Synchronization

/// Lets tasks wait until a version has passed.
package final class ChangeSignal: Sendable {
  private struct State {
    var version = 0
    var nextWaiter = 0
    var waiters: [Int: CheckedContinuation<Void, Never>] = [:]
  }

  private let state = Mutex(State())

  package init() {}

  /// Returns as soon as the version is above this one, or the task is cancelled.
  package func wait(after version: Int) async {
    let id = state.withLock { state in
      state.nextWaiter += 1
      return state.nextWaiter
    }
    await withTaskCancellationHandler {
      await withCheckedContinuation { continuation in
        let isOver = state.withLock { state in
          guard state.version <= version, !Task.isCancelled else { return true }
          state.waiters[id] = continuation
          return false
        }
        if isOver { continuation.resume() }
      }
    } onCancel: {
      state.withLock { $0.waiters.removeValue(forKey: id) }?.resume()
    }
  }

  /// Wakes everyone who waits for this version, in the order in which they came.
  package func advance(to version: Int) {
    let woken = state.withLock { state in
      guard version > state.version else { return [CheckedContinuation<Void, Never>]() }
      state.version = version
      defer { state.waiters = [:] }
      return state.waiters.sorted { $0.key < $1.key }.map(\.value)
    }
    for waiter in woken { waiter.resume() }
  }
}
