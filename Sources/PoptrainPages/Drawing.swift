internal import Foundation

/// A picture in SVG, for people who see it and, by its title and description, for those who do not.
package struct Drawing {
  package let width: Double
  package let height: Double
  private let id: String
  private let title: String
  private let description: String
  private var elements: [String] = []

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

  /// A line through points, or the area within them.
  package mutating func path(_ points: [(x: Double, y: Double)], isClosed: Bool = false, _ style: String) {
    let steps = points.map { "\(at($0.x)) \(at($0.y))" }.joined(separator: "L")
    add("path", "d=\"M\(steps)\(isClosed ? "Z" : "")\"", style, nil)
  }

  /// Words; `anchor` is `start`, `middle` or `end`.
  package mutating func text(_ x: Double, _ y: Double, _ text: String, anchor: String = "start", _ style: String = "") {
    elements.append(
      "<text x=\"\(at(x))\" y=\"\(at(y))\" text-anchor=\"\(anchor)\" class=\"\(style)\">\(escaped(text))</text>")
  }

  /// Draws what is to be seen only within a rectangle.
  package mutating func clip(
    _ x: Double, _ y: Double, _ width: Double, _ height: Double, _ draw: (inout Drawing) -> Void
  ) {
    let place = "x=\"\(at(x))\" y=\"\(at(y))\" width=\"\(at(width))\" height=\"\(at(height))\""
    elements.append("<clipPath id=\"\(id)-clip\"><rect \(place)/></clipPath><g clip-path=\"url(#\(id)-clip)\">")
    draw(&self)
    elements.append("</g>")
  }

  /// The picture as a part of a page.
  package var markup: String {
    """
    <svg role="img" viewBox="0 0 \(at(width)) \(at(height))" aria-labelledby="\(id)-title \(id)-about">
    <title id="\(id)-title">\(escaped(title))</title>
    <desc id="\(id)-about">\(escaped(description))</desc>
    \(elements.joined(separator: "\n"))
    </svg>
    """
  }

  private mutating func add(_ element: String, _ place: String, _ style: String, _ tip: String?) {
    let content = tip.map { "><title>\(escaped($0))</title></\(element)>" } ?? "/>"
    elements.append("<\(element) \(place) class=\"\(style)\"\(content)")
  }

  private func at(_ number: Double) -> String { String(format: "%.1f", number) }
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
