package import PoptrainPages

extension Figure {
  /// The figure as a file for a paper, on white.
  package var svg: String {
    drawing.file(
      style: """
        text{font:12px Helvetica,Arial,"Liberation Sans",sans-serif;fill:#3c4047}
        .heading{font-size:15px;font-weight:bold;fill:#23262b}
        .name{font-weight:bold;fill:#23262b}
        .mark{paint-order:stroke;stroke:#ffffff;stroke-width:3px;stroke-linejoin:round}
        .grid{stroke:#e4e4e2;stroke-width:1}
        .paper{fill:#ffffff}
        \(Pen.rules)
        \(Pen.colours(isDark: false))
        """)
  }

  /// What a page needs to know of figures, besides its own style.
  package static let pageStyle = """
    \(Pen.rules)
    \(Pen.colours(isDark: false))
    @media (prefers-color-scheme: dark) {
    \(Pen.colours(isDark: true))
    }
    .drawn { overflow-x: auto; }
    .drawn svg { min-width: 34rem; max-width: 52rem; }
    .drawn svg text { font-size: 12px; }
    .drawn svg text.heading { font-size: 15px; font-weight: 600; fill: var(--ink); }
    .drawn svg text.mark { paint-order: stroke; stroke: var(--paper); stroke-width: 3px; stroke-linejoin: round; }
    .drawn svg text.name { font-size: 12px; font-weight: 600; }
    @media print { .drawn, .wide { overflow: visible; } figure { break-inside: avoid; } section { break-inside: auto; } }
    """

  /// The figure as a drawing.
  package var drawing: Drawing {
    let layout = Layout(self)
    let height: Double
    switch content {
    case .panels(let panels, let columns, let panelHeight):
      height = layout.height(of: panels.count, columns: columns, panelHeight)
      var drawing = start(height)
      layout.drawHead(of: self, into: &drawing)
      layout.draw(panels, columns: columns, panelHeight, into: &drawing)
      return drawing
    case .parallel(let parallel):
      height = layout.top + 330
      var drawing = start(height)
      layout.drawHead(of: self, into: &drawing)
      layout.draw(parallel, into: &drawing)
      return drawing
    }
  }

  private func start(_ height: Double) -> Drawing {
    Drawing(
      name, width: Layout.width, height: height, title: title,
      description: [note, table.caption + "."].compactMap(\.self).joined(separator: " "))
  }
}

/// How wide words are about, in the unit of a drawing.
func textWidth(_ text: String) -> Double {
  text.unicodeScalars.reduce(0) { $0 + ($1.value < 0x250 ? 6.6 : 12) }
}

/// Words with an ellipsis where they would be wider.
func shortened(_ text: String, to width: Double) -> String {
  guard textWidth(text) > width else { return text }
  var kept = text
  while !kept.isEmpty, textWidth(kept) > width - 9 { kept.removeLast() }
  return kept + "…"
}

/// Words in lines no wider than this.
func wrapped(_ text: String, to width: Double) -> [String] {
  text.split(separator: " ").reduce(into: []) { lines, word in
    if let last = lines.last, textWidth(last) + textWidth(String(word)) < width {
      lines[lines.count - 1] = last + " " + word
    } else {
      lines.append(shortened(String(word), to: width))
    }
  }
}
