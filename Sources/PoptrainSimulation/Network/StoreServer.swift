internal import PopulationBasedTraining
internal import PoptrainStore

/// The process that has the store: it handles one message after the other.
///
/// `@unchecked Sendable`: only tasks of simulated processes and timers use it, and ``Scheduler/run(until:)`` runs all of those
/// on the thread that called it, one after the other.
final class StoreServer: @unchecked Sendable {
  let process: SimulatedProcess
  let store: any PopulationStore
  private var mailbox: [@Sendable () async -> Void] = []
  private var isBusy = false
  private var lastNumber = 0

  init(_ store: any PopulationStore, in process: SimulatedProcess) {
    self.store = store
    self.process = process
  }

  /// Takes a message. Returns whether one that was sent later has come before it.
  func receive(number: Int, _ handle: @escaping @Sendable () async -> Void) -> Bool {
    mailbox.append(handle)
    if !isBusy {
      isBusy = true
      process.start { [self] in
        while !mailbox.isEmpty { await mailbox.removeFirst()() }
        isBusy = false
      }
    }
    defer { lastNumber = max(lastNumber, number) }
    return number < lastNumber
  }
}
