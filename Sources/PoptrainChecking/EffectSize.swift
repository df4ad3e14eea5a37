internal import Foundation

/// How far a value moves a metric within one interval: from fresh, and from a checkpoint.
///
/// A value that is overwritten soon after it was set (by a restored scheduler, say) still moves it a little. So the two are
/// compared. There is an innocent reason for a small effect after loading: training itself moves the metric no further any
/// more. Then a value that stops the training does as much as can be done, and tells nothing.
struct EffectSize: Hashable, Sendable {
  /// The metric that it moves.
  var metric = ""
  /// How far from fresh.
  var fresh: Double
  /// How far from a checkpoint.
  var loaded: Double
  /// How far training under the usual values moves it from the checkpoint.
  var progress: Double
  /// The smallest difference that the metric can show.
  var grain = 0.0

  enum Standing: Hashable, Sendable {
    /// It does what can be expected.
    case strong
    /// It does less than a fifth of it.
    case weak
    /// So little happens after loading that nothing can be expected.
    case open
  }

  var standing: Standing {
    guard loaded.isFinite else { return .strong }
    // What diverges from fresh need not do so later.
    let progress = progress.isFinite ? progress : 0
    let expected = fresh.isFinite ? fresh : progress
    if loaded * 5 >= expected || !isLargeFromFresh { return .strong }
    guard (progress / 2...progress * 1.5).contains(loaded) else { return .weak }
    return progress * 10 >= expected ? .strong : .open
  }

  /// Whether it does so much after loading that nothing need be asked of another value.
  var isPlain: Bool { standing == .strong && !(isLargeFromFresh && loaded * 2 < fresh) }

  /// Whether the effect from fresh is more than chance makes of a metric that counts examples.
  var isLargeFromFresh: Bool { !(fresh <= 2 * grain) }

  /// Whether the values that were tried are weak: those with the largest effects from fresh tell.
  static func areWeak(_ sizes: [EffectSize]) -> Bool {
    let largest = sizes.map(\.reach).max() ?? 0
    let telling = sizes.filter { $0.reach >= largest / 2 }.map(\.standing)
    return telling.contains(.weak) && !telling.contains(.strong)
  }

  private var reach: Double { fresh.isNaN ? .infinity : fresh }

  /// The smallest difference of numbers that are multiples of one part in at most ten thousand; 0 where they are none.
  ///
  /// An accuracy on 300 examples is one; a loss is not.
  static func grain(of numbers: [Double]) -> Double {
    let finite = numbers.filter(\.isFinite)
    guard !finite.isEmpty else { return 0 }
    let parts = (1...10_000).first { parts in
      finite.allSatisfy { number in
        let multiple = number * Double(parts)
        // Frameworks count in single precision, in which any larger number is nearly a whole one.
        let isSingle = Double(Float(number)) == number
        guard !isSingle || abs(multiple) <= 50_000 else { return false }
        return abs(multiple - multiple.rounded()) <= (isSingle ? 7e-8 : 1e-12) * abs(multiple)
      }
    }
    return parts.map { 1 / Double($0) } ?? 0
  }
}
