/// The clock of a simulated process: it goes on when its scheduler has nothing to run.
///
/// `@unchecked Sendable`: only tasks that the ``Scheduler`` runs use it, and it runs them all on one thread.
final class VirtualClock: Clock, @unchecked Sendable {
  struct Instant: InstantProtocol {
    var offset: Duration
    func advanced(by duration: Duration) -> Instant { Instant(offset: offset + duration) }
    func duration(to other: Instant) -> Duration { other.offset - offset }
    static func < (left: Instant, right: Instant) -> Bool { left.offset < right.offset }
  }

  private let scheduler: Scheduler
  private let process: SimulatedProcess
  private var sleepers: [Int: UnsafeContinuation<Bool, Never>] = [:]
  private var count = 0

  init(_ process: SimulatedProcess, on scheduler: Scheduler) {
    self.process = process
    self.scheduler = scheduler
  }

  var now: Instant { Instant(offset: .seconds(scheduler.now * process.clockRate)) }
  var minimumResolution: Duration { .zero }

  func sleep(until deadline: Instant, tolerance: Duration?) async throws {
    let seconds = (deadline.offset - now.offset) / .seconds(1) / process.clockRate
    count += 1
    let number = count
    let isOver = await withTaskCancellationHandler {
      await withUnsafeContinuation { continuation in
        guard !Task.isCancelled, !process.isDead else { return continuation.resume(returning: false) }
        sleepers[number] = continuation
        scheduler.after(seconds) { self.wake(number, true) }
      }
    } onCancel: {
      wake(number, false)
    }
    guard isOver, !process.isDead else { throw CancellationError() }
  }

  private func wake(_ number: Int, _ isOver: Bool) {
    sleepers.removeValue(forKey: number)?.resume(returning: isOver)
  }
}
