internal import PopulationBasedTraining

// Each function reads one kind of value, or reports a finding and returns nothing.
extension Item {
  /// The text as it is written; numbers and booleans are text too where text is asked for.
  func text() -> String? {
    guard case .scalar(let written, let isQuoted) = content, isQuoted || Scalar(written) != .null else {
      wrong(
        "must be a string, not \(shown)", remedy: "write a string; use quotes if it is empty or has special characters")
      return nil
    }
    // No program can be given a NUL, and Foundation drops a byte order mark, though not always.
    if let scalar = written.unicodeScalars.first(where: { $0 == "\0" || $0 == "\u{FEFF}" }) {
      wrong("contains the character \(scalar == "\0" ? "NUL" : "U+FEFF")", remedy: "remove this invisible character")
      return nil
    }
    return written
  }

  /// The value of a hyperparameter.
  func value() -> Value? {
    switch scalar() {
    case .boolean(let boolean): return .boolean(boolean)
    case .integer(let integer): return .integer(integer)
    case .number(let number): return .number(number)
    case .text: return text().map { .text($0) }
    case .unusableNumber: wrongNumber()
    case .null, nil: wrong("must be a number, a string, true or false, not \(shown)", remedy: "write a value")
    }
    return nil
  }

  /// A finite number.
  func number() -> Double? {
    switch scalar() {
    case .integer(let integer): return Double(integer)
    case .number(let number): return number
    case .unusableNumber: wrongNumber()
    default:
      wrong("must be a number, not \(shown)", remedy: numberRemedy("write a number such as `0.1`, `1e-4` or `10_000`"))
    }
    return nil
  }

  /// A finite number between two ends.
  func number(from least: Double, to greatest: Double = .greatestFiniteMagnitude) -> Double? {
    guard let number = number() else { return nil }
    if (least...greatest).contains(number) { return number }
    if greatest == .greatestFiniteMagnitude {
      wrong("must be at least \(least), not \(shown)", remedy: "write a larger number")
    } else {
      wrong("must be from \(least) to \(greatest), not \(shown)", remedy: "write a number between them")
    }
    return nil
  }

  /// A whole number, also written as `1e6`.
  func integer(from least: Int = -Scalar.greatest, to greatest: Int = Scalar.greatest) -> Int? {
    let integer: Int? =
      switch scalar() {
      case .integer(let integer): integer
      case .number(let number): Int(exactly: number)
      case .unusableNumber, .null, .boolean, .text, nil: nil
      }
    if let integer, integer >= least, integer <= greatest { return integer }
    if scalar() == .unusableNumber {
      wrongNumber()
    } else {
      let isAbove = integer.map { $0 > greatest } ?? false
      let bound = least == -Scalar.greatest ? "" : isAbove ? " of at most \(greatest)" : " of at least \(least)"
      wrong(
        "must be an integer\(bound), not \(shown)", remedy: numberRemedy("write for example `10`, `1_000` or `1e6`")
      )
    }
    return nil
  }

  /// `true` or `false`.
  func boolean() -> Bool? {
    guard case .boolean(let boolean) = scalar() else {
      wrong("must be true or false, not \(shown)", remedy: "write `true` or `false`")
      return nil
    }
    return boolean
  }

  /// One of the words of an enumeration.
  func word<Word: RawRepresentable<String> & CaseIterable>(because reason: String = "") -> Word? {
    let known = Word.allCases.map(\.rawValue)
    guard case .scalar(let written, _) = content, let word = Word(rawValue: written) else {
      let written =
        if case .scalar(let written, _) = content { suggestion(for: written, among: known) } else { String?.none }
      let choices = known.map { "`\($0)`" }.joined(separator: " or ")
      wrong(
        "must be \(choices), not \(shown)",
        remedy: (written.map { "did you mean `\($0)`?" } ?? "write \(choices)") + reason)
      return nil
    }
    return word
  }

  /// The entries of a list, of which there must be some number.
  func list(of counts: ClosedRange<Int> = 0...Int.max, example: String) -> [Item]? {
    guard case .list(let items) = content else {
      wrong("must be a list, not \(shown)", remedy: "write for example `\(example)`")
      return nil
    }
    guard counts.contains(items.count) else {
      let isBelow = items.count < counts.lowerBound
      let bound = isBelow ? counts.lowerBound : counts.upperBound
      let wanted = counts.count == 1 ? "\(bound)" : "\(isBelow ? "at least" : "at most") \(bound)"
      wrong(
        "must have \(wanted) \(bound == 1 ? "entry" : "entries"), not \(items.count)",
        remedy: "write for example `\(example)`")
      return nil
    }
    return items
  }

  /// The entries of a list, each read in the same way; nothing, if one of them is wrong.
  func list<Entry>(of counts: ClosedRange<Int> = 0...Int.max, example: String, _ read: (Item) -> Entry?) -> [Entry]? {
    guard let items = list(of: counts, example: example) else { return nil }
    let entries = items.compactMap(read)
    return entries.count == items.count ? entries : nil
  }

  private func scalar() -> Scalar? {
    guard case .scalar(let written, let isQuoted) = content else { return nil }
    return isQuoted ? .text(written) : Scalar(written)
  }

  private func wrongNumber() {
    wrong(
      "must be a finite number, whole ones of at most 2^53, not \(shown)",
      remedy: "write a smaller number, or put it in quotes if it is a text")
  }

  /// The remedy for something that should be a number: to remove the quotes, where that would help.
  private func numberRemedy(_ other: String) -> String {
    guard case .scalar(let written, isQuoted: true) = content else { return other }
    switch Scalar(written) {
    case .integer, .number: return "remove the quotes: `\(written)`"
    default: return other
    }
  }
}
