import PoptrainSimulation

/// Figure 2 of the paper as an SVG: for each panel the paths of both members over the parameters, and their scores by step.
/// Its colours can be read on white and on black.
struct Figure2Drawing {
  private struct Drawn {
    let name: String
    let paths: [[Figure2.Stretch]]
  }

  private let panels: [Drawn]

  init(seed: UInt64) async throws {
    var panels: [Drawn] = []
    for panel in Figure2.panels {
      panels.append(Drawn(name: panel.name, paths: try await Figure2.paths(panel.rules, seed: seed)))
    }
    self.panels = panels
  }

  private static let side = 180.0
  private static let gap = 40.0
  private static let left = 44.0
  private static let top = 30.0
  private static let colors = ["#3b82f6", "#e8710a"]

  var svg: String {
    let width = Self.left + Double(panels.count) * (Self.side + Self.gap) - Self.gap + 10
    let height = Self.top + 2 * Self.side + Self.gap + 34
    let drawn = panels.enumerated().map { index, panel in
      let x = Self.left + Double(index) * (Self.side + Self.gap)
      return """
        <g transform="translate(\(text(x)) \(text(Self.top)))">
        <text class="title" x="\(text(Self.side / 2))" y="-12">\(panel.name): Q = \(text(best(panel), 3))</text>
        \(plane(panel, labelled: index == 0))
        </g>
        <g transform="translate(\(text(x)) \(text(Self.top + Self.side + Self.gap)))">
        \(scores(panel, labelled: index == 0))
        </g>
        """
    }
    return """
      <svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 \(text(width)) \(text(height))" role="img">
      <title>Figure 2 of the paper: exploit and explore, alone and together</title>
      <desc>\(description)</desc>
      <style>
      text { font: 12px sans-serif; fill: #6e7781; text-anchor: middle }
      .title { font-weight: bold }
      .axis, .level { fill: none; stroke: #6e7781; stroke-opacity: 0.6 }
      .level { stroke-opacity: 0.3 }
      .path { fill: none; stroke-width: 1.8; stroke-linejoin: round }
      .copy { stroke-width: 0.8; stroke-dasharray: 2 3; stroke-opacity: 0.7 }
      </style>
      \(drawn.joined(separator: "\n"))
      </svg>

      """
  }

  private var description: String {
    let results = panels.map { "\($0.name) \(text(best($0), 3))" }.joined(separator: ", ")
    return """
      Two members, blue and orange, start at (0.9, 0.9) with h = (1, 0) and h = (0, 1); each can lower one of the two \
      parameters only. Above, their paths over the parameters, with the optimum in the lower left corner; dotted lines \
      are copies. Below, their scores by step, with the optimum of 1.2 dashed. The best scores at the end: \(results).
      """
  }

  private func best(_ panel: Drawn) -> Double {
    panel.paths.compactMap { $0.last?.end.score }.max() ?? .nan
  }

  // MARK: Above

  private func plane(_ panel: Drawn, labelled: Bool) -> String {
    func place(_ theta: [Double]) -> (x: Double, y: Double) { (theta[0] * Self.side, (1 - theta[1]) * Self.side) }
    let levels = [0.25, 0.5, 0.75, 1].map { radius in
      let reach = text(radius * Self.side)
      let start = "0 \(text((1 - radius) * Self.side))"
      return "<path class=\"level\" d=\"M\(start) A\(reach) \(reach) 0 0 1 \(reach) \(text(Self.side))\"/>"
    }
    let lines = panel.paths.enumerated().map { index, path in
      line(path, color: Self.colors[index]) { point, _ in place(point.theta) }
    }
    return (levels + [frame("θ₀", "θ₁", labelled)] + lines).joined(separator: "\n")
  }

  // MARK: Below

  private func scores(_ panel: Drawn, labelled: Bool) -> String {
    func place(_ steps: Double, _ score: Double) -> (x: Double, y: Double) {
      (steps / 200 * Self.side, (1.3 - score) / 1.8 * Self.side)
    }
    let optimum = place(0, 1.2).y
    let dashed =
      "<path class=\"axis\" stroke-dasharray=\"4 3\" d=\"M0 \(text(optimum)) H\(text(Self.side))\"/>"
    let lines = panel.paths.enumerated().map { index, path in
      line(path, color: Self.colors[index]) { point, steps in place(Double(steps), point.score) }
    }
    return ([dashed, frame("steps, to 200", "Q, −0.5 to 1.3", labelled)] + lines).joined(separator: "\n")
  }

  // MARK: Both

  private func frame(_ horizontal: String, _ vertical: String, _ labelled: Bool) -> String {
    let side = text(Self.side)
    let middle = text(Self.side / 2)
    let label = "<text transform=\"translate(-14 \(middle)) rotate(-90)\">\(vertical)</text>"
    return """
      <path class="axis" d="M0 0 V\(side) H\(side)"/>
      <text x="\(middle)" y="\(text(Self.side + 18))">\(horizontal)</text>\(labelled ? "\n" + label : "")
      """
  }

  /// A path in two parts: what was trained, and, dotted, the leaps of copies.
  private func line(
    _ path: [Figure2.Stretch], color: String, place: (Figure2.Point, _ steps: Int) -> (x: Double, y: Double)
  ) -> String {
    var (trained, copied) = ("", "")
    var last = ""
    var steps = 0
    for stretch in path {
      let (start, end) = (text(place(stretch.start, steps)), text(place(stretch.end, stretch.steps)))
      if stretch.isCopied, !last.isEmpty { copied += "M\(last)L\(start)" }
      trained += start == last ? "L\(end)" : "M\(start)L\(end)"
      (last, steps) = (end, stretch.steps)
    }
    return """
      <path class="path" stroke="\(color)" d="\(trained)"/>
      <path class="path copy" stroke="\(color)" d="\(copied)"/>
      """
  }

  private func text(_ place: (x: Double, y: Double)) -> String { "\(text(place.x)) \(text(place.y))" }

  /// A number with so many digits after the point.
  private func text(_ number: Double, _ digits: Int = 1) -> String {
    let scale = (0..<digits).reduce(1) { scale, _ in scale * 10 }
    let scaled = Int((abs(number) * Double(scale)).rounded())
    let fraction = "\(scaled % scale)"
    let zeros = String(repeating: "0", count: digits - fraction.count)
    return "\(number < 0 && scaled > 0 ? "-" : "")\(scaled / scale).\(zeros)\(fraction)"
  }
}
