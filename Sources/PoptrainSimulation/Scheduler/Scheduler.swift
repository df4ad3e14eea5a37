internal import _Concurrency

/// Runs the tasks of simulated processes one piece at a time, in an order that a seed decides, in virtual time.
///
/// Time stands still while any process has something to run, and then jumps to the next timer.
///
/// What a simulation shares is `@unchecked Sendable`, because it needs no lock: only tasks of simulated processes and timers
/// use it, and ``run(until:)`` runs all of those on the thread that called it, one after the other.
final class Scheduler {
  /// Seconds since the simulation began.
  private(set) var now = 0.0
  private let chance: Chance
  private var runnable: [(process: SimulatedProcess, job: UnownedJob)] = []
  private var timers: [Timer] = []
  private var timerCount = 0

  private struct Timer {
    var time: Double
    var number: Int
    var action: () -> Void
  }

  init(_ chance: Chance) {
    self.chance = chance
  }

  func enqueue(_ job: UnownedJob, of process: SimulatedProcess) {
    runnable.append((process, job))
  }

  /// Does something later.
  func after(_ seconds: Double, _ action: @escaping () -> Void) {
    timerCount += 1
    let timer = Timer(time: now + max(0, seconds), number: timerCount, action: action)
    // The latest first, so that the next one is taken from the end.
    var low = 0
    var high = timers.count
    while low < high {
      let middle = (low + high) / 2
      let other = timers[middle]
      if (other.time, other.number) > (timer.time, timer.number) { low = middle + 1 } else { high = middle }
    }
    timers.insert(timer, at: low)
  }

  /// Runs until this holds. Returns false where nothing is left that could happen.
  func run(until isOver: () -> Bool) -> Bool {
    while !isOver() {
      if !runnable.isEmpty {
        let index = runnable.count == 1 ? 0 : chance.integer(0...runnable.count - 1)
        runnable.swapAt(index, runnable.count - 1)
        let (process, job) = runnable.removeLast()
        process.run(job)
      } else if let timer = timers.popLast() {
        now = timer.time
        timer.action()
      } else {
        return false
      }
    }
    return true
  }
}
