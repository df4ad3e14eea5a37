import Glibc

/// The natural logarithm.
func logarithm(_ value: Double) -> Double { log(value) }

/// The inverse of ``logarithm(_:)``.
func exponential(_ value: Double) -> Double { exp(value) }

/// The natural logarithm of `1 + value`, exact also where `value` is tiny.
func logarithm(onePlus value: Double) -> Double { log1p(value) }
