/// A dense matrix in single precision, stored by rows.
///
/// Each row is padded to a multiple of eight places, so that products need no special case for the last columns. The
/// padding may hold anything: elementwise maps write to it, and nothing reads it as a value.
public struct Matrix: Sendable, Equatable {
  /// The number of rows.
  public let rows: Int
  /// The number of columns.
  public let columns: Int
  /// The distance from one row to the next in `storage`.
  public let stride: Int
  /// The values by rows, with their padding.
  public var storage: [Float]

  /// A matrix that holds the same value everywhere.
  public init(rows: Int, columns: Int, repeating value: Float = 0) {
    self.rows = rows
    self.columns = columns
    stride = (columns + 7) / 8 * 8
    storage = [Float](repeating: value, count: rows * stride)
  }

  /// A matrix of computed values; they are computed row by row.
  public init(rows: Int, columns: Int, _ value: (_ row: Int, _ column: Int) -> Float) {
    self.init(rows: rows, columns: columns)
    for row in 0..<rows {
      for column in 0..<columns { self[row, column] = value(row, column) }
    }
  }

  /// The value at a place.
  @inline(__always)
  public subscript(row: Int, column: Int) -> Float {
    get { storage[row * stride + column] }
    set { storage[row * stride + column] = newValue }
  }

  /// The values of a row.
  public func row(_ row: Int) -> ArraySlice<Float> { storage[row * stride..<row * stride + columns] }

  /// A matrix of some of the rows, in the given order.
  public func gathered(_ chosen: some Collection<Int>) -> Matrix {
    var result = Matrix(rows: chosen.count, columns: columns)
    for (place, row) in chosen.enumerated() {
      let (to, from) = (place * stride, row * stride)
      for column in 0..<stride { result.storage[to + column] = storage[from + column] }
    }
    return result
  }

  /// The transpose.
  public func transposed() -> Matrix {
    var result = Matrix(rows: columns, columns: rows)
    result.storage.withUnsafeMutableBufferPointer { target in
      storage.withUnsafeBufferPointer { source in
        for row in 0..<rows {
          for column in 0..<columns { target[column * result.stride + row] = source[row * stride + column] }
        }
      }
    }
    return result
  }

  /// Replaces each value by a function of it, in the padding too.
  @inline(__always)
  public mutating func map(_ change: (Float) -> Float) {
    storage.withUnsafeMutableBufferPointer { values in
      for place in values.indices { values[place] = change(values[place]) }
    }
  }

  /// Replaces each value by a function of it and of the value in the same place of a matrix of the same shape.
  @inline(__always)
  public mutating func combine(_ other: Matrix, _ change: (Float, Float) -> Float) {
    precondition(rows == other.rows && columns == other.columns, "the shapes differ")
    storage.withUnsafeMutableBufferPointer { values in
      other.storage.withUnsafeBufferPointer { others in
        for place in values.indices { values[place] = change(values[place], others[place]) }
      }
    }
  }

  /// Adds a vector to each row.
  public mutating func addToRows(_ vector: [Float]) {
    precondition(vector.count == columns, "\(vector.count) values for \(columns) columns")
    storage.withUnsafeMutableBufferPointer { values in
      vector.withUnsafeBufferPointer { vector in
        for row in 0..<rows {
          for column in 0..<columns { values[row * stride + column] += vector[column] }
        }
      }
    }
  }

  /// The sum of each column.
  public func columnSums() -> [Float] {
    var sums = [Float](repeating: 0, count: columns)
    storage.withUnsafeBufferPointer { values in
      sums.withUnsafeMutableBufferPointer { sums in
        for row in 0..<rows {
          for column in 0..<columns { sums[column] += values[row * stride + column] }
        }
      }
    }
    return sums
  }

  /// For each row, the column of its largest value; the first of several equal ones.
  public func largestColumns() -> [Int] {
    (0..<rows).map { row in
      var best = 0
      for column in 1..<max(1, columns) where self[row, column] > self[row, best] { best = column }
      return best
    }
  }
}

extension Matrix: Codable {
  private enum CodingKeys: CodingKey { case rows, columns, storage }

  /// Reads a matrix. One whose shape and values do not match is refused.
  public init(from decoder: any Decoder) throws {
    let container = try decoder.container(keyedBy: CodingKeys.self)
    rows = try container.decode(Int.self, forKey: .rows)
    columns = try container.decode(Int.self, forKey: .columns)
    storage = try container.decode(Packed<Float>.self, forKey: .storage).wrappedValue
    guard rows >= 0, columns >= 0, columns <= Int.max - 7 else {
      throw DecodingError.dataCorruptedError(
        forKey: .rows, in: container, debugDescription: "there is no matrix of \(rows)x\(columns)")
    }
    stride = (columns + 7) / 8 * 8
    guard rows.multipliedReportingOverflow(by: stride) == (storage.count, false) else {
      throw DecodingError.dataCorruptedError(
        forKey: .storage, in: container, debugDescription: "\(storage.count) numbers do not fill \(rows)x\(columns)")
    }
  }

  /// Writes the matrix, its values as bytes.
  public func encode(to encoder: any Encoder) throws {
    var container = encoder.container(keyedBy: CodingKeys.self)
    try container.encode(rows, forKey: .rows)
    try container.encode(columns, forKey: .columns)
    try container.encode(Packed(wrappedValue: storage), forKey: .storage)
  }
}
