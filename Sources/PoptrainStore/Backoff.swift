/// How long a member is left alone after failed attempts: longer after each.
package struct Backoff: Hashable, Sendable, Codable {
  /// Seconds after the first.
  package var first: Double
  /// By how much it grows.
  package var factor: Double
  /// The most seconds.
  package var longest: Double

  /// One second, then 4, 16, and a minute from there on.
  package static let standard = Backoff(first: 1, factor: 4, longest: 60)

  /// Describes a backoff.
  package init(first: Double, factor: Double, longest: Double) {
    self.first = first
    self.factor = factor
    self.longest = longest
  }

  /// The seconds after so many failures, at least one.
  package func seconds(after failures: Int) -> Double {
    var seconds = first
    for _ in 1..<max(2, failures) where failures > 1 && seconds < longest { seconds *= factor }
    return min(seconds, longest)
  }
}
