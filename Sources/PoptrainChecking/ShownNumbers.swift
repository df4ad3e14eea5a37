internal import Foundation
internal import PopulationBasedTraining

// Numbers as people read them.

/// A number with six significant digits.
func shown(_ number: Double) -> String { String(format: "%.6g", number) }

/// A value as short as it reads.
func shown(_ value: Value) -> String {
  if case .number(let number) = value { shown(number) } else { value.description }
}
