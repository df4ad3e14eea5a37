package import PopulationBasedTraining

internal import Glibc

/// The clocks of this machine, in seconds.
package enum SystemClock {
  /// A clock that never goes back.
  @Sendable package static func monotonic() -> Double { read(CLOCK_MONOTONIC) }

  /// Since 1970.
  @Sendable package static func wall() -> Double { read(CLOCK_REALTIME) }

  private static func read(_ clock: clockid_t) -> Double {
    var time = timespec()
    clock_gettime(clock, &time)
    return Double(time.tv_sec) + Double(time.tv_nsec) / 1e9
  }
}

/// A random token of 128 bits, in hexadecimal.
@Sendable package func randomToken() -> String {
  var generator = SystemRandomNumberGenerator()
  return (0..<2).map { _ in
    let digits = String(generator.next() as UInt64, radix: 16)
    return String(repeating: "0", count: 16 - digits.count) + digits
  }.joined()
}

extension Completion {
  /// The answer to a completion that was recorded before.
  package init(repeating interval: Interval, in population: Population) {
    self.init(
      sequence: population.sequence, interval: interval, decisions: [], collected: [],
      best: population.best?.published.checkpoint, grant: nil)
  }
}
