/// A stream of random numbers that has a name instead of a state to be passed on.
///
/// Every decision that uses chance opens the stream of its own name, so its numbers do not depend on what was drawn
/// before, in which order members finish, or whether the process was restarted in between. A stream is named by the
/// experiment's seed, a member, an ordinal (such as the number of the member's decision) and a purpose (such as
/// `exploit`). In numpy the same numbers are
///
///     numpy.random.Philox(key=[seed, fnv1a64(purpose)], counter=[0, member, ordinal, 0]).random_raw()
public struct RandomStream: Sendable {
  private var philox: Philox

  /// Opens the stream of this name at its beginning.
  public init(seed: UInt64, member: Int, ordinal: Int, purpose: String) {
    philox = Philox(
      key: (seed, RandomStream.fnv1a64(purpose)),
      counter: (0, UInt64(truncatingIfNeeded: member), UInt64(truncatingIfNeeded: ordinal), 0))
  }

  /// 64 random bits.
  public mutating func bits() -> UInt64 {
    philox.next()
  }

  /// A real number in [0, 1) with 53 random bits.
  public mutating func unit() -> Double {
    Double(bits() >> 11) * 0x1p-53
  }

  /// An integer in `0..<bound`, each as likely as the others.
  ///
  /// Lemire, "Fast random integer generation in an interval", 2019: a multiplication and rarely a repetition.
  public mutating func integer(below bound: Int) -> Int {
    precondition(bound > 0, "a random integer needs a bound above zero, not \(bound)")
    let bound = UInt64(bound)
    var product = bits().multipliedFullWidth(by: bound)
    if product.low < bound {
      let threshold = (0 &- bound) % bound
      while product.low < threshold { product = bits().multipliedFullWidth(by: bound) }
    }
    return Int(product.high)
  }

  /// True with this probability.
  public mutating func chance(_ probability: Double) -> Bool {
    unit() < probability
  }

  /// The 64-bit FNV-1a hash of a text's UTF-8 bytes.
  static func fnv1a64(_ text: String) -> UInt64 {
    text.utf8.reduce(0xCBF2_9CE4_8422_2325) { ($0 ^ UInt64($1)) &* 0x0000_0100_0000_01B3 }
  }
}
