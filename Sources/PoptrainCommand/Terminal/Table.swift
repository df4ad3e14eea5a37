/// Rows of text under a header, in columns as wide as they need to be.
struct Table {
  var header: [String]
  var rows: [[String]] = []
  /// The columns that are numbers, and so end at the right.
  var numeric: Set<Int> = []
  /// How the cells of a column stand out.
  var paints: [Int: (String) -> Paint?] = [:]

  /// The lines, the header first.
  var lines: [Line] {
    let all = [header] + rows
    let widths = header.indices.map { column in all.map { $0[column].columns }.max() ?? 0 }
    return all.enumerated().map { index, row in
      let last = row.lastIndex { !$0.isEmpty } ?? 0
      return Line(
        row.enumerated().prefix(last + 1).flatMap { column, cell in
          let isNumeric = numeric.contains(column)
          let isEnd = column == last && !isNumeric
          let paint = index == 0 ? .dim : paints[column]?(cell)
          return [
            Span(column == 0 ? "" : "  "),
            Span(isEnd ? cell : cell.padded(to: widths[column], atRight: isNumeric), paint.map { [$0] } ?? []),
          ]
        })
    }
  }
}
