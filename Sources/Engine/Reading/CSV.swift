internal import JSON

/// Rows of values as RFC 4180 has them: a line each, without its end.
enum CSV {
  /// A row. Text is quoted where it must be; nothing and null are empty.
  static func row(_ cells: [JSON?]) -> String {
    cells.map(cell).joined(separator: ",")
  }

  private static func cell(_ value: JSON?) -> String {
    switch value {
    case .none, .null: ""
    case .text(let text): quoted(text)
    case .some(let value): quoted(value.description)
    }
  }

  private static func quoted(_ text: String) -> String {
    guard text.contains(where: { $0 == "," || $0 == "\"" || $0.isNewline }) else { return text }
    return "\"" + text.replacing("\"", with: "\"\"") + "\""
  }
}
