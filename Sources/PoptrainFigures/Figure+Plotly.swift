package import PoptrainJSON
internal import PoptrainPages
internal import Foundation

extension Figure {
  /// The figure as a specification for Plotly: `data` and `layout`.
  package var plotly: JSON {
    switch content {
    case .panels(let panels, let columns, let height):
      let rows = (panels.count + columns - 1) / columns
      return .object([
        "data": .array(panels.enumerated().flatMap { traces(of: $1, $0) } + (colourBar.map { [$0] } ?? [])),
        "layout": layout(height: 130 + height * 1.15 * Double(rows), panels, columns: columns, rows: rows),
      ])
    case .parallel(let parallel):
      return .object([
        "data": .array(parallel.lines.isEmpty ? [] : [trace(of: parallel)]), "layout": layout(height: 480),
      ])
    }
  }

  // MARK: Traces

  private func traces(of panel: Panel, _ index: Int) -> [JSON] {
    let number = index == 0 ? "" : "\(index + 1)"
    return panel.series.map { series in
      // A closed outline for each area, and a gap between two lines.
      let lines = series.shape == .areas ? series.lines.map { $0 + $0.prefix(1) } : series.lines
      let points: [Point?] = lines.enumerated().flatMap { $0 > 0 ? [nil] + $1 : $1.map(Optional.some) }
      var members: [JSON.Member] = [
        JSON.Member("type", .text("scatter")), JSON.Member("name", .text(plotlyText(series.name))),
        JSON.Member("mode", .text(series.shape == .points ? "markers" : "lines")),
        JSON.Member("xaxis", .text("x" + number)), JSON.Member("yaxis", .text("y" + number)),
        JSON.Member("x", .array(points.map { $0.map { exact($0.x) } ?? .null })),
        JSON.Member("y", .array(points.map { $0.map { exact($0.y) } ?? .null })),
        JSON.Member("opacity", .number(series.pen.strength.rawValue)),
        JSON.Member("showlegend", .boolean(index == 0 && legend.contains { $0.label == series.name })),
      ]
      let (colour, width) = (JSON.text(series.pen.colour.hex()), series.pen.width.rawValue)
      switch series.shape {
      case .points: members.append(JSON.Member("marker", .object(["color": colour, "size": .number(width + 1)])))
      case .lines: members.append(JSON.Member("line", .object(["color": colour, "width": .number(width)])))
      case .steps:
        members.append(
          JSON.Member("line", .object(["color": colour, "width": .number(width), "shape": .text("hv")])))
      case .areas:
        members += [
          JSON.Member("line", .object(["width": .integer(0)])), JSON.Member("fill", .text("toself")),
          JSON.Member("fillcolor", colour), JSON.Member("hoveron", .text("fills")),
        ]
      }
      if points.contains(where: { $0?.tip != nil }) {
        members += [
          JSON.Member("text", .array(points.map { .text(plotlyText($0?.tip ?? "")) })),
          JSON.Member("hoverinfo", .text("text")),
        ]
      }
      return .object(members)
    }
  }

  /// A trace without points, whose only use is that Plotly draws the scale of colours beside the figure.
  private var colourBar: JSON? {
    colours.map { colours in
      .object([
        "type": .text("scatter"), "mode": .text("markers"), "x": .array([.null]), "y": .array([.null]),
        "showlegend": .boolean(false), "hoverinfo": .text("skip"), "marker": marker(colours, [colours.axis.low]),
      ])
    }
  }

  private func marker(_ colours: ColourScale, _ numbers: [Double]) -> JSON {
    let axis = colours.axis
    let ends = [axis.low, axis.high].map { scaled($0, axis) }
    return .object([
      "color": .array(numbers.map { exact(scaled($0, axis)) }), "cmin": exact(ends[0]), "cmax": exact(ends[1]),
      "colorscale": .array(
        (0..<Colour.steps).map { step in
          let colour = Colour.step(colours.isReversed ? Colour.steps - 1 - step : step)
          return .array([.number(Double(step) / Double(Colour.steps - 1)), .text(colour.hex())])
        }),
      "showscale": .boolean(true),
      "colorbar": .object([
        "title": .object(["text": .text(plotlyText(colours.label)), "side": .text("right")]),
        "tickmode": .text("array"),
        "tickvals": .array(axis.marks.map { exact(scaled($0, axis)) }),
        "ticktext": .array(axis.marks.map { .text(plotlyText(axis.text($0))) }), "thickness": .integer(14),
      ]),
    ])
  }

