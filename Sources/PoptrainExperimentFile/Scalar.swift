/// What a scalar of the file means when it is not quoted.
///
/// Only `true` and `false` are booleans; `yes`, `no`, `on` and `off` are text. Numbers are decimal, with underscores
/// between digits where one likes.
enum Scalar: Hashable {
  case null
  case boolean(Bool)
  case integer(Int)
  case number(Double)
  /// An infinity, not-a-number, or a whole number beyond ``greatest``.
  case unusableNumber
  case text(String)

  /// The largest whole number that every language and JSON library keeps exact, 2^53.
  static let greatest = 1 << 53

  init(_ written: String) {
    switch written {
    case "", "~", "null", "Null", "NULL": self = .null
    case "true", "True", "TRUE": self = .boolean(true)
    case "false", "False", "FALSE": self = .boolean(false)
    case ".inf", "-.inf", "+.inf", ".Inf", "-.Inf", ".INF", "-.INF", ".nan", ".NaN", ".NAN": self = .unusableNumber
    default: self = Scalar(decimal: written) ?? .text(written)
    }
  }

  /// The number, where it is one.
  var asNumber: Double? {
    switch self {
    case .integer(let integer): Double(integer)
    case .number(let number): number
    case .null, .boolean, .unusableNumber, .text: nil
    }
  }

  private init?(decimal written: String) {
    let bytes = Array(written.utf8)
    func isDigit(_ index: Int) -> Bool {
      bytes.indices.contains(index) && UInt8(ascii: "0") <= bytes[index] && bytes[index] <= UInt8(ascii: "9")
    }
    for (index, byte) in bytes.enumerated() {
      switch Character(Unicode.Scalar(byte)) {
      case "_": guard isDigit(index - 1), isDigit(index + 1) else { return nil }
      case "+", "-", ".", "e", "E": continue
      default: guard isDigit(index) else { return nil }
      }
    }
    let digits = written.filter { $0 != "_" }
    guard let number = Double(digits) else { return nil }
    if !number.isFinite {
      self = .unusableNumber
    } else if digits.contains(where: { ".eE".contains($0) }) {
      self = .number(number)
    } else {
      self = Int(digits).flatMap { $0.magnitude <= Self.greatest ? .integer($0) : nil } ?? .unusableNumber
    }
  }
}
