import Foundation

/// A line of a file in `Tests/References`, which scipy and numpy made.
struct Reference: CustomStringConvertible, Sendable {
  let description: String
  /// The lists of numbers after the kind.
  let fields: [[Double]]

  subscript(field: Int) -> Double { fields[field][0] }

  /// The lines of a kind.
  static func all(_ kind: String, in name: String = "statistics") throws -> [Reference] {
    let file = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
      .deletingLastPathComponent().appending(path: "References/\(name).txt")
    return try String(contentsOf: file, encoding: .utf8).split(separator: "\n").filter { $0.hasPrefix(kind + ";") }
      .map { line in
        Reference(
          description: String(line.prefix(60)),
          fields: line.split(separator: ";").dropFirst().map { $0.split(separator: " ").compactMap { Double($0) } })
      }
  }
}

/// Whether two numbers are the same to twelve digits; near zero, to twelve digits of `scale`.
func isClose(_ number: Double?, _ expected: Double, scale: Double = 0) -> Bool {
  guard let number else { return false }
  return number == expected || (number - expected).magnitude <= 1e-12 * max(expected.magnitude, scale)
}
