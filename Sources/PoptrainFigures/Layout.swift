internal import PoptrainPages

/// Where the parts of a figure are.
struct Layout {
  static let width = 720.0
  private static let edge = 14.0

  /// Below title, note and legend.
  private(set) var top: Double
  private let noteLines: [String]
  private let keyRows: [[Figure.Key]]

  init(_ figure: Figure) {
    noteLines = figure.note.map { wrapped($0, to: Layout.width - 2 * Layout.edge) } ?? []
    var rows: [[Figure.Key]] = [[]]
    // The colours are in the first row.
    var used = figure.colours.map(Layout.width(of:)) ?? 0
    for key in figure.legend {
      let width = Layout.width(of: key)
      if used + width > Layout.width - 2 * Layout.edge, !(rows.last?.isEmpty ?? true) {
        rows.append([])
        used = 0
      }
      rows[rows.count - 1].append(key)
      used += width
    }
    keyRows = rows
    let hasKeys = !figure.legend.isEmpty || figure.colours != nil
    top = 32 + 16 * Double(noteLines.count) + (hasKeys ? 20 * Double(rows.count) + 4 : 0)
  }

  private static func width(of key: Figure.Key) -> Double { 26 + textWidth(shortened(key.label, to: 260)) + 18 }

  private static func width(of colours: ColourScale) -> Double {
    let (low, high) = colours.ends
    return textWidth(colours.label) + textWidth(low) + textWidth(high) + 120 + 46
  }

  /// Title, note and legend.
  func drawHead(of figure: Figure, into drawing: inout Drawing) {
    drawing.text(Layout.edge, 22, shortened(figure.title, to: 560), "heading")
    for (index, line) in noteLines.enumerated() { drawing.text(Layout.edge, 42 + 16 * Double(index), line) }
    var y = 46 + 16 * Double(noteLines.count)
    var x = Layout.edge
    if let colours = figure.colours {
      let (low, high) = colours.ends
      drawing.text(x, y, colours.label)
      x += textWidth(colours.label) + 8
      drawing.text(x, y, low)
      x += textWidth(low) + 6
      for step in 0..<Colour.steps {
        let left = x + 10 * Double(step)
        drawing.path(
          [(left, y - 9), (left + 10.3, y - 9), (left + 10.3, y + 1), (left, y + 1)], isClosed: true,
          "area \(Colour.step(step).name)")
      }
      x += 126
      drawing.text(x, y, high)
      x += textWidth(high) + 26
    }
    for row in keyRows {
      for key in row {
        draw(key, at: (x, y - 4), into: &drawing)
        drawing.text(x + 26, y, shortened(key.label, to: 260))
        x += Layout.width(of: key)
      }
      x = Layout.edge
      y += 20
    }
  }

  private func draw(_ key: Figure.Key, at place: Drawing.Point, into drawing: inout Drawing) {
    let (x, y) = place
    switch key.shape {
    case .areas:
      drawing.path([(x, y - 5), (x + 20, y - 5), (x + 20, y + 5), (x, y + 5)], isClosed: true, "area \(key.pen.style)")
    case .points: drawing.path([(x + 10, y)], key.pen.style)
    case .lines, .steps: drawing.path([(x + 1, y), (x + 19, y)], key.pen.style)
    }
  }

  // MARK: Panels

  func height(of count: Int, columns: Int, _ panelHeight: Double) -> Double {
    top + Double((count + columns - 1) / columns) * panelHeight + 6
  }

  func draw(_ panels: [Figure.Panel], columns: Int, _ panelHeight: Double, into drawing: inout Drawing) {
    let cell = (Layout.width - 2 * Layout.edge) / Double(columns)
    let marks = panels.map { panel in panel.y.marks.map { textWidth(mark($0, of: panel.y)) }.max() ?? 0 }.max() ?? 0
    let hasLabel = panels.contains { !$0.yLabel.isEmpty }
    for (index, panel) in panels.enumerated() {
      let left = Layout.edge + cell * Double(index % columns)
      let upper = top + panelHeight * Double(index / columns)
      let area = Area(
        left: left + marks + 10 + (hasLabel ? 18 : 0), right: left + cell - 12,
        top: upper + (panel.title.isEmpty ? 6 : 22), bottom: upper + panelHeight - (panel.xLabel.isEmpty ? 26 : 42))
      let labels = Area(left: left + 12, right: area.right, top: area.top, bottom: area.bottom)
      draw(panel, area, labels, into: &drawing)
    }
  }

