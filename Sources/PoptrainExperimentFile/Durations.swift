internal import PopulationBasedTraining

/// The units of a duration in milliseconds, longest first.
private let units = [("d", 86_400_000), ("h", 3_600_000), ("min", 60_000), ("s", 1000), ("ms", 1)]

extension Item {
  /// A duration such as `30min`, `1h30min` or `250ms`; a number alone counts seconds.
  func duration(from least: Duration) -> Duration? {
    guard case .scalar(let written, _) = content, let milliseconds = milliseconds(written) else {
      wrong(
        "must be a duration, not \(shown)",
        remedy:
          "write a number with a unit (ms, s, min, h, d), such as `90s` or `1h30min`; without a unit it counts seconds")
      return nil
    }
    guard milliseconds <= 3650 * 86_400_000, .milliseconds(milliseconds.rounded()) >= least else {
      wrong("must be from \(least.shown) to 3650d, not \(shown)", remedy: "write a duration within these limits")
      return nil
    }
    return .milliseconds(milliseconds.rounded())
  }

  private func milliseconds(_ written: String) -> Double? {
    switch Scalar(written) {
    case .integer(let seconds): return Double(seconds) * 1000
    case .number(let seconds): return seconds * 1000
    case .text: break
    default: return nil
    }
    var total = 0.0
    var rest = written.filter { $0 != " " }[...]
    while !rest.isEmpty {
      let digits = rest.prefix { !$0.isLetter }
      rest = rest.dropFirst(digits.count)
      let unit = rest.prefix(while: \.isLetter)
      rest = rest.dropFirst(unit.count)
      guard let length = units.first(where: { $0.0 == unit })?.1 else { return nil }
      switch Scalar(String(digits)) {
      case .integer(let count) where count >= 0: total += Double(count) * Double(length)
      case .number(let count) where count >= 0: total += count * Double(length)
      default: return nil
      }
    }
    return total
  }
}

extension Duration {
  /// The shortest way to write it: `90min`, `250ms`.
  package var shown: String {
    let milliseconds = components.seconds * 1000 + components.attoseconds / 1_000_000_000_000_000
    guard milliseconds != 0, let unit = units.first(where: { milliseconds.isMultiple(of: Int64($0.1)) }) else {
      return "0s"
    }
    return "\(milliseconds / Int64(unit.1))\(unit.0)"
  }
}
