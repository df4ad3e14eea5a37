internal import Dispatch
internal import Synchronization

internal import Glibc

/// A clock that stands still while this process does not run: the machine sleeps, or the process or its virtual machine is
/// stopped. What happens in such a time is nobody's silence.
package enum RunningClock {
  private static let time = Mutex(RunningTime(at: monotonic()))

  /// Looks at the clock often enough, for as long as the process lives.
  private static let ticking: Void = DispatchQueue(label: "poptrain.clock").async {
    while true {
      usleep(UInt32(RunningTime.period * 1e6))
      _ = time.withLock { $0.read(at: monotonic()) }
    }
  }

  /// Seconds since some moment.
  @Sendable package static func seconds() -> Double {
    _ = ticking
    return time.withLock { $0.read(at: monotonic()) }
  }

  private static func monotonic() -> Double {
    var time = timespec()
    clock_gettime(CLOCK_MONOTONIC, &time)
    return Double(time.tv_sec) + Double(time.tv_nsec) / 1e9
  }

  /// A moment on this clock.
  struct Instant: Comparable, Sendable {
    private var seconds: Double

    /// The present one.
    static var now: Instant { Instant(seconds: RunningClock.seconds()) }

    static func + (instant: Instant, duration: Duration) -> Instant {
      Instant(seconds: instant.seconds + duration / .seconds(1))
    }

    static func - (later: Instant, earlier: Instant) -> Duration { .seconds(later.seconds - earlier.seconds) }

    static func < (left: Instant, right: Instant) -> Bool { left.seconds < right.seconds }
  }
}

/// The time that a process has run, by looks at a clock that goes on without it.
struct RunningTime: Sendable {
  /// The seconds between two looks.
  static let period = 0.25
  /// The longest time between two looks that counts: who looks later than that did not run.
  static let longest = 0.5

  private var seconds = 0.0
  private var lastLook: Double

  init(at now: Double) { lastLook = now }

  /// The seconds that the process has run.
  mutating func read(at now: Double) -> Double {
    seconds += min(max(0, now - lastLook), RunningTime.longest)
    lastLook = now
    return seconds
  }
}
