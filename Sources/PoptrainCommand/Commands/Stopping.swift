import CPoptrain
import PoptrainEngine
import Foundation
import Synchronization
import UnixSignals

/// Does something, and asks it to stop each time this process is told to end: by Ctrl-C, or by who needs the machine
/// (`isPreempted`).
///
/// A terminal that is closed, or a reader of the output that has gone, is such a request too, but one with the signal that
/// comes along with it, before or after: the Ctrl-C that also ends `tee` is one request.
func stoppable<Answer>(
  by stop: @escaping @Sendable (_ isPreempted: Bool) async -> Void, _ body: () async throws -> Answer
) async rethrows -> Answer {
  let requests = Mutex(StopRequests())
  let ask = { @Sendable (isPreempted: Bool, isSignal: Bool) async in
    if requests.withLock({ $0.isNew(isSignal: isSignal) }) { await stop(isPreempted) }
  }
  let losses = StandardOutput.outlive()
  let reading = Task {
    for await loss in losses where loss == .closed { await ask(true, false) }
  }
  let trapped = await UnixSignalsSequence(trapping: [.sigint, .sigterm, .sigusr1] + hangup)
  let signals = Task {
    for await signal in trapped { await ask(signal != .sigint, signal != .sighup) }
  }
  defer {
    signals.cancel()
    reading.cancel()
  }
  return try await body()
}

/// The requests to stop that came so far.
private struct StopRequests {
  private var isAsked = false
  private var isAskedBySignal = false

  /// Whether one more is a request of its own, and does not belong to the one before.
  mutating func isNew(isSignal: Bool) -> Bool {
    defer {
      isAsked = true
      isAskedBySignal = isAskedBySignal || isSignal
    }
    return !isAsked || isSignal && isAskedBySignal
  }
}

/// Does something, unless this process is told to end meanwhile, or nobody can read what it finds: then it cleans up and ends.
func untilInterrupted<Answer>(
  cleaningUp cleanUp: @escaping @Sendable () async -> Void, _ body: () async -> Answer
) async -> Answer {
  let isInterrupted = Mutex(false)
  let interrupt = { @Sendable () async in
    isInterrupted.withLock { $0 = true }
    await cleanUp()
  }
  let losses = StandardOutput.outlive()
  let reading = Task {
    for await loss in losses {
      await interrupt()
      StandardOutput.endProcess(after: loss)
    }
  }
  let trapped = await UnixSignalsSequence(trapping: [.sigint, .sigterm] + hangup)
  let signals = Task {
    for await _ in trapped {
      await interrupt()
      ExitStatus.interrupted.exit()
    }
  }
  let answer = await body()
  if isInterrupted.withLock({ $0 }) { await signals.value }
  signals.cancel()
  reading.cancel()
  return answer
}

/// The signal of a terminal that is closed, unless `nohup` has this process ignore it.
private let hangup: [UnixSignal] = poptrain_ignores(SIGHUP) == 1 ? [] : [.sighup]

extension Engine.Ending {
  /// Ends this process with the exit status for an ending that is none.
  func throwStatus() throws(ExitStatus) {
    switch self {
    case .finished: break
    case .stopped(isForAll: true): throw .stoppedForAll
    case .stopped, .broken: throw .stopped
    case .interrupted: throw .interrupted
    case .aborted: throw .trainerNeverWorked
    }
  }
}
