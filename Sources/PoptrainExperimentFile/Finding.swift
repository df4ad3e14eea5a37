/// A place in a file. Lines and columns count from 1, columns in Unicode scalars.
package struct Place: Hashable, Sendable, Comparable {
  /// The line, from 1.
  package var line: Int
  /// The column, from 1.
  package var column: Int

  /// Names a place.
  package init(line: Int, column: Int) {
    self.line = line
    self.column = column
  }

  /// The order of reading.
  package static func < (left: Place, right: Place) -> Bool {
    (left.line, left.column) < (right.line, right.column)
  }
}

/// Something that must be changed before an experiment file can be run.
package struct Finding: Hashable, Sendable, CustomStringConvertible {
  /// The file, as the user named it.
  package var file: String
  /// Where in the file; nowhere, if it could not be read at all.
  package var place: Place?
  /// What is wrong.
  package var message: String
  /// What to do.
  package var remedy: String

  /// `file:line:column: message`, and the remedy indented on the next line.
  package var description: String {
    let position = place.map { ":\($0.line):\($0.column)" } ?? ""
    return "\(file)\(position): \(message)\n    \(remedy)"
  }
}

/// An experiment file cannot be run; says everything that is wrong with it.
package struct InvalidExperiment: Error, Hashable, Sendable, CustomStringConvertible {
  /// What is wrong, in the order of the file; at least one.
  package var findings: [Finding]

  /// Whether there is no experiment yet: no file, or an empty one.
  package var isAbsent: Bool { findings.contains { [Document.missing, Document.empty].contains($0.message) } }

  /// All findings, one after the other.
  package var description: String {
    let more = findings.count >= Findings.limit ? ["Only the first \(Findings.limit) findings are shown."] : []
    return (findings.map(\.description) + more).joined(separator: "\n")
  }
}

/// Collects the findings of one file while it is read.
final class Findings {
  /// More findings than this help nobody.
  static let limit = 100

  private let file: String
  private(set) var all: [Finding] = []

  init(file: String) {
    self.file = file
  }

  func add(at place: Place?, _ message: @autoclosure () -> String, remedy: @autoclosure () -> String) {
    guard all.count < Self.limit else { return }
    all.append(Finding(file: file, place: place, message: message(), remedy: remedy()))
  }

  /// A word that is none of the known ones; the remedy suggests the nearest.
  func addUnknown(_ word: String, at place: Place, isNot kind: String, known: [String]) {
    add(
      at: place, "\(quoted(word)) is not \(kind)",
      remedy: suggestion(for: word, among: known).map { "did you mean `\($0)`?" }
        ?? (known.isEmpty ? "there are none; remove it" : "known are: \(known.joined(separator: ", "))"))
  }

  /// The error with all findings, in the order of the file.
  var error: InvalidExperiment {
    InvalidExperiment(
      findings: all.enumerated().sorted {
        ($0.element.place ?? Place(line: 0, column: 0), $0.offset)
          < ($1.element.place ?? Place(line: 0, column: 0), $1.offset)
      }.map(\.element))
  }
}

/// The text between backticks, on one line and shortened.
func quoted(_ text: String) -> String {
  let line = text.unicodeScalars.map { $0.properties.generalCategory == .control ? " " : String($0) }
  return "`\(line.prefix(60).joined())\(line.count > 60 ? "…" : "")`"
}
