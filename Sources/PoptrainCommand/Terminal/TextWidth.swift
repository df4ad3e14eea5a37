extension StringProtocol {
  /// How many columns of a terminal it takes.
  var columns: Int { unicodeScalars.reduce(0) { $0 + $1.columns } }
}

extension String {
  /// It, or as much of it as fits with a sign that something is missing.
  func cut(to width: Int) -> String {
    guard columns > width else { return self }
    var (cut, used) = ("", 0)
    for character in self {
      let columns = String(character).columns
      guard used + columns < width else { break }
      cut.append(character)
      used += columns
    }
    return width > 0 ? cut + "…" : ""
  }

  /// It in lines of so many columns, broken between words; those after the first are indented.
  func broken(to width: Int) -> [String] {
    split(separator: " ", omittingEmptySubsequences: false).reduce(into: []) { lines, word in
      guard let last = lines.last else { return lines.append(String(word)) }
      let longer = "\(last) \(word)"
      if longer.columns <= width || last.allSatisfy({ $0 == " " }) {
        lines[lines.count - 1] = longer
      } else {
        lines.append("  \(word)")
      }
    }
  }

  /// It with spaces up to a width.
  func padded(to width: Int, atRight: Bool = false) -> String {
    let space = String(repeating: " ", count: max(0, width - columns))
    return atRight ? space + self : self + space
  }
}

extension Unicode.Scalar {
  /// How many columns of a terminal it takes: East Asian characters and emoji take two, marks on others none.
  fileprivate var columns: Int {
    if value < 0x300 { return 1 }
    switch properties.generalCategory {
    case .nonspacingMark, .enclosingMark, .format, .control: return 0
    default: break
    }
    return Self.wide.contains { $0.contains(value) } || properties.isEmojiPresentation ? 2 : 1
  }

  private static let wide: [ClosedRange<UInt32>] = [
    0x1100...0x115F, 0x2E80...0x303E, 0x3041...0xA4CF, 0xA960...0xA97C, 0xAC00...0xD7A3, 0xF900...0xFAFF,
    0xFE30...0xFE6F, 0xFF00...0xFF60, 0xFFE0...0xFFE6, 0x1F300...0x1F64F, 0x1F680...0x1F6FF, 0x1F900...0x1F9FF,
    0x20000...0x3FFFD,
  ]
}
