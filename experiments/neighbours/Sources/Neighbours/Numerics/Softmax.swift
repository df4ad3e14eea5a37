import Foundation

extension Matrix {
  /// Replaces each row by its softmax.
  public mutating func softmaxRows() {
    guard columns > 0 else { return }
    for row in 0..<rows {
      let start = row * stride
      var largest = storage[start]
      for column in 1..<columns { largest = max(largest, storage[start + column]) }
      var sum: Float = 0
      for column in 0..<columns {
        let value = exp(storage[start + column] - largest)
        storage[start + column] = value
        sum += value
      }
      for column in 0..<columns { storage[start + column] /= sum }
    }
  }
}

/// The logistic function, 1 / (1 + e^-x).
@inline(__always)
func sigmoid(_ x: Float) -> Float { 1 / (1 + exp(-x)) }

/// log(1 + e^x), which does not overflow.
@inline(__always)
func softplus(_ x: Double) -> Double { max(x, 0) + log1p(exp(-abs(x))) }
