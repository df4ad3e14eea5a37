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
  String(
    String.UnicodeScalarView(
      text.unicodeScalars.map { scalar in
        let isControl = scalar.value < 0x20 || (0x7F..<0xA0).contains(scalar.value)
        let isReordering = (0x202A...0x202E).contains(scalar.value) || (0x2066...0x2069).contains(scalar.value)
        return isReordering || isControl && scalar != "\n" && scalar != "\t" ? "·" : scalar
      }))
}
