/// A column of numbers as bytes, little endian, in pieces that no longer change once they are full: a client that reads
/// slowly holds pieces, and no copy of them.
struct Column: Sendable {
  /// The type of its numbers, as the page knows it.
  enum Kind: String {
    case u8, u32, i32, f64

    /// Bytes of a number.
    var width: Int {
      switch self {
      case .u8: 1
      case .u32, .i32: 4
      case .f64: 8
      }
    }
  }

  /// Numbers of a piece.
  private static let piece = 16_384

  let name: String
  let kind: Kind
  private(set) var count = 0
  private var pieces: [[UInt8]] = []

  init(_ name: String, _ kind: Kind) {
    self.name = name
    self.kind = kind
  }

  mutating func append(_ number: UInt8) { add(number) }
  mutating func append(_ number: UInt32) { add(number.littleEndian) }
  mutating func append(_ number: Int32) { add(number.littleEndian) }
  mutating func append(_ number: Double) { add(number.bitPattern.littleEndian) }

  private mutating func add(_ number: some BitwiseCopyable) {
    if count % Column.piece == 0 {
      pieces.append([])
      pieces[pieces.count - 1].reserveCapacity(Column.piece * kind.width)
    }
    withUnsafeBytes(of: number) { pieces[pieces.count - 1].append(contentsOf: $0) }
    count += 1
  }

  /// The bytes of some of its numbers, in order.
  func bytes(_ rows: Range<Int>) -> [ArraySlice<UInt8>] {
    guard !rows.isEmpty else { return [] }
    return (rows.lowerBound / Column.piece...(rows.upperBound - 1) / Column.piece).map { index in
      let first = index * Column.piece
      let part = rows.clamped(to: first..<first + Column.piece)
      return pieces[index][(part.lowerBound - first) * kind.width..<(part.upperBound - first) * kind.width]
    }
  }

  /// A number of a column of real numbers.
  func double(_ row: Int) -> Double { Double(bitPattern: UInt64(littleEndian: number(row))) }

  /// A number of a column of whole ones, of 32 bits with a sign.
  func integer(_ row: Int) -> Int { Int(Int32(littleEndian: number(row))) }

  private func number<Number: BitwiseCopyable>(_ row: Int) -> Number {
    let start = row % Column.piece * MemoryLayout<Number>.size
    return pieces[row / Column.piece].withUnsafeBytes { $0.loadUnaligned(fromByteOffset: start, as: Number.self) }
  }
}
