internal import _Concurrency

/// Runs the tasks of simulated processes one piece at a time, in an order that a seed decides, in virtual time.
///
/// Time stands still while any process has something to run, and then jumps to the next timer.
final class Scheduler: Sendable {
  private let chance: Chance
  private let state = OneThread(State())

  private struct State {
    var now = 0.0
    var runnable: [(process: SimulatedProcess, job: UnownedJob)] = []
    var timers: [Timer] = []
    var timerCount = 0
  }

  private struct Timer {
    var time: Double
    var number: Int
    var action: () -> Void
  }

  init(_ chance: Chance) {
    self.chance = chance
  }

  /// Seconds since the simulation began.
  var now: Double { state.now }

  func enqueue(_ job: UnownedJob, of process: SimulatedProcess) {
    state.runnable.append((process, job))
  }

  /// Does something later.
  func after(_ seconds: Double, _ action: @escaping () -> Void) {
    state.timerCount += 1
    let timer = Timer(time: now + max(0, seconds), number: state.timerCount, action: action)
    // The latest first, so that the next one is taken from the end.
    var low = 0
    var high = state.timers.count
    while low < high {
      let middle = (low + high) / 2
      let other = state.timers[middle]
      if (other.time, other.number) > (timer.time, timer.number) { low = middle + 1 } else { high = middle }
    }
    state.timers.insert(timer, at: low)
  }

  /// Runs until this holds. Returns false where nothing is left that could happen.
  func run(until isOver: () -> Bool) -> Bool {
    while !isOver() {
      if !state.runnable.isEmpty {
        let last = state.runnable.count - 1
        state.runnable.swapAt(last == 0 ? 0 : chance.integer(0...last), last)
        let (process, job) = state.runnable.removeLast()
        process.run(job)
      } else if let timer = state.timers.popLast() {
        state.now = timer.time
        timer.action()
      } else {
        return false
      }
    }
    return true
  }
}
