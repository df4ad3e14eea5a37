import Foundation

/// A property that a correct implementation reproduces.
struct Check: Codable {
  var system: String
  var what: String
  /// The wanted value or range, in words.
  var wanted: String
  var found: String
  var holds: Bool

  /// A number that must be within a range.
  init(_ system: String, _ what: String, _ found: Double, in range: ClosedRange<Double>) {
    self.system = system
    self.what = what
    wanted = "\(Check.text(range.lowerBound)) to \(Check.text(range.upperBound))"
    self.found = Check.text(found)
    holds = range.contains(found)
  }

  /// Numbers that must satisfy a condition.
  init(_ system: String, _ what: String, wanted: String, _ found: [Double], _ holds: Bool) {
    self.system = system
    self.what = what
    self.wanted = wanted
    self.found = found.map(Check.text).joined(separator: ", ")
    self.holds = holds
  }

  private static func text(_ number: Double) -> String {
    number == 0 ? "0" : abs(number) < 0.01 ? String(format: "%.1e", number) : String(format: "%.4g", number)
  }
}

/// The checks of each system, by its name.
let checks: [String: @Sendable () throws -> [Check]] = [
  "tensors": tensorChecks, "labels": labelChecks, "flow": flowChecks, "spikes": spikingChecks, "arrays": arrayChecks,
]

/// The mean of some numbers.
func mean(_ values: [Double]) -> Double { values.reduce(0, +) / Double(values.count) }
