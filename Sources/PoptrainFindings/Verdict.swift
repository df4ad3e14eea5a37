internal import Foundation

/// What one question to a run comes to.
enum Verdict {
  /// These findings, or none.
  case findings([Finding])
  /// There is not enough to say yet: whether this is so.
  case tooEarly(whether: String)
  /// The question does not arise.
  case nothing

  static func finding(_ finding: Finding) -> Verdict { .findings([finding]) }

  /// What was found.
  var findings: [Finding] {
    if case .findings(let findings) = self { findings } else { [] }
  }
}

/// A number with three significant digits.
func short(_ number: Double) -> String { String(format: "%.3g", number) }

/// A score with four significant digits.
func shortScore(_ number: Double) -> String { String(format: "%.4g", number) }

/// A part as a percentage: `42 %`.
func percent(_ part: Double) -> String { "\(Int((100 * part).rounded())) %" }

/// A probability: `p = 0.03`, `p < 0.001`.
func probability(_ p: Double) -> String { p < 0.001 ? "p < 0.001" : "p = \(String(format: "%.1g", p))" }

/// A list: `a`, `a and b`, `a, b and c`.
func listed(_ items: [String]) -> String {
  items.count < 2 ? items.joined() : items.dropLast().joined(separator: ", ") + " and " + items[items.count - 1]
}
