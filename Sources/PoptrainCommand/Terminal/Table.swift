/// Rows of text under a header, in columns as wide as they need to be.
struct Table {
  var header: [String]
  var rows: [[String]] = []
  /// The columns that are numbers, and so end at the right.
  var numeric: Set<Int> = []
  /// How the cells of a column stand out.
  var paints: [Int: (String) -> Paint?] = [:]
  /// The columns that a narrow terminal can do without, the first one first.
  var dispensable: [Int] = []

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

  /// The lines as they fit into a terminal: columns give way, and the header says how many; at last the first one is cut.
  func lines(width: Int) -> [Line] {
    var fitting = self
    for count in 0..<dispensable.count where fitting.width > width { fitting = without(dispensable.prefix(count + 1)) }
    let excess = fitting.width - width
    if excess > 0 {
      // The end of a path tells it from others.
      let room = max(12, (fitting.rows.map { $0[0].columns }.max() ?? 0) - excess)
      for row in fitting.rows.indices where fitting.rows[row][0].columns > room {
        fitting.rows[row][0] = "…" + String(fitting.rows[row][0].suffix(room - 1))
      }
    }
    return fitting.lines
  }

  private var width: Int { lines.map(\.columns).max() ?? 0 }

  /// The same without some columns, and with a last one whose header says how many they are.
  private func without(_ hidden: ArraySlice<Int>) -> Table {
    let shown = header.indices.filter { !hidden.contains($0) }
    func picked(_ row: [String], _ more: String) -> [String] { shown.map { row[$0] } + [more] }
    let places = Dictionary(uniqueKeysWithValues: shown.enumerated().map { ($1, $0) })
    return Table(
      header: picked(header, "+\(hidden.count)"), rows: rows.map { picked($0, "") },
      numeric: Set(numeric.compactMap { places[$0] }),
      paints: Dictionary(
        uniqueKeysWithValues: paints.compactMap { column, paint in places[column].map { ($0, paint) } }))
  }
}
