extension JSON {
  /// Why a text is not JSON.
  package struct SyntaxError: Error, Hashable, CustomStringConvertible {
    /// What was expected or found.
    package let message: String
    /// The byte at which it went wrong, from 0.
    package let offset: Int

    /// What went wrong and where.
    package var description: String { "\(message) at byte \(offset)" }
  }

  /// Parses one JSON value (RFC 8259) that fills the whole text.
  ///
  /// An integer beyond 64 bits becomes a number. Nesting is limited to 64 levels. `NaN`, `Infinity` and `-Infinity` are
  /// taken for numbers, since many libraries write them so.
  package static func parse(_ bytes: some Sequence<UInt8>) throws(SyntaxError) -> JSON {
    var parser = Parser(bytes: Array(bytes))
    let value = try parser.value(depth: 0)
    parser.skipSpace()
    guard parser.position == parser.bytes.count else { throw parser.error("text after the end of the value") }
    return value
  }

  /// Parses one JSON value that fills the whole text.
  package static func parse(_ text: String) throws(SyntaxError) -> JSON {
    try parse(text.utf8)
  }
}

private struct Parser {
  let bytes: [UInt8]
  var position = 0

  func error(_ message: String, at offset: Int? = nil) -> JSON.SyntaxError {
    JSON.SyntaxError(message: message, offset: offset ?? position)
  }

  private var next: UInt8? {
    position < bytes.count ? bytes[position] : nil
  }

  mutating func skipSpace() {
    while let byte = next, byte == 0x20 || (0x09...0x0A).contains(byte) || byte == 0x0D { position += 1 }
  }

  mutating func value(depth: Int) throws(JSON.SyntaxError) -> JSON {
    guard depth < 64 else { throw error("more than 64 levels") }
    skipSpace()
    switch next {
    case UInt8(ascii: "{"): return try object(depth: depth)
    case UInt8(ascii: "["): return try array(depth: depth)
    case UInt8(ascii: "\""): return .text(try text())
    case UInt8(ascii: "t"): return try word("true", .boolean(true))
    case UInt8(ascii: "f"): return try word("false", .boolean(false))
    case UInt8(ascii: "n"): return try word("null", .null)
    case UInt8(ascii: "N"): return try word("NaN", .number(.nan))
    case UInt8(ascii: "I"): return try word("Infinity", .number(.infinity))
    case UInt8(ascii: "-") where bytes[position...].starts(with: "-I".utf8):
      return try word("-Infinity", .number(-.infinity))
    default: return try number()
    }
  }

  private mutating func word(_ word: String, _ value: JSON) throws(JSON.SyntaxError) -> JSON {
    guard bytes[position...].starts(with: word.utf8) else { throw error("expected a value") }
    position += word.utf8.count
    return value
  }

  private mutating func expect(_ character: Unicode.Scalar) throws(JSON.SyntaxError) {
    guard next == UInt8(ascii: character) else { throw error("expected \(character)") }
    position += 1
  }

  private mutating func object(depth: Int) throws(JSON.SyntaxError) -> JSON {
    position += 1
    var members: [JSON.Member] = []
    skipSpace()
    if next == UInt8(ascii: "}") {
      position += 1
      return .object([])
    }
    while true {
      skipSpace()
      guard next == UInt8(ascii: "\"") else { throw error("expected a name") }
      let name = try text()
      skipSpace()
      try expect(":")
      members.append(JSON.Member(name, try value(depth: depth + 1)))
      skipSpace()
      guard next == UInt8(ascii: ",") else { break }
      position += 1
    }
    try expect("}")
    return .object(members)
  }

  private mutating func array(depth: Int) throws(JSON.SyntaxError) -> JSON {
    position += 1
    var values: [JSON] = []
    skipSpace()
    if next == UInt8(ascii: "]") {
      position += 1
      return .array([])
    }
    while true {
      values.append(try value(depth: depth + 1))
      skipSpace()
      guard next == UInt8(ascii: ",") else { break }
      position += 1
    }
    try expect("]")
    return .array(values)
  }

