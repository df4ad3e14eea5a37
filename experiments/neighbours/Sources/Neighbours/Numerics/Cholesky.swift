/// The Cholesky factor L of a symmetric positive definite matrix A = L Lᵀ, in double precision.
public struct Cholesky: Sendable {
  /// How many rows and columns there are.
  public let order: Int
  private var factor: [Double]

  /// Factors a matrix, given by rows; none where it is not positive definite.
  public init?(_ matrix: [Double], order: Int) {
    precondition(matrix.count == order * order, "a matrix of order \(order) has \(order * order) values")
    self.order = order
    factor = matrix
    for j in 0..<order {
      for i in j..<order {
        var sum = factor[i * order + j]
        for k in 0..<j { sum -= factor[i * order + k] * factor[j * order + k] }
        if i == j {
          guard sum > 0 else { return nil }
          factor[j * order + j] = sum.squareRoot()
        } else {
          factor[i * order + j] = sum / factor[j * order + j]
        }
      }
    }
  }

  /// The x with A x = b.
  public func solve(_ right: [Double]) -> [Double] {
    var x = right
    for i in 0..<order {
      for k in 0..<i { x[i] -= factor[i * order + k] * x[k] }
      x[i] /= factor[i * order + i]
    }
    for i in (0..<order).reversed() {
      for k in i + 1..<max(order, i + 1) { x[i] -= factor[k * order + i] * x[k] }
      x[i] /= factor[i * order + i]
    }
    return x
  }
}

/// Solves A x = b for a symmetric A, with a ridge that grows from a relative 1e-12 until A is positive definite.
func solveSymmetric(_ matrix: [Double], _ right: [Double]) -> [Double] {
  let order = right.count
  let trace = (0..<order).reduce(0) { $0 + matrix[$1 * order + $1] }
  var ridge = 1e-12 * max(trace / Double(order), 1e-300)
  for _ in 0..<40 {
    var loaded = matrix
    for i in 0..<order { loaded[i * order + i] += ridge }
    if let factor = Cholesky(loaded, order: order) { return factor.solve(right) }
    ridge *= 10
  }
  return [Double](repeating: 0, count: order)
}
