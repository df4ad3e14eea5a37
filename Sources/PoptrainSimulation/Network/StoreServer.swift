internal import PopulationBasedTraining
internal import PoptrainStore
internal import Synchronization

/// The process that has the store: it handles one message after the other.
final class StoreServer: Sendable {
  let process: SimulatedProcess
  let store: any PopulationStore
  private let state = Mutex(State())

  private struct State {
    var mailbox: [@Sendable () async -> Void] = []
    var isBusy = false
    var lastNumber = 0
  }

  init(_ store: any PopulationStore, in process: SimulatedProcess) {
    self.store = store
    self.process = process
  }

  /// Takes a message. Returns whether one that was sent later has come before it.
  func receive(number: Int, _ handle: @escaping @Sendable () async -> Void) -> Bool {
    let (isIdle, isLate) = state.withLock { state in
      state.mailbox.append(handle)
      defer { (state.isBusy, state.lastNumber) = (true, max(state.lastNumber, number)) }
      return (!state.isBusy, number < state.lastNumber)
    }
    if isIdle {
      process.start { [self] in
        while let handle = next() { await handle() }
      }
    }
    return isLate
  }

  /// Takes the next message out of the mailbox; none: it is idle.
  private func next() -> (@Sendable () async -> Void)? {
    state.withLock { state in
      state.isBusy = !state.mailbox.isEmpty
      return state.isBusy ? state.mailbox.removeFirst() : nil
    }
  }
}
