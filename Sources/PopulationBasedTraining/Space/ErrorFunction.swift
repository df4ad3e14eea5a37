import Glibc

/// The probability that a standard normal number is above `z`; exact also far out.
func normalUpperTail(_ z: Double) -> Double { erfc(z * 0.5.squareRoot()) / 2 }
