internal import PoptrainText

/// Finds what a program that ended by an error said of it, among the lines that it printed.
enum LastWords {
  /// The exception, panic or the like by which a program ended, where it said so in a way that is known: the first line of it.
  static func cause(in lines: [String]) -> String? {
    pythonException(in: lines) ?? crash(in: lines) ?? error(in: lines) ?? complaint(in: lines)
  }

  /// What a runtime says when it gives up, of whatever language but Python, whose exceptions end a program in good order.
  static func crash(in lines: [String]) -> String? {
    for (index, line) in lines.enumerated().reversed() {
      let next = index + 1 < lines.count ? lines[index + 1].trimmed() : ""
      if let found = line.wholeMatch(of: /terminate called after throwing an instance of '(.+)'/) {
        return next.hasPrefix("what():") ? "\(found.1): \(next.dropFirst(7).trimmed())" : line
      }
      if line.hasPrefix("thread '"), line.contains(" panicked at ") {
        return line.hasSuffix(":") ? "\(line) \(next)" : line
      }
      let begins = [
        "terminate called", "libc++abi: terminating", "panic: ", "fatal error: ", "Fatal Python error: ",
        "*** stack smashing detected", "double free or corruption", "malloc(): ", "free(): ",
      ]
      let contains = [
        "Fatal error: ", ": Assertion `", "Check failed: ", "Segmentation fault", "Bus error",
        "Floating point exception",
      ]
      if begins.contains(where: line.hasPrefix) || contains.contains(where: line.contains) { return line }
    }
    return nil
  }

  /// The last line that is written as errors are.
  private static func error(in lines: [String]) -> String? {
    let exception = /^(Uncaught )?[A-Z]\w*(Error|Exception): .*/
    let begins = ["Exception in thread ", "ERROR: ", "Error: ", "Error in "]
    return lines.last { line in begins.contains(where: line.hasPrefix) || line.wholeMatch(of: exception) != nil }
  }

  /// The last line, where it looks like an error.
  private static func complaint(in lines: [String]) -> String? {
    // Not the metric of that name.
    let words =
      /(?i)(error|fatal|exception|abort|aborted|cannot|could not|not found|no such|denied|killed|out of memory)(?!\w)(?!\W*\d)/
    return lines.last.flatMap { $0.contains(words) ? $0.trimmed() : nil }
  }

  // MARK: Python

  /// The exception that the last traceback ends with.
  private static func pythonException(in lines: [String]) -> String? {
    var found: String?
    /// What stands before each line of the traceback at hand: other programs put something there.
    var prefix: String?
    var isOfGroup = false
    var index = 0
    while index < lines.count {
      let line = lines[index]
      index += 1
      if let header = line.firstRange(of: "Traceback (most recent call last)") {
        let before = line[..<header.lowerBound]
        isOfGroup = before.hasSuffix("+ Exception Group ")
        let expected = isOfGroup ? before.dropLast("+ Exception Group ".count) + "| " : before
        // A progress bar may stand before the first line alone.
        prefix = index < lines.count && lines[index].hasPrefix(expected) ? String(expected) : ""
      } else if prefix == nil, line.hasPrefix("  File \""), line.contains(/", line \d+$/) {
        // A program that cannot be parsed has no traceback.
        (prefix, isOfGroup) = ("", false)
      } else if let before = prefix, line.hasPrefix(before), isException(line.dropFirst(before.count)) {
        let exception = String(line.dropFirst(before.count)).trimmed()
        prefix = nil
        if isOfGroup {
          found = [exception, firstOfGroup(in: lines, &index)].compactMap { $0 }.joined(separator: ": ")
        } else if found == nil || !exception.contains(/^[\w.]*(ChildFailedError|CalledProcessError)(:|$)/) {
          // Those only say that a child has failed, which has said why.
          found = exception
        }
      }
    }
    return found
  }

  /// The first exception of a group, whose lines are passed over.
  private static func firstOfGroup(in lines: [String], _ index: inout Int) -> String? {
    var first: String?
    while index < lines.count, let match = lines[index].firstMatch(of: /^ *[|+](?: (.*)|.*)$/) {
      if first == nil, let text = match.1, isException(text) { first = String(text).trimmed() }
      index += 1
    }
    return first
  }

  /// Whether a line is the name of a class, alone or before a message.
  private static func isException(_ line: Substring) -> Bool {
    line.wholeMatch(of: /[\p{L}_][\w.<>]*(:( .*)?)?/) != nil
  }
}
