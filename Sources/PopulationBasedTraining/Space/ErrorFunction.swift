import Glibc

/// The probability that a standard normal number is above `z`; exact also far out.
package func normalUpperTail(_ z: Double) -> Double { erfc(z * 0.5.squareRoot()) / 2 }
