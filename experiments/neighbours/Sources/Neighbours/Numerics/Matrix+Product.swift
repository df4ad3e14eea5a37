extension Matrix {
  /// The product of two matrices, (m x k) by (k x n).
  ///
  /// Blocks of four rows and sixteen columns are summed in registers. Each value is a sum over k in ascending order, so
  /// a row of the result does not depend on the other rows.
  public func times(_ other: Matrix) -> Matrix {
    precondition(columns == other.rows, "\(rows)x\(columns) by \(other.rows)x\(other.columns) has no product")
    var result = Matrix(rows: rows, columns: other.columns)
    result.storage.withUnsafeMutableBytes { target in
      storage.withUnsafeBufferPointer { left in
        other.storage.withUnsafeBytes { right in
          var row = 0
          while row + 4 <= rows {
            fourRows(row, left, right, other.stride, target)
            row += 4
          }
          while row < rows {
            oneRow(row, left, right, other.stride, target)
            row += 1
          }
        }
      }
    }
    return result
  }

  /// The product A Bᵀ, (m x k) by (n x k).
  public func timesTransposed(_ other: Matrix) -> Matrix { times(other.transposed()) }

  /// The product Aᵀ B, (k x m) by (k x n).
  public func transposedTimes(_ other: Matrix) -> Matrix { transposed().times(other) }

  @inline(__always)
  private func fourRows(
    _ row: Int, _ left: UnsafeBufferPointer<Float>, _ right: UnsafeRawBufferPointer, _ width: Int,
    _ target: UnsafeMutableRawBufferPointer
  ) {
    let (a, b, c, d) = (row * stride, (row + 1) * stride, (row + 2) * stride, (row + 3) * stride)
    let sixteens = width / 16 * 16
    func store(_ sums: SIMD8<Float>, _ row: Int, _ column: Int) {
      target.storeBytes(of: sums, toByteOffset: (row * width + column) * 4, as: SIMD8<Float>.self)
    }
    for column in Swift.stride(from: 0, to: sixteens, by: 16) {
      var (s0, s1, s2, s3) = (SIMD8<Float>(), SIMD8<Float>(), SIMD8<Float>(), SIMD8<Float>())
      var (t0, t1, t2, t3) = (s0, s0, s0, s0)
      for k in 0..<columns {
        let values = right.loadUnaligned(fromByteOffset: (k * width + column) * 4, as: SIMD8<Float>.self)
        let more = right.loadUnaligned(fromByteOffset: (k * width + column + 8) * 4, as: SIMD8<Float>.self)
        let (x0, x1, x2, x3) = (left[a + k], left[b + k], left[c + k], left[d + k])
        s0 += x0 * values
        t0 += x0 * more
        s1 += x1 * values
        t1 += x1 * more
        s2 += x2 * values
        t2 += x2 * more
        s3 += x3 * values
        t3 += x3 * more
      }
      store(s0, row, column)
      store(t0, row, column + 8)
      store(s1, row + 1, column)
      store(t1, row + 1, column + 8)
      store(s2, row + 2, column)
      store(t2, row + 2, column + 8)
      store(s3, row + 3, column)
      store(t3, row + 3, column + 8)
    }
    for column in Swift.stride(from: sixteens, to: width, by: 8) {
      var (s0, s1, s2, s3) = (SIMD8<Float>(), SIMD8<Float>(), SIMD8<Float>(), SIMD8<Float>())
      for k in 0..<columns {
        let values = right.loadUnaligned(fromByteOffset: (k * width + column) * 4, as: SIMD8<Float>.self)
        s0 += left[a + k] * values
        s1 += left[b + k] * values
        s2 += left[c + k] * values
        s3 += left[d + k] * values
      }
      store(s0, row, column)
      store(s1, row + 1, column)
      store(s2, row + 2, column)
      store(s3, row + 3, column)
    }
  }

  @inline(__always)
  private func oneRow(
    _ row: Int, _ left: UnsafeBufferPointer<Float>, _ right: UnsafeRawBufferPointer, _ width: Int,
    _ target: UnsafeMutableRawBufferPointer
  ) {
    for column in Swift.stride(from: 0, to: width, by: 8) {
      var sum = SIMD8<Float>()
      for k in 0..<columns {
        sum +=
          left[row * stride + k]
          * right.loadUnaligned(fromByteOffset: (k * width + column) * 4, as: SIMD8<Float>.self)
      }
      target.storeBytes(of: sum, toByteOffset: (row * width + column) * 4, as: SIMD8<Float>.self)
    }
  }
}
