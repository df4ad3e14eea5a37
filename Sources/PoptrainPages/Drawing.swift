/// A picture in SVG, for people who see it and, by its title and description, for those who do not.
package struct Drawing {
  /// A place in a drawing; y grows downwards.
  package typealias Point = (x: Double, y: Double)

  package let width: Double
  package let height: Double
  private let id: String
  private let title: String
  private let description: String
  private var elements: [String] = []
  private var clips = 0

  /// An empty picture; `id` is unique on the page.
  package init(_ id: String, width: Double, height: Double, title: String, description: String) {
    self.id = id
    self.width = width
    self.height = height
    self.title = title
    self.description = description
  }

  /// A straight line.
  package mutating func line(
    _ x1: Double, _ y1: Double, _ x2: Double, _ y2: Double, _ style: String, tip: String? = nil
  ) {
    add("line", "x1=\"\(at(x1))\" y1=\"\(at(y1))\" x2=\"\(at(x2))\" y2=\"\(at(y2))\"", style, tip)
  }

  /// A dot.
  package mutating func dot(_ x: Double, _ y: Double, radius: Double = 4, _ style: String, tip: String? = nil) {
    add("circle", "cx=\"\(at(x))\" cy=\"\(at(y))\" r=\"\(at(radius))\"", style, tip)
  }

  /// A rectangle.
  package mutating func rectangle(_ x: Double, _ y: Double, _ width: Double, _ height: Double, _ style: String) {
    add("rect", "x=\"\(at(x))\" y=\"\(at(y))\" width=\"\(at(width))\" height=\"\(at(height))\"", style, nil)
  }

  /// A line through points, or the area within them.
  package mutating func path(_ points: [Point], isClosed: Bool = false, _ style: String) {
    path([points], isClosed: isClosed, style)
  }

  /// Several lines of one style, or several areas, as one element; a line of one point is a dot where its ends are round.
  package mutating func path(_ lines: [[Point]], isClosed: Bool = false, _ style: String, tip: String? = nil) {
    let steps = lines.map { points in
      let line = points.map { "\(at($0.x)) \(at($0.y))" }.joined(separator: "L")
      return "M\(line)\(isClosed ? "Z" : points.count == 1 ? "h0" : "")"
    }
    add("path", "d=\"\(steps.joined())\"", style, tip)
  }

  /// Words; `anchor` is `start`, `middle` or `end`.
  ///
  /// - Parameter isUpward: written from below to above.
  package mutating func text(
    _ x: Double, _ y: Double, _ text: String, anchor: String = "start", _ style: String = "", isUpward: Bool = false
  ) {
    let turn = isUpward ? " transform=\"rotate(-90 \(at(x)) \(at(y)))\"" : ""
    elements.append(
      "<text x=\"\(at(x))\" y=\"\(at(y))\"\(turn) text-anchor=\"\(anchor)\" class=\"\(style)\">\(escaped(text))</text>")
  }

  /// Draws what is to be seen only within a rectangle.
  package mutating func clip(
    _ x: Double, _ y: Double, _ width: Double, _ height: Double, _ draw: (inout Drawing) -> Void
  ) {
    clips += 1
    let name = clips == 1 ? "\(id)-clip" : "\(id)-clip\(clips)"
    let place = "x=\"\(at(x))\" y=\"\(at(y))\" width=\"\(at(width))\" height=\"\(at(height))\""
    elements.append("<clipPath id=\"\(name)\"><rect \(place)/></clipPath><g clip-path=\"url(#\(name))\">")
    draw(&self)
    elements.append("</g>")
  }

  /// The picture as a part of a page.
  package var markup: String {
    "<svg role=\"img\" \(size)>\n\(content)\n</svg>"
  }

  /// The picture as a file of its own.
  ///
  /// - Parameter style: its style sheet, with nothing of which XML would make markup.
  package func file(style: String) -> String {
    """
    <svg xmlns="http://www.w3.org/2000/svg" width="\(at(width))" height="\(at(height))" role="img" \(size)>
    <style>
    \(style)
    </style>
    <rect width="100%" height="100%" class="paper"/>
    \(content)
    </svg>

    """
  }

  private var size: String {
    "viewBox=\"0 0 \(at(width)) \(at(height))\" aria-labelledby=\"\(id)-title \(id)-about\""
  }

  private var content: String {
    """
    <title id="\(id)-title">\(escaped(title))</title>
    <desc id="\(id)-about">\(escaped(description))</desc>
    \(elements.joined(separator: "\n"))
    """
  }

  private mutating func add(_ element: String, _ place: String, _ style: String, _ tip: String?) {
    let content = tip.map { "><title>\(escaped($0))</title></\(element)>" } ?? "/>"
    elements.append("<\(element) \(place) class=\"\(style)\"\(content)")
  }
}

/// A number of a drawing, to a tenth of its unit. Formatting by Foundation would take most of the time of a drawing.
private func at(_ number: Double) -> String {
  let tenths = Int((min(max(number.isNaN ? 0 : number, -1e6), 1e6) * 10).rounded())
  let (whole, rest) = (tenths.magnitude / 10, tenths.magnitude % 10)
  return (tenths < 0 ? "-" : "") + (rest == 0 ? "\(whole)" : "\(whole).\(rest)")
}

/// Text as it stands in HTML; characters that no page may hold are replaced.
package func escaped(_ text: String) -> String {
  var escaped = ""
  for scalar in text.unicodeScalars {
    switch scalar {
    case "&": escaped += "&amp;"
    case "<": escaped += "&lt;"
    case ">": escaped += "&gt;"
    case "\"": escaped += "&quot;"
    case "'": escaped += "&#39;"
    case "\n", "\t": escaped.unicodeScalars.append(scalar)
    case "\0"..<" ", "\u{7F}"..<"\u{A0}", "\u{FFFE}", "\u{FFFF}": escaped += "\u{FFFD}"
    default: escaped.unicodeScalars.append(scalar)
    }
  }
  return escaped
}
