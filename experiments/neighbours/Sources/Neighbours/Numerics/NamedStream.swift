import Foundation

/// A stream of random numbers that has a name: the same seed, purpose and ordinal give the same numbers to the bit.
///
/// The generator is xoshiro256++ (Blackman and Vigna, "Scrambled linear pseudorandom number generators", 2021).
/// SplitMix64 (Steele, Lea and Flood, 2014) fills its state from the seed, the FNV-1a hash of the purpose, and the
/// ordinal. Poptrain's own `RandomStream` names its streams in the same way; this one is inlined into the inner loops,
/// which draw up to a hundred million numbers in a run.
public struct NamedStream: Sendable, RandomNumberGenerator {
  private var s0, s1, s2, s3: UInt64

  /// The stream of this name, from its beginning.
  public init(seed: UInt64, _ purpose: String, _ ordinal: Int = 0) {
    let name = purpose.utf8.reduce(UInt64(0xCBF2_9CE4_8422_2325)) { ($0 ^ UInt64($1)) &* 0x0000_0100_0000_01B3 }
    var state = seed &* 0x9E37_79B9_7F4A_7C15 ^ name
    state = NamedStream.mixed(state) ^ UInt64(bitPattern: Int64(ordinal))
    func word() -> UInt64 {
      state &+= 0x9E37_79B9_7F4A_7C15
      return NamedStream.mixed(state)
    }
    (s0, s1, s2, s3) = (word(), word(), word(), word())
  }

  private static func mixed(_ word: UInt64) -> UInt64 {
    var z = word
    z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
    z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
    return z ^ (z >> 31)
  }

  /// 64 random bits.
  @inline(__always)
  public mutating func next() -> UInt64 {
    let sum = s0 &+ s3
    let result = (sum << 23 | sum >> 41) &+ s0
    let shifted = s1 << 17
    s2 ^= s0
    s3 ^= s1
    s1 ^= s2
    s0 ^= s3
    s2 ^= shifted
    s3 = s3 << 45 | s3 >> 19
    return result
  }

  /// A real number in [0, 1) with 53 random bits.
  @inline(__always)
  public mutating func unit() -> Double { Double(next() >> 11) * 0x1p-53 }

  /// A real number in [0, 1) with 24 random bits.
  @inline(__always)
  public mutating func unitFloat() -> Float { Float(next() >> 40) * 0x1p-24 }

  /// A number from the standard normal distribution (Marsaglia's polar method, 1964).
  @inline(__always)
  public mutating func normal() -> Double {
    while true {
      let (x, y) = (2 * unit() - 1, 2 * unit() - 1)
      let square = x * x + y * y
      if square > 0, square < 1 { return x * (-2 * log(square) / square).squareRoot() }
    }
  }

  /// Two independent numbers from the standard normal distribution.
  @inline(__always)
  public mutating func normals() -> (Double, Double) {
    while true {
      let (x, y) = (2 * unit() - 1, 2 * unit() - 1)
      let square = x * x + y * y
      if square > 0, square < 1 {
        let radius = (-2 * log(square) / square).squareRoot()
        return (x * radius, y * radius)
      }
    }
  }

  /// The numbers `0..<count` in random order.
  public mutating func permutation(_ count: Int) -> [Int] {
    var order = Array(0..<count)
    order.shuffle(using: &self)
    return order
  }
}
