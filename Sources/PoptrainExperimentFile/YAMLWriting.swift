/// A text as a scalar on one line, in double quotes where it would mean something else without.
func yamlText(_ text: String) -> String {
  // A reader of YAML 1.1 takes these for booleans.
  let words = ["y", "n", "yes", "no", "on", "off"]
  let isPlain =
    text.utf8.allSatisfy { isAlphanumeric($0) || "_./-+=".utf8.contains($0) }
    && !text.hasPrefix("---") && text.first { $0 != "-" }.map { $0.isLetter || "_./".contains($0) } ?? false
    && Scalar(text) == .text(text) && !words.contains(text.lowercased())
  if isPlain { return text }
  return "\"\(text.unicodeScalars.map(escaped).joined())\""
}

/// A list on one line.
func yamlList(_ values: [String]) -> String {
  "[\(values.joined(separator: ", "))]"
}

/// A mapping on one line.
func yamlMapping(_ pairs: [(String, String)], _ more: [(String, String)] = []) -> String {
  "{\((pairs + more).map { "\($0): \($1)" }.joined(separator: ", "))}"
}

private func isAlphanumeric(_ byte: UInt8) -> Bool {
  switch Character(Unicode.Scalar(byte)) {
  case "a"..."z", "A"..."Z", "0"..."9": byte < 128
  default: false
  }
}

/// A character within double quotes; what YAML or an editor might not keep is written as an escape.
private func escaped(_ scalar: Unicode.Scalar) -> String {
  switch scalar {
  case "\"", "\\": return "\\\(scalar)"
  case "\n": return "\\n"
  case "\t": return "\\t"
  case "\0"..<" ", "\u{7F}"..."\u{A0}", "\u{2028}", "\u{2029}", "\u{FEFF}", "\u{FFFE}", "\u{FFFF}":
    let digits = String(scalar.value, radix: 16)
    return "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
  default: return String(scalar)
  }
}