  private func trace(of parallel: Parallel) -> JSON {
    let dimensions = parallel.axes.enumerated().map { index, named in
      let axis = named.axis
      return JSON.object([
        "label": .text(plotlyText(named.label)),
        "values": .array(parallel.lines.map { exact(scaled($0.values[index], axis)) }),
        "range": .array([exact(scaled(axis.low, axis)), exact(scaled(axis.high, axis))]),
        "tickvals": .array(axis.marks.map { exact(scaled($0, axis)) }),
        "ticktext": .array(axis.marks.map { .text(plotlyText(axis.text($0))) }),
      ])
    }
    let line = colours.map { marker($0, parallel.lines.map(\.score)) } ?? .object([JSON.Member]())
    return .object(["type": .text("parcoords"), "dimensions": .array(dimensions), "line": line])
  }

  // MARK: Layout

  private func layout(height: Double, _ panels: [Panel] = [], columns: Int = 1, rows: Int = 1) -> JSON {
    let heading = plotlyText(title) + (note.map { "<br><sup>\(plotlyText($0))</sup>" } ?? "")
    var members: [JSON.Member] = [
      JSON.Member("title", .object(["text": .text(heading)])), JSON.Member("height", .integer(Int(height))),
      JSON.Member("plot_bgcolor", .text(Colour.paper.hex())), JSON.Member("hovermode", .text("closest")),
      JSON.Member("legend", .object(["orientation": .text("h"), "y": .number(-0.2)])),
    ]
    var titles: [JSON] = []
    for (index, panel) in panels.enumerated() {
      let number = index == 0 ? "" : "\(index + 1)"
      let (column, row) = (Double(index % columns), Double(index / columns))
      let across = (column / Double(columns), (column + 0.86) / Double(columns))
      let down = (1 - (row + 0.74) / Double(rows), 1 - row / Double(rows))
      let isAlone = panels.count == 1
      members += [
        JSON.Member(
          "xaxis" + number, plotlyAxis(panel.x, panel.xLabel, isAlone ? (0, 1) : across, anchor: "y" + number)),
        JSON.Member("yaxis" + number, plotlyAxis(panel.y, panel.yLabel, isAlone ? (0, 1) : down, anchor: "x" + number)),
      ]
      guard !panel.title.isEmpty else { continue }
      titles.append(
        .object([
          "text": .text(plotlyText(panel.title)), "showarrow": .boolean(false), "xref": .text("paper"),
          "yref": .text("paper"), "x": .number((across.0 + across.1) / 2), "y": .number(down.1),
          "xanchor": .text("center"), "yanchor": .text("bottom"),
        ]))
    }
    if !titles.isEmpty { members.append(JSON.Member("annotations", .array(titles))) }
    return .object(members)
  }

  private func plotlyAxis(_ axis: Axis, _ label: String, _ domain: (Double, Double), anchor: String) -> JSON {
    var members: [JSON.Member] = [
      JSON.Member("title", .object(["text": .text(plotlyText(label))])),
      JSON.Member("type", .text(axis.scale == .logarithmic ? "log" : "linear")),
      JSON.Member("range", .array([exact(scaled(axis.low, axis)), exact(scaled(axis.high, axis))])),
      JSON.Member("domain", .array([.number(domain.0), .number(domain.1)])), JSON.Member("anchor", .text(anchor)),
      JSON.Member("zeroline", .boolean(false)), JSON.Member("gridcolor", .text("#e4e4e2")),
    ]
    if axis.names != nil {
      members += [
        JSON.Member("tickvals", .array(axis.marks.map(exact))),
        JSON.Member("ticktext", .array(axis.marks.map { .text(plotlyText(axis.text($0))) })),
      ]
    }
    return .object(members)
  }
}

/// A number as JSON has it: whole ones without a point.
private func exact(_ number: Double) -> JSON {
  guard number.isFinite else { return .null }
  return Int(exactly: number).map(JSON.integer) ?? .number(number)
}

/// Plotly wants the logarithm of where a scale begins and ends.
private func scaled(_ number: Double, _ axis: Axis) -> Double {
  axis.scale == .logarithmic ? log10(number) : number
}

/// Plotly takes some HTML for markup.
private func plotlyText(_ text: String) -> String {
  text.replacing("&", with: "&amp;").replacing("<", with: "&lt;").replacing(">", with: "&gt;")
}
