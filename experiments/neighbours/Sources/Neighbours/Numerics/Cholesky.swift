/// The Cholesky factorization A = L Lᵀ of a symmetric positive definite matrix, in double precision (Golub and Van
/// Loan, "Matrix Computations", 4th edition, section 4.2).
public struct Cholesky: Sendable {
  /// The number of rows and columns.
  public let order: Int
  /// L by rows; above its diagonal it keeps what A had there.
  private var factor: [Double]

  /// Factors a matrix given by rows. Nil where the matrix is not positive definite, or holds a NaN.
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

  /// The solution x of A x = b.
  public func solve(_ right: [Double]) -> [Double] {
    precondition(right.count == order, "a right side of order \(order) has \(order) values")
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

/// Solves A x = b for a symmetric A that may be singular: a ridge on the diagonal grows tenfold, from a relative 1e-12,
/// until A is positive definite. Zeros where no ridge helps, as with a NaN.
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