  private func draw(_ panel: Figure.Panel, _ area: Area, _ labels: Area, into drawing: inout Drawing) {
    drawing.text(area.left, area.top - 8, shortened(panel.title, to: area.right - area.left), "name")
    drawScale(panel.y, area, isVertical: true, into: &drawing)
    drawScale(panel.x, area, isVertical: false, into: &drawing)
    let (across, down) = ((area.left + area.right) / 2, (area.top + area.bottom) / 2)
    drawing.text(across, area.bottom + 34, shortened(panel.xLabel, to: area.right - area.left), anchor: "middle")
    if !panel.yLabel.isEmpty {
      let label = shortened(panel.yLabel, to: area.bottom - area.top)
      drawing.text(labels.left, down, label, anchor: "middle", isUpward: true)
    }
    // Half a line or a dot at the edge is still to be seen.
    let margin = 3.0
    drawing.clip(
      area.left - margin, area.top - margin, area.right - area.left + 2 * margin, area.bottom - area.top + 2 * margin
    ) { drawing in
      for series in panel.series where !series.lines.isEmpty {
        let lines = series.lines.map { line in
          line.map { (x: area.x(panel.x, $0.x), y: area.y(panel.y, $0.y)) }
        }
        switch series.shape {
        case .lines: drawing.path(lines, series.pen.style)
        case .points: drawing.path(lines.flatMap { $0.map { [$0] } }, series.pen.style)
        case .steps: drawing.path(lines.map(stairs), series.pen.style)
        case .areas: drawing.path(lines, isClosed: true, "area \(series.pen.style)")
        }
      }
    }
  }

  /// Points with the corners between them.
  private func stairs(_ points: [Drawing.Point]) -> [Drawing.Point] {
    points.indices.flatMap { index in
      index > 0 && points[index - 1].y != points[index].y
        ? [(points[index].x, points[index - 1].y), points[index]] : [points[index]]
    }
  }

  /// Names on scales are kept short.
  private func mark(_ mark: Double, of axis: Axis) -> String { shortened(axis.text(mark), to: 90) }

  /// As many marks as there is room for.
  private func drawScale(_ axis: Axis, _ area: Area, isVertical: Bool, into drawing: inout Drawing) {
    let length = isVertical ? area.bottom - area.top : area.right - area.left
    let widest = axis.marks.map { textWidth(mark($0, of: axis)) }.max() ?? 0
    let room = isVertical ? 15 : widest + 10
    let stride = max(1, Int((room * Double(axis.marks.count - 1) / length).rounded(.up)))
    for (index, mark) in axis.marks.enumerated() where index % stride == 0 {
      if isVertical {
        let y = area.y(axis, mark)
        drawing.line(area.left, y, area.right, y, "grid")
        drawing.text(area.left - 7, y + 4.2, self.mark(mark, of: axis), anchor: "end")
      } else {
        let x = area.x(axis, mark)
        drawing.line(x, area.top, x, area.bottom, "grid")
        drawing.text(x, area.bottom + 17, self.mark(mark, of: axis), anchor: "middle")
      }
    }
  }

  // MARK: Parallel coordinates

  func draw(_ parallel: Figure.Parallel, into drawing: inout Drawing) {
    guard parallel.axes.count > 1 else { return }
    let area = Area(left: 60, right: Layout.width - 60, top: top + 28, bottom: top + 312)
    let distance = (area.right - area.left) / Double(parallel.axes.count - 1)
    let places = parallel.axes.indices.map { area.left + distance * Double($0) }
    for pen in Set(parallel.lines.map(\.pen)).sorted(by: { order($0, in: parallel) < order($1, in: parallel) }) {
      let lines = parallel.lines.filter { $0.pen == pen }.map { line in
        line.values.indices.map { (x: places[$0], y: area.y(parallel.axes[$0].axis, line.values[$0])) }
      }
      drawing.path(lines, pen.style)
    }
    for (place, (label, axis)) in zip(places, parallel.axes) {
      drawing.path([(place, area.top), (place, area.bottom)], Pen(.ink, .fine).style)
      drawing.text(place, area.top - 12, shortened(label, to: min(distance - 6, 116)), anchor: "middle", "name")
      let stride = max(1, Int((15 * Double(axis.marks.count - 1) / (area.bottom - area.top)).rounded(.up)))
      for (index, mark) in axis.marks.enumerated() where index % stride == 0 {
        let y = area.y(axis, mark)
        drawing.path([(place - 4, y), (place, y)], Pen(.ink, .fine).style)
        drawing.text(place - 7, y + 4.2, shortened(self.mark(mark, of: axis), to: distance - 16), anchor: "end", "mark")
      }
    }
  }

  private func order(_ pen: Pen, in parallel: Figure.Parallel) -> Int {
    parallel.lines.lastIndex { $0.pen == pen } ?? 0
  }
}
