import Engine
import UnixSignals

/// Does something, and asks it to stop each time this process is told to end: by Ctrl-C, or by who needs the machine
/// (`isPreempted`).
func stoppable<Answer>(
  by stop: @escaping @Sendable (_ isPreempted: Bool) async -> Void, _ body: () async throws -> Answer
) async rethrows -> Answer {
  let signals = Task {
    for await signal in await UnixSignalsSequence(trapping: .sigint, .sigterm, .sigusr1) {
      await stop(signal != .sigint)
    }
  }
  defer { signals.cancel() }
  return try await body()
}

extension Engine.Ending {
  /// Ends this process with the exit status for an ending that is none.
  func throwStatus() throws(ExitStatus) {
    switch self {
    case .finished: break
    case .stopped, .broken: throw .stopped
    case .interrupted: throw .interrupted
    case .hopeless: throw .trainerNeverWorked
    }
  }
}
