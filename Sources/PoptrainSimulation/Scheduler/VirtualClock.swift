/// The clock of a simulated process: it goes on when its scheduler has nothing to run.
final class VirtualClock: Clock {
  struct Instant: InstantProtocol {
    var offset: Duration
    func advanced(by duration: Duration) -> Instant { Instant(offset: offset + duration) }
    func duration(to other: Instant) -> Duration { other.offset - offset }
    static func < (left: Instant, right: Instant) -> Bool { left.offset < right.offset }
  }

  private let scheduler: Scheduler
  private let process: SimulatedProcess
  private let state = OneThread(State())

  private struct State {
    var sleepers: [Int: UnsafeContinuation<Bool, Never>] = [:]
    var count = 0
  }

  init(_ process: SimulatedProcess, on scheduler: Scheduler) {
    self.process = process
    self.scheduler = scheduler
  }

  var now: Instant { Instant(offset: .seconds(scheduler.now * process.clockRate)) }
  var minimumResolution: Duration { .zero }

  func sleep(until deadline: Instant, tolerance: Duration?) async throws {
    let seconds = (deadline.offset - now.offset) / .seconds(1) / process.clockRate
    state.count += 1
    let number = state.count
    let isOver = await withTaskCancellationHandler {
      await withUnsafeContinuation { continuation in
        guard !Task.isCancelled, !process.isDead else { return continuation.resume(returning: false) }
        state.sleepers[number] = continuation
        scheduler.after(seconds) { self.wake(number, true) }
      }
    } onCancel: {
      wake(number, false)
    }
    guard isOver, !process.isDead else { throw CancellationError() }
  }

  private func wake(_ number: Int, _ isOver: Bool) {
    state.sleepers.removeValue(forKey: number)?.resume(returning: isOver)
  }
}
