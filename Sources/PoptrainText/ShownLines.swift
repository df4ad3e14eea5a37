/// The lines that a terminal shows after a text was printed: what was drawn over, such as a progress bar, is what it was last.
///
/// Lines that are empty, or the same as the one above, are left out.
package func shownLines(_ text: String) -> [String] {
  var screen = Screen()
  var scalars = Substring(text).unicodeScalars
  while let scalar = scalars.popFirst() { screen.take(scalar, &scalars) }
  return screen.lines.reduce(into: []) { lines, line in
    let line = String(line)
    let isBlank = line.unicodeScalars.allSatisfy(\.properties.isWhitespace)
    if !isBlank, line != lines.last { lines.append(line) }
  }
}

extension String {
  /// The text without the sequences by which a terminal is told colours and the like.
  package var withoutEscapes: String {
    guard utf8.contains(0x1B) else { return self }
    var plain = String.UnicodeScalarView()
    var scalars = Substring(self).unicodeScalars
    while let scalar = scalars.popFirst() {
      if scalar == "\u{1B}" { _ = scalars.popEscape() } else { plain.append(scalar) }
    }
    return String(plain)
  }
}

/// As much of a terminal as decides which lines are seen.
private struct Screen {
  private(set) var lines: [String.UnicodeScalarView] = [.init()]
  private var row = 0
  /// Whether the next character is written over the line.
  private var isAtStart = false

  mutating func take(_ scalar: Unicode.Scalar, _ rest: inout Substring.UnicodeScalarView) {
    switch scalar {
    case "\n", "\u{B}", "\u{C}", "\u{85}", "\u{2028}", "\u{2029}": moveDown()
    case "\r": isAtStart = true
    case "\u{8}": _ = lines[row].popLast()
    case "\u{1B}": take(rest.popEscape())
    default:
      if isAtStart { lines[row] = .init() }
      isAtStart = false
      lines[row].append(scalar)
    }
  }

  private mutating func moveDown() {
    row += 1
    if row == lines.count { lines.append(.init()) }
    isAtStart = true
  }

  private mutating func take(_ escape: Escape?) {
    switch (escape?.final, escape?.number) {
    case ("A", let count), ("F", let count):
      row = max(0, row - max(1, count ?? 1))
      isAtStart = true
    case ("B", let count), ("E", let count):
      // Lines that are skipped would be empty.
      row = min(row + max(1, min(count ?? 1, lines.count)), lines.count) - 1
      moveDown()
    case ("K", 1), ("K", 2):
      lines[row] = .init()
    default: break
    }
  }
}

/// A sequence that moves the cursor, or the like.
private struct Escape {
  var final: Unicode.Scalar
  var number: Int?
}

extension Substring.UnicodeScalarView {
  /// Takes what belongs to an escape character that was taken; none: nothing that matters here.
  fileprivate mutating func popEscape() -> Escape? {
    switch first {
    case "[":
      removeFirst()
      var parameters = ""
      while let scalar = first, (0x20..<0x40).contains(scalar.value) { parameters.unicodeScalars.append(removeFirst()) }
      guard let final = first, (0x40..<0x7F).contains(final.value) else { return nil }
      removeFirst()
      return Escape(final: final, number: Int(parameters))
    case "]":
      // A title or a link: up to BEL, or ESC and a backslash, in one line.
      while let scalar = first, scalar != "\n" {
        removeFirst()
        if scalar == "\u{7}" { break }
        if scalar == "\u{1B}" {
          if first == "\\" { removeFirst() }
          break
        }
      }
      return nil
    default:
      while let scalar = first, (0x20..<0x30).contains(scalar.value) { removeFirst() }
      if let scalar = first, scalar.value >= 0x30 { removeFirst() }
      return nil
    }
  }
}
