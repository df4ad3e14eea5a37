extension Item {
  /// A comparison, which is a text of three words such as `latency <= 0.1`.
  func comparison(
    by signs: [String], example: String
  ) -> (left: String, sign: String, right: String)? {
    guard case .scalar = content else {
      wrong("must be a comparison, not \(shown)", remedy: "write for example `\(example)`")
      return nil
    }
    guard let text = text() else { return nil }
    let words = text.unicodeScalars.split(whereSeparator: \.properties.isWhitespace).map { String($0) }
    guard words.count == 3 else {
      wrong(
        "must be three words, not \(shown)",
        remedy: words.count > 3
          ? "compare two things only, such as `\(example)`"
          : "write it with spaces, such as `\(spaced(text, by: signs) ?? example)`")
      return nil
    }
    guard signs.contains(words[1]) else {
      wrong(
        "compares by \(quoted(words[1]))", remedy: "write \(signs.map { "`\($0)`" }.joined(separator: " or ")) there")
      return nil
    }
    return (words[0], words[1], words[2])
  }

  /// The text with spaces around the first sign in it.
  private func spaced(_ text: String, by signs: [String]) -> String? {
    let found = signs.sorted { $0.count > $1.count }.lazy.compactMap { text.firstRange(of: $0) }.first
    return found.map { "\(text[..<$0.lowerBound]) \(text[$0]) \(text[$0.upperBound...])" }
      .map { $0.split(separator: " ").joined(separator: " ") }
  }
}
