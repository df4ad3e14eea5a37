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

/// A count with a comma at the thousands.
func grouped(_ count: Int) -> String {
  let digits = String(count.magnitude)
  var text = ""
  for (position, digit) in digits.enumerated() {
    if position > 0, (digits.count - position).isMultiple(of: 3) { text.append(",") }
    text.append(digit)
  }
  return count < 0 ? "-" + text : text
}

/// A noun with its count.
func counted(_ count: Int, _ noun: String) -> String {
  "\(grouped(count)) \(noun)\(count == 1 ? "" : "s")"
}

/// A time such as `1 h 05 min`, `3 min 20 s`, `12 s`.
func spoken(seconds: Double) -> String {
  let seconds = Int(seconds.rounded())
  if seconds < 60 { return "\(seconds) s" }
  if seconds < 3600 { return "\(seconds / 60) min \(String(format: "%02d", seconds % 60)) s" }
  return "\(seconds / 3600) h \(String(format: "%02d", seconds / 60 % 60)) min"
}

/// Text that a trainer wrote, without what would control a terminal.
func harmless(_ text: String) -> String {
  String(
    String.UnicodeScalarView(
      text.unicodeScalars.map { scalar in
        let isControl = scalar.value < 0x20 || (0x7F..<0xA0).contains(scalar.value)
        return isControl && scalar != "\n" && scalar != "\t" ? "·" : scalar
      }))
}
