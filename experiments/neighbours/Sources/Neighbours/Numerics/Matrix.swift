/// A dense matrix of single precision, by rows.
///
/// A row takes a multiple of eight places, so that products need no code for the last columns. What is in the padding
/// is never read as a value: an elementwise map may leave anything there.
public struct Matrix: Sendable, Equatable {
  /// How many rows there are.
  public let rows: Int
  /// How many columns there are.
  public let columns: Int
  /// The places from one row to the next.
  public let stride: Int
  /// The values by rows, with the padding.
  public var storage: [Float]

  /// A matrix of one value.
  public init(rows: Int, columns: Int, repeating value: Float = 0) {
    self.rows = rows
    self.columns = columns
    stride = (columns + 7) / 8 * 8
    storage = [Float](repeating: value, count: rows * stride)
  }

  /// A matrix whose values are computed, row after row.
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

  /// Some rows, in this order.
  public func gathered(_ chosen: some Collection<Int>) -> Matrix {
    var result = Matrix(rows: chosen.count, columns: columns)
    for (place, row) in chosen.enumerated() {
      let (to, from) = (place * stride, row * stride)
      for column in 0..<stride { result.storage[to + column] = storage[from + column] }
    }
    return result
  }

  /// The same values with rows and columns exchanged.
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

  /// Replaces every value by a function of it, in the padding too.
  @inline(__always)
  public mutating func map(_ change: (Float) -> Float) {
    storage.withUnsafeMutableBufferPointer { values in
      for place in values.indices { values[place] = change(values[place]) }
    }
  }

  /// Replaces every value by a function of it and of the value at the same place of another matrix of this shape.
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
    storage.withUnsafeMutableBufferPointer { values in
      vector.withUnsafeBufferPointer { vector in
        for row in 0..<rows {
          for column in 0..<columns { values[row * stride + column] += vector[column] }
        }
      }
    }
  }

  /// The sum of the rows: a value for each column.
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

  /// The columns in which each row is largest; of equal values, the first.
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

  /// Reads a matrix that was written.
  public init(from decoder: any Decoder) throws {
    let container = try decoder.container(keyedBy: CodingKeys.self)
    self.init(
      rows: try container.decode(Int.self, forKey: .rows), columns: try container.decode(Int.self, forKey: .columns))
    let values = try container.decode(Packed<Float>.self, forKey: .storage).wrappedValue
    guard values.count == storage.count else {
      throw DecodingError.dataCorruptedError(
        forKey: .storage, in: container, debugDescription: "\(rows)x\(columns) needs \(storage.count) numbers")
    }
    storage = values
  }

  /// Writes the matrix, its values as bytes.
  public func encode(to encoder: any Encoder) throws {
    var container = encoder.container(keyedBy: CodingKeys.self)
    try container.encode(rows, forKey: .rows)
    try container.encode(columns, forKey: .columns)
    try container.encode(Packed(wrappedValue: storage), forKey: .storage)
  }
}
