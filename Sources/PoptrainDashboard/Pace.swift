internal import Glibc

/// The clock by which runs are read, and told of.
package struct Pace: Sendable {
  /// Seconds on a clock that never goes back.
  let now: @Sendable () -> Double
  /// Waits so many seconds, or until the task is cancelled.
  let sleep: @Sendable (Double) async throws -> Void

  /// The pace of this machine.
  package static let real = Pace(
    now: {
      var time = timespec()
      clock_gettime(CLOCK_MONOTONIC, &time)
      return Double(time.tv_sec) + Double(time.tv_nsec) / 1e9
    }, sleep: { try await Task.sleep(for: .seconds($0)) })

  /// A pace of a test.
  package init(now: @escaping @Sendable () -> Double, sleep: @escaping @Sendable (Double) async throws -> Void) {
    self.now = now
    self.sleep = sleep
  }

  /// Seconds for which what was read counts as new.
  static let fresh = 0.5
  /// How many pages are told of news in a second, all together: many open pages must not slow a run.
  private static let tellings = 10.0
  /// Seconds after which a page hears the last news again where nothing is new. It then asks what is being trained.
  static let heartbeat = 15.0

  /// The seconds between two looks for news, for so many pages.
  static func period(pages: Int) -> Double { max(fresh, Double(pages) / tellings) }
}
