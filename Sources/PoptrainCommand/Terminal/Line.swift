import Foundation

/// How a text stands out, in the colours that the user has chosen for the terminal.
enum Paint: String {
  case bold = "1"
  case dim = "2"
  case red = "31"
  case green = "32"
  case yellow = "33"
  case blue = "34"
  case magenta = "35"
  case cyan = "36"
}

/// A piece of text on one line of a terminal. Whatever it is made of, it cannot control the terminal.
struct Span {
  let text: String
  let paint: [Paint]

  init(_ text: String, _ paint: Paint...) {
    self.init(text, paint)
  }

  init(_ text: String, _ paint: [Paint]) {
    self.text = harmless(text).replacing("\n", with: "·").replacing("\t", with: " ")
    self.paint = paint
  }
}

/// A line of a terminal.
struct Line {
  var spans: [Span]

  init(_ spans: [Span]) { self.spans = spans }

  /// A line as it is printed; a label that it begins with stands out.
  init(_ text: String) {
    let (label, rest) = text.splitLabel
    spans = [label, Span(String(rest))].compactMap { $0 }
  }

  var text: String { spans.map(\.text).joined() }

  var columns: Int { spans.reduce(0) { $0 + $1.text.columns } }

  /// As much of it as fits into so many columns.
  func cut(to width: Int) -> Line {
    guard columns > width else { return self }
    var (left, cut) = (width, Line([]))
    for span in spans where left > 0 {
      // What follows is cut off too, so that the last that fits has to show it.
      let columns = span.text.columns
      cut.spans.append(Span(columns < left ? span.text : (span.text + "…").cut(to: left), span.paint))
      left -= columns
    }
    return cut
  }

  /// What is written to a terminal.
  func written(inColor: Bool, inUnicode: Bool) -> String {
    spans.map { $0.written(inColor: inColor, inUnicode: inUnicode) }.joined()
  }
}

extension Span {
  fileprivate func written(inColor: Bool, inUnicode: Bool) -> String {
    let text = inUnicode ? text : text.inASCII
    guard inColor, !paint.isEmpty, !text.isEmpty else { return text }
    return "\u{1B}[\(paint.map(\.rawValue).joined(separator: ";"))m\(text)\u{1B}[m"
  }
}

extension String {
  /// What it says of itself, such as `error:`, in its colour, and the rest.
  fileprivate var splitLabel: (Span?, Substring) {
    let labels: [(String, Paint)] = [("error:", .red), ("warning:", .yellow), ("note:", .cyan)]
    guard let (label, paint) = labels.first(where: { hasPrefix($0.0) }) else { return (nil, self[...]) }
    return (Span(label, .bold, paint), dropFirst(label.count))
  }

  /// It, with the label that it begins with in its colour.
  var withPaintedLabel: String {
    let (label, rest) = splitLabel
    return (label?.written(inColor: true, inUnicode: true) ?? "") + rest
  }

  /// What stands for it where a terminal knows ASCII alone.
  var inASCII: String {
    guard !utf8.allSatisfy({ $0 < 0x80 }) else { return self }
    return map { $0.isASCII ? String($0) : String.substitutes[$0] ?? String(repeating: "?", count: String($0).columns) }
      .joined()
  }

  private static let substitutes: [Character: String] = [
    "━": "=", "╌": "-", "·": "|", "…": "~", "–": "-", "×": "x", "←": "<", "▸": ">", "✓": "+", "✗": "x",
    "▁": "_", "▂": ".", "▃": "-", "▄": "=", "▅": "+", "▆": "*", "▇": "%", "█": "#",
  ]
}