  private mutating func number() throws(JSON.SyntaxError) -> JSON {
    let start = position
    if next == UInt8(ascii: "-") { position += 1 }
    let digits = skipDigits()
    guard digits > 0 else { throw error(position == start ? "expected a value" : "expected a digit") }
    guard digits == 1 || bytes[position - digits] != UInt8(ascii: "0") else {
      throw error("a number that begins with a zero", at: start)
    }
    var isInteger = true
    if next == UInt8(ascii: ".") {
      position += 1
      isInteger = false
      guard skipDigits() > 0 else { throw error("expected a digit") }
    }
    if next == UInt8(ascii: "e") || next == UInt8(ascii: "E") {
      position += 1
      isInteger = false
      if next == UInt8(ascii: "+") || next == UInt8(ascii: "-") { position += 1 }
      guard skipDigits() > 0 else { throw error("expected a digit") }
    }
    let text = String(decoding: bytes[start..<position], as: UTF8.self)
    if isInteger, let integer = Int(text) { return .integer(integer) }
    guard let number = Double(text), number.isFinite else {
      throw error("a number beyond the range of a double", at: start)
    }
    return .number(number)
  }

  private mutating func skipDigits() -> Int {
    let start = position
    while let byte = next, (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) { position += 1 }
    return position - start
  }

  private mutating func text() throws(JSON.SyntaxError) -> String {
    let start = position
    position += 1
    var utf8: [UInt8] = []
    while let byte = next {
      position += 1
      switch byte {
      case UInt8(ascii: "\""):
        guard let text = String(validating: utf8, as: UTF8.self) else {
          throw error("a text that is not UTF-8", at: start)
        }
        return text
      case UInt8(ascii: "\\"):
        try escape(into: &utf8)
      case 0..<0x20:
        throw error("a control character in a text", at: position - 1)
      default:
        utf8.append(byte)
      }
    }
    throw error("a text without an end")
  }

  private mutating func escape(into utf8: inout [UInt8]) throws(JSON.SyntaxError) {
    guard let byte = next else { throw error("a text without an end") }
    position += 1
    switch byte {
    case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): utf8.append(byte)
    case UInt8(ascii: "b"): utf8.append(0x08)
    case UInt8(ascii: "f"): utf8.append(0x0C)
    case UInt8(ascii: "n"): utf8.append(0x0A)
    case UInt8(ascii: "r"): utf8.append(0x0D)
    case UInt8(ascii: "t"): utf8.append(0x09)
    case UInt8(ascii: "u"): utf8.append(contentsOf: Character(try escapedScalar()).utf8)
    default: throw error("an unknown escape", at: position - 1)
    }
  }

  private mutating func escapedScalar() throws(JSON.SyntaxError) -> Unicode.Scalar {
    let start = position - 2
    let unit = try codeUnit()
    if let scalar = Unicode.Scalar(unit) { return scalar }
    guard (0xD800..<0xDC00).contains(unit), bytes[position...].starts(with: "\\u".utf8) else {
      throw error("half of a surrogate pair", at: start)
    }
    position += 2
    let low = try codeUnit()
    guard (0xDC00..<0xE000).contains(low),
      let scalar = Unicode.Scalar(0x10000 + ((unit - 0xD800) << 10) + (low - 0xDC00))
    else { throw error("half of a surrogate pair", at: start) }
    return scalar
  }

  private mutating func codeUnit() throws(JSON.SyntaxError) -> UInt32 {
    let digits = bytes[position...].prefix(4)
    guard digits.count == 4, digits.allSatisfy({ Character(Unicode.Scalar($0)).isHexDigit }),
      let unit = UInt32(String(decoding: digits, as: UTF8.self), radix: 16)
    else { throw error("expected four hexadecimal digits") }
    position += 4
    return unit
  }
}
