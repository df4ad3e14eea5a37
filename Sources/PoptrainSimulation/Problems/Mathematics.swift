internal import Glibc

/// A power, kept here so that no other file of this room needs the C library.
func power(_ base: Double, _ exponent: Double) -> Double { pow(base, exponent) }

/// A power by repeated squaring. O(log exponent).
func power(_ base: Double, _ exponent: Int) -> Double {
  var (result, square, left) = (1.0, base, exponent)
  while left > 0 {
    if left & 1 == 1 { result *= square }
    square *= square
    left >>= 1
  }
  return result
}

/// The inverse of ``logarithm(_:)``.
func exponential(_ value: Double) -> Double { exp(value) }

/// The natural logarithm.
func logarithm(_ value: Double) -> Double { log(value) }
