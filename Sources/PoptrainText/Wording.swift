package import Foundation

// How counts, times and sizes are written for people.

/// A count with a comma at the thousands: `12,345`.
package func grouped(_ count: Int) -> String {
  guard count.magnitude >= 1000 else { return "\(count)" }
  let last = "\(count.magnitude % 1000)"
  return grouped(count / 1000) + "," + String(repeating: "0", count: 3 - last.count) + last
}

/// A noun with its count: `1 step`, `2,000 steps`, `3 copies`.
package func counted(_ count: Int, _ noun: String) -> String {
  if count == 1 { return "1 \(noun)" }
  let plural = noun.hasSuffix("y") ? noun.dropLast() + "ies" : noun + "s"
  return "\(grouped(count)) \(plural)"
}

/// A time such as `0.02 s`, `1.2 s`, `12 s`, `3 min 20 s`, `30 min`, `1 h 5 min`.
package func spoken(_ duration: Duration) -> String {
  func rest(_ count: Int, _ unit: String) -> String { count == 0 ? "" : " \(count) \(unit)" }
  let seconds = duration / .seconds(1)
  switch seconds {
  case ..<1: return String(format: "%.2g s", seconds)
  case ..<10: return String(format: "%.1f s", seconds)
  case ..<60: return "\(Int(seconds)) s"
  case ..<3600: return "\(Int(seconds) / 60) min" + rest(Int(seconds) % 60, "s")
  default: return "\(Int(seconds) / 3600) h" + rest(Int(seconds) / 60 % 60, "min")
  }
}

/// A moment such as `2026-01-01 00:00`, in the time zone of the machine.
package func spoken(_ moment: Date) -> String {
  let style = Date.ISO8601FormatStyle(dateTimeSeparator: .space, timeZone: .current)
  return String(moment.formatted(style.year().month().day().time(includingFractionalSeconds: false)).prefix(16))
}

/// A size such as `72.3 kB`.
package func spoken(bytes: Int) -> String {
  let units = [bytes == 1 ? "byte" : "bytes", "kB", "MB", "GB", "TB", "PB", "EB"]
  var size = Double(bytes)
  var unit = 0
  // From there on it is rounded to 1000.
  while size >= 999.5 {
    size /= 1000
    unit += 1
  }
  return String(format: "%.3g ", size) + units[unit]
}

// How the text of others is shortened for them.

extension StringProtocol {
  /// The text without white space at its ends.
  package func trimmed() -> String {
    var text = Substring(self)
    while text.last?.isWhitespace == true { text.removeLast() }
    while text.first?.isWhitespace == true { text.removeFirst() }
    return String(text)
  }
}

extension String {
  /// The text, or its beginning and its end where it is long.
  package func shortened(to count: Int) -> String {
    self.count <= count ? self : "\(prefix(count * 4 / 5)) … \(suffix(count / 5))"
  }

  /// The words of a message: what is the same where only numbers, addresses and drawings differ.
  package var wording: String {
    split(whereSeparator: \.isWhitespace).filter { !$0.contains(where: \.isNumber) }.joined(separator: " ")
      .filter { $0.isLetter || $0 == " " }
  }
}
