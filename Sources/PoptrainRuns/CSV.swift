package import PoptrainJSON

/// Rows of values as RFC 4180 has them: a line each, without its end.
package enum CSV {
  /// A row. Text is quoted where it must be; nothing and null are empty; numbers that are not finite are `nan`, `inf` and
  /// `-inf`, as C, Python and pandas read them.
  package static func row(_ cells: [JSON?]) -> String {
    cells.map(cell).joined(separator: ",")
  }

  private static func cell(_ value: JSON?) -> String {
    switch value {
    case .none, .null: ""
    case .text(let text): quoted(text)
    case .number(let number) where !number.isFinite: "\(number)"
    case .some(let value): quoted(value.description)
    }
  }

  private static func quoted(_ text: String) -> String {
    // By scalar: a comma that an accent follows is another character, but ends a cell all the same.
    guard text.unicodeScalars.contains(where: ",\"\r\n".unicodeScalars.contains) else { return text }
    return "\"" + text.unicodeScalars.map { $0 == "\"" ? "\"\"" : String($0) }.joined() + "\""
  }
}
