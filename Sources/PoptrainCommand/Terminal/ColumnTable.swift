/// A table that gives up columns where the terminal is too narrow.
struct ColumnTable {
  struct Column {
    let title: String
    let cells: [Span]
    var isNumeric = false
    /// Columns with the highest value are hidden first; 0 is never hidden.
    var dispensability = 0
    /// The spaces before it.
    var gap = 2

    fileprivate func width(isCut: Bool) -> Int {
      let content = cells.map(\.text.columns).max() ?? 0
      return max(content, isCut ? min(title.columns, 7) : title.columns)
    }
  }

  let columns: [Column]

  /// The lines, the header first. The header says how many columns are hidden.
  func lines(width: Int) -> [Line] {
    var shown = Array(columns.indices)
    var isCut = false
    func hidden() -> String {
      let count = columns.indices.count { !shown.contains($0) && !columns[$0].title.isEmpty }
      return count > 0 ? "  +\(count)" : ""
    }
    func needed() -> Int {
      shown.reduce(hidden().columns) { $0 + columns[$1].gap + columns[$1].width(isCut: isCut) } - columns[0].gap
    }
    while needed() > width {
      if !isCut {
        isCut = true
      } else if let next = shown.max(by: { columns[$0].dispensability < columns[$1].dispensability }),
        columns[next].dispensability > 0
      {
        shown.removeAll { $0 == next }
      } else {
        break
      }
    }
    var widths = shown.map { columns[$0].width(isCut: isCut) }
    // What is left over makes titles whole again.
    var room = width - needed()
    for (place, index) in shown.enumerated() where isCut {
      let more = max(0, min(room, columns[index].width(isCut: false) - widths[place]))
      widths[place] += more
      room -= more
    }
    func line(_ cell: (Column) -> Span) -> Line {
      Line(
        zip(shown, widths).enumerated().flatMap { place, item in
          let (column, span) = (columns[item.0], cell(columns[item.0]))
          let text = span.text.cut(to: item.1).padded(to: item.1, atRight: column.isNumeric)
          return [Span(String(repeating: " ", count: place == 0 ? 0 : column.gap)), Span(text, span.paint)]
        })
    }
    var header = line { Span($0.title, .dim) }
    header.spans.append(Span(hidden(), .yellow))
    return [header] + (columns[0].cells.indices).map { row in line { $0.cells[row] } }
  }
}
