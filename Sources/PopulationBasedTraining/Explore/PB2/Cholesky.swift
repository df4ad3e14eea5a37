/// The factorisation A = L·Lᵀ of a symmetric positive definite matrix, L being lower triangular.
///
/// Matrices are flat and row-major, and only their lower triangles are read. Every inner loop is the dot product of two
/// stretches of memory.
struct Cholesky: Sendable {
  /// The number of rows.
  let count: Int
  /// What was added to the diagonal of A because it was not positive definite in floating point, mostly zero.
  let jitter: Double
  private let lower: [Double]

  /// Factorises a matrix of finite numbers. O(count³ / 6) multiplications.
  ///
  /// A matrix with (nearly) equal rows may lose its definiteness to rounding. Then the diagonal is raised, by 10⁻¹² of its
  /// largest element at first and by a hundred times more at each further attempt.
  init(_ matrix: [Double], count: Int) {
    let largest = (0..<count).reduce(Double.leastNormalMagnitude) { max($0, abs(matrix[$1 * count + $1])) }
    var jitter = 0.0
    var lower = Cholesky.factor(matrix, count, jitter)
    while lower == nil {
      jitter = jitter == 0 ? 1e-12 * largest : 100 * jitter
      precondition(jitter.isFinite, "a matrix with numbers that are not finite has no factor")
      lower = Cholesky.factor(matrix, count, jitter)
    }
    self.count = count
    self.jitter = jitter
    self.lower = lower ?? []
  }

  /// The logarithm of the determinant of A.
  var logDeterminant: Double {
    (0..<count).reduce(0) { $0 + 2 * logarithm(lower[$1 * count + $1]) }
  }

  /// Solves L·x = b. O(count² / 2) multiplications.
  func solveLower(_ b: [Double]) -> [Double] {
    var x = b
    lower.withUnsafeBufferPointer { lower in
      x.withUnsafeMutableBufferPointer { x in
        guard let lower = lower.baseAddress, let x = x.baseAddress else { return }
        for row in 0..<count {
          let start = lower + row * count
          x[row] = (x[row] - dot(start, x, row)) / start[row]
        }
      }
    }
    return x
  }

  /// Solves A·x = b. O(count²) multiplications.
  func solve(_ b: [Double]) -> [Double] {
    var x = solveLower(b)
    for row in (0..<count).reversed() {
      x[row] /= lower[row * count + row]
      for column in 0..<row { x[column] -= lower[row * count + column] * x[row] }
    }
    return x
  }

  /// The inverse of A, its lower triangle filled. O(count³ / 3) multiplications.
  func inverse() -> [Double] {
    let columns = inverseColumns()
    var inverse = [Double](repeating: 0, count: count * count)
    columns.withUnsafeBufferPointer { columns in
      guard let columns = columns.baseAddress else { return }
      for row in 0..<count {
        for column in 0...row {
          inverse[row * count + column] = dot(
            columns + row * count + row, columns + column * count + row, count - row)
        }
      }
    }
    return inverse
  }

  /// The columns of L⁻¹, one after the other.
  private func inverseColumns() -> [Double] {
    var columns = [Double](repeating: 0, count: count * count)
    lower.withUnsafeBufferPointer { lower in
      columns.withUnsafeMutableBufferPointer { columns in
        guard let lower = lower.baseAddress, let columns = columns.baseAddress else { return }
        for column in 0..<count {
          let x = columns + column * count
          x[column] = 1 / lower[column * count + column]
          for row in (column + 1)..<count {
            let start = lower + row * count
            x[row] = -dot(start + column, x + column, row - column) / start[row]
          }
        }
      }
    }
    return columns
  }

  private static func factor(_ matrix: [Double], _ count: Int, _ jitter: Double) -> [Double]? {
    var lower = [Double](repeating: 0, count: count * count)
    let isPositive = lower.withUnsafeMutableBufferPointer { lower in
      guard let lower = lower.baseAddress else { return true }
      for row in 0..<count {
        let current = lower + row * count
        for column in 0..<row {
          let other = lower + column * count
          current[column] = (matrix[row * count + column] - dot(current, other, column)) / other[column]
        }
        let diagonal = matrix[row * count + row] + jitter
        let pivot = diagonal - dot(current, current, row)
        guard pivot > 1e-14 * diagonal, pivot.isFinite else { return false }
        current[row] = pivot.squareRoot()
      }
      return true
    }
    return isPositive ? lower : nil
  }
}

/// The sum of the products of two stretches of memory.
///
/// Eight sums that do not wait for one another; the optimiser makes vectors of them. It is written out because a build
/// that is not optimised, such as that of the tests, would take fifty times as long for the standard library's vectors.
func dot(_ a: UnsafePointer<Double>, _ b: UnsafePointer<Double>, _ count: Int) -> Double {
  var (s0, s1, s2, s3, s4, s5, s6, s7) = (0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0)
  var k = 0
  while k &+ 8 <= count {
    s0 += a[k] * b[k]
    s1 += a[k &+ 1] * b[k &+ 1]
    s2 += a[k &+ 2] * b[k &+ 2]
    s3 += a[k &+ 3] * b[k &+ 3]
    s4 += a[k &+ 4] * b[k &+ 4]
    s5 += a[k &+ 5] * b[k &+ 5]
    s6 += a[k &+ 6] * b[k &+ 6]
    s7 += a[k &+ 7] * b[k &+ 7]
    k &+= 8
  }
  var sum = ((s0 + s4) + (s2 + s6)) + ((s1 + s5) + (s3 + s7))
  while k < count {
    sum += a[k] * b[k]
    k &+= 1
  }
  return sum
}
