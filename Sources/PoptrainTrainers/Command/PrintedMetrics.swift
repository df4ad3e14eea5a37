internal import PopulationBasedTraining
internal import PoptrainText
internal import PoptrainJSON

extension TrainerReport {
  /// Reads the metrics among the lines that a command has printed; the last value of each name counts.
  package init(printed text: String) throws(TrainerFailure) {
    var metrics: [String: JSON] = [:]
    for line in text.withoutEscapes.split(whereSeparator: \.isNewline) {
      for (name, value) in printedMetrics(line) where value != .null || metrics[name] == nil { metrics[name] = value }
    }
    try self.init(metrics: metrics.map { JSON.Member($0.key, $0.value) })
  }
}

/// The metrics in a line that is a JSON object, or a name and a number; null for what was not measured yet.
func printedMetrics(_ line: Substring) -> [(String, JSON)] {
  if let members = (try? JSON.parse(String(line)))?.members {
    return members.filter { $0.value.double != nil || $0.value == .null }.map { ($0.name, $0.value) }
  }
  guard let separator = line.firstIndex(where: { $0 == "=" || $0 == ":" }) else { return [] }
  let (name, value) = (line[..<separator].trimmed(), line[line.index(after: separator)...].trimmed())
  guard !name.isEmpty else { return [] }
  if let number = Double(value) { return [(name, .number(number))] }
  return ["null", "none"].contains(value.lowercased()) ? [(name, .null)] : []
}

/// A line that names a metric in a form that is not read.
struct UnreadMetric {
  /// The line, or as much of it as is around the name.
  let line: String
  /// The value, where it is plain.
  let value: String?
  /// Whether there is a zero byte between its letters, as in UTF-16.
  var isWide = false

  /// Looks for the last line that names a metric: best with a number behind the name, and best in its own spelling.
  init?(named metric: String, in text: String) {
    let lines = text.filter { $0 != "\0" }.withoutEscapes.split(whereSeparator: \.isNewline)
    let spelling = metric.spelling
    let alike: [Finder] = [{ $0.rangeOfWord(metric) }, { $0.rangeOfName(spelled: spelling) }]
    // A line that is read has another metric.
    let longer: [Finder] = [{ printedMetrics($0).isEmpty ? $0.rangeOfLastPart(metric) : nil }]
    for (finders, needsNumber) in [(alike, true), (alike, false), (longer, true)] {
      for find in finders {
        for line in lines.reversed() {
          guard let name = find(line) else { continue }
          let value = number(after: line[name.upperBound...])
          if needsNumber, value == nil { continue }
          self.init(line, name, value)
          isWide = text.utf8.contains(0) && !text.contains(line)
          return
        }
      }
    }
    return nil
  }

  private typealias Finder = (Substring) -> Range<Substring.Index>?

  private init(_ line: Substring, _ name: Range<Substring.Index>, _ value: String?) {
    let start = line.index(name.lowerBound, offsetBy: -80, limitedBy: line.startIndex) ?? line.startIndex
    let end = line.index(name.upperBound, offsetBy: 80, limitedBy: line.endIndex) ?? line.endIndex
    let part = line[start..<end].trimmed()
    self.line = "\(start > line.startIndex ? "…" : "")\(part)\(end < line.endIndex ? "…" : "")"
    self.value = value
  }
}

/// The number behind the name of a metric, as a line would have to say it; none where anything but signs is between.
private func number(after text: Substring) -> String? {
  let start = text.drop { !$0.isLetter && !$0.isNumber && $0 != "-" && $0 != "+" && $0 != "." }
  let word = start.prefix { $0.isLetter || $0.isNumber || "+-.,".contains($0) }
  var digits = String(word)
  while let last = digits.last, ".,".contains(last) { digits.removeLast() }
  // Three digits after a comma may be thousands.
  let parts = digits.split(separator: ",", omittingEmptySubsequences: false)
  let plain = parts.count == 2 && parts[1].count != 3 ? parts.joined(separator: ".") : digits
  return Double(plain) == nil ? nil : plain
}

extension Substring {
  /// Where a name stands alone, for the last time.
  fileprivate func rangeOfWord(_ name: String) -> Range<Index>? {
    func isPart(_ character: Character?) -> Bool { character.map { $0.isLetter || $0.isNumber || $0 == "_" } ?? false }
    return ranges(of: name).last { !isPart(self[..<$0.lowerBound].last) && !isPart(self[$0.upperBound...].first) }
  }

  /// Where a name is the last part of another one, such as `eval_loss` or `val/loss`, for the last time.
  fileprivate func rangeOfLastPart(_ name: String) -> Range<Index>? {
    ranges(of: name).last { range in
      guard let before = self[..<range.lowerBound].last, "_/.-".contains(before) else { return false }
      return !(self[range.upperBound...].first.map { $0.isLetter || $0.isNumber || $0 == "_" } ?? false)
    }
  }
}

extension Substring {
  /// A name before a separator that is written a little differently.
  fileprivate func rangeOfName(spelled spelling: String) -> Range<Index>? {
    guard !spelling.isEmpty, utf8.count < 1000, let separator = firstIndex(where: { $0 == "=" || $0 == ":" }),
      self[..<separator].spelling == spelling
    else { return nil }
    return startIndex..<separator
  }
}

extension StringProtocol {
  /// What two spellings of a name have in common.
  fileprivate var spelling: String { lowercased().filter { $0.isLetter || $0.isNumber } }
}

extension TrainerFailure {
  /// The failure of a command that printed the selection metric in a form that is not read.
  init(metric: String, printedIn found: UnreadMetric) {
    self.init(
      .noMetric,
      """
      it did not report \(metric), the experiment's `metric`, in a form that is read; it printed “\(found.line)”\
      \(found.isWide ? " in UTF-16" : ""). Print a line of its own for it\(found.isWide ? ", in UTF-8" : ""), such as \
      print("\(metric)=\(found.value ?? "0.5")")
      """)
  }
}
