import Foundation
import PopulationBasedTraining

/// A number with four significant digits.
func short(_ number: Double) -> String {
  String(format: "%.4g", number)
}

/// A value as short as it reads.
func short(_ value: Value?) -> String {
  switch value {
  case .number(let number)?: short(number)
  case .some(let value): value.description
  case nil: ""
  }
}

/// Text that a trainer wrote, without what would control a terminal, or show it in another order.
func harmless(_ text: String) -> String {
  // Nearly all text is, and every line of a run comes this way.
  guard text.unicodeScalars.contains(where: \.isHarmful) else { return text }
  return String(String.UnicodeScalarView(text.unicodeScalars.map { $0.isHarmful ? "·" : $0 }))
}

extension Unicode.Scalar {
  fileprivate var isHarmful: Bool {
    let isControl = value < 0x20 || (0x7F..<0xA0).contains(value)
    let isReordering = (0x202A...0x202E).contains(value) || (0x2066...0x2069).contains(value)
    return isReordering || isControl && self != "\n" && self != "\t"
  }
}
