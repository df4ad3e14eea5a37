/// Rows of text under a header, in columns as wide as they need to be.
struct Table {
  var header: [String]
  var rows: [[String]] = []
  /// The columns that are numbers, and so end at the right.
  var numeric: Set<Int> = []

  /// The lines, the header first.
  var lines: [String] {
    let all = [header] + rows
    let widths = header.indices.map { column in all.map { $0[column].count }.max() ?? 0 }
    return all.map { row in
      let cells = row.enumerated().map { column, cell in
        let space = String(repeating: " ", count: widths[column] - cell.count)
        return numeric.contains(column) ? space + cell : cell + space
      }
      var line = cells.joined(separator: "  ")
      while line.last == " " { line.removeLast() }
      return line
    }
  }
}
