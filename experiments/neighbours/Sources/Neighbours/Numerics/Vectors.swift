/// Eight numbers side by side. Rows of a ``Matrix`` are multiples of eight long.
typealias Eight = SIMD8<Float>

/// Cuts numbers to a range. A NaN stays one.
@inline(__always)
func cut(_ x: Eight, to range: ClosedRange<Float>) -> Eight {
  let raised = x.replacing(with: Eight(repeating: range.lowerBound), where: x .< Eight(repeating: range.lowerBound))
  return raised.replacing(with: Eight(repeating: range.upperBound), where: raised .> Eight(repeating: range.upperBound))
}

/// e^x to about seven digits, where x is first cut to [-87, 88] (Cephes library, `expf`): with x = n ln 2 + r, a
/// polynomial gives e^r, and n is added to its exponent.
@inline(__always)
func exponential(_ x: Eight) -> Eight {
  let bounded = cut(x, to: -87...88)
  // Adding 1.5 * 2^23 rounds to an integer, which is then in the low bits.
  let magic = Eight(repeating: 12_582_912)
  let shifted = bounded * 1.442_695_04 + magic
  let n = shifted - magic
  let r = (bounded - n * 0.693_359_375) + n * 2.121_944_4e-4
  var p = Eight(repeating: 1.987_569_15e-4)
  p = p * r + 1.398_199_95e-3
  p = p * r + 8.333_451_9e-3
  p = p * r + 4.166_579_6e-2
  p = p * r + 1.666_666_55e-1
  p = p * r + 5.000_000_1e-1
  p = p * r * r + r + 1
  return unsafeBitCast(
    unsafeBitCast(p, to: SIMD8<Int32>.self) &+ (unsafeBitCast(shifted, to: SIMD8<Int32>.self) &<< 23), to: Eight.self)
}

/// The natural logarithm of positive numbers to about seven digits (Cephes library, `logf`).
@inline(__always)
func logarithm(_ x: Eight) -> Eight {
  // x = m 2^n with m in [sqrt(1/2), sqrt(2)).
  let bits = unsafeBitCast(x, to: SIMD8<Int32>.self)
  let offset = bits &- 0x3F35_04F3
  let n = offset &>> 23
  let r = unsafeBitCast(bits &- (n &<< 23), to: Eight.self) - 1
  // Adding an integer to the bits of 1.5 * 2^23 converts it.
  let exponent = unsafeBitCast(n &+ 0x4B40_0000, to: Eight.self) - 12_582_912
  var p = Eight(repeating: 7.037_683_6e-2)
  p = p * r - 1.151_461_03e-1
  p = p * r + 1.167_699_87e-1
  p = p * r - 1.242_014_08e-1
  p = p * r + 1.424_932_28e-1
  p = p * r - 1.666_805_77e-1
  p = p * r + 2.000_071_48e-1
  p = p * r - 2.499_999_40e-1
  p = p * r + 3.333_333_1e-1
  let square = r * r
  return r + (p * r * square - 0.5 * square) + exponent * 0.693_147_18
}

/// The logistic function, 1 / (1 + e^-x).
@inline(__always)
func logistic(_ x: Eight) -> Eight { 1 / (1 + exponential(-x)) }

extension Matrix {
  /// Replaces each value by a function of it, eight at a time, in the padding too.
  @inline(__always)
  mutating func mapEights(_ change: (Eight) -> Eight) {
    storage.withUnsafeMutableBytes { bytes in
      for offset in Swift.stride(from: 0, to: bytes.count, by: 32) {
        let values = bytes.loadUnaligned(fromByteOffset: offset, as: Eight.self)
        bytes.storeBytes(of: change(values), toByteOffset: offset, as: Eight.self)
      }
    }
  }

  /// Replaces each value by a function of it and of the value in the same place of a matrix of the same shape, eight at
  /// a time.
  @inline(__always)
  mutating func combineEights(_ other: Matrix, _ change: (Eight, Eight) -> Eight) {
    precondition(rows == other.rows && columns == other.columns, "the shapes differ")
    storage.withUnsafeMutableBytes { bytes in
      other.storage.withUnsafeBytes { others in
        for offset in Swift.stride(from: 0, to: bytes.count, by: 32) {
          let (a, b) = (
            bytes.loadUnaligned(fromByteOffset: offset, as: Eight.self),
            others.loadUnaligned(fromByteOffset: offset, as: Eight.self)
          )
          bytes.storeBytes(of: change(a, b), toByteOffset: offset, as: Eight.self)
        }
      }
    }
  }
}

extension NamedStream {
  /// Eight real numbers in (0, 1) with 23 random bits each, which become the mantissas of numbers in [1, 2).
  @inline(__always)
  mutating func units() -> Eight {
    let words = SIMD4<UInt64>(next(), next(), next(), next())
    let mantissas = unsafeBitCast(words, to: SIMD8<UInt32>.self) &>> 9
    return unsafeBitCast(mantissas | 0x3F80_0000, to: Eight.self) - 0.999_999_94
  }
}
