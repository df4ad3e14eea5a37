internal import PoptrainJSON

/// Some of the rows of a run, as bytes: `rows`.
struct RowsAnswer: Sendable {
  /// The most rows, and the most sets of hyperparameters, of one answer: what a page takes in without a pause that is felt.
  static let limit = 1 << 17

  /// The pieces in order; most of them belong to the columns themselves.
  let pieces: [ArraySlice<UInt8>]

  /// Takes the rows from one on, and the sets of hyperparameters from one on.
  init(_ rows: RunRows, from first: Int, values firstValue: Int) {
    let range = RowsAnswer.range(from: first, of: rows.count)
    let valueRange = RowsAnswer.range(from: firstValue, of: rows.valueCount)
    // Numbers of 64 bits first, so that each column begins at a multiple of its width.
    let parts = rows.valueColumns.map { ($0, valueRange) } + rows.columns.map { ($0, range) }
    var offset = 0
    var columns: [JSON] = []
    for (column, range) in parts {
      columns.append(
        .object([
          "name": .text(column.name), "type": .text(column.kind.rawValue), "offset": .integer(offset),
          "count": .integer(range.count),
        ]))
      offset += range.count * column.kind.width
    }
    let header = JSON.object([
      "from": .integer(first), "rows": .integer(range.count), "total": .integer(rows.count),
      "values": .object([
        "from": .integer(firstValue), "count": .integer(valueRange.count), "total": .integer(rows.valueCount),
      ]),
      "columns": .array(columns),
    ]).bytes
    let padding = (8 - (4 + header.count) % 8) % 8
    var start = withUnsafeBytes(of: UInt32(header.count + padding).littleEndian) { Array($0) }
    start += header + [UInt8](repeating: UInt8(ascii: " "), count: padding)
    pieces = [start[...]] + parts.flatMap { column, range in column.bytes(range) }
  }

  /// How many bytes they are.
  var count: Int { pieces.reduce(0) { $0 + $1.count } }

  private static func range(from first: Int, of count: Int) -> Range<Int> {
    let first = min(first, count)
    return first..<min(count, first + limit)
  }
}
