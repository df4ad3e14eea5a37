internal import PoptrainText

/// Finds what a program that ended by an error said of it, among the lines that it printed.
enum LastWords {
  /// Why a program ended by itself, as far as it has said so.
  enum Cause: Hashable {
    /// The exception, panic or the like, in a form that is known: the first line of it.
    case error(String)
    /// The last line that it printed, which may or may not say why: a text that `sys.exit` or `die` was given looks like any other.
    case lastLine(String)
  }

  /// What a program that exited by itself said of the cause.
  static func cause(in shown: [String]) -> Cause? {
    // A progress bar is drawn once more when its loop is left by an exception.
    let lines = Array(shown[..<((shown.lastIndex { !isBar($0) } ?? -1) + 1)])
    // What was told before it went on with its work may have been got over.
    let work = lines.lastIndex(where: isWork)
    let exception = pythonException(in: lines)
    if let exception, exception.end >= work ?? 0 { return .error(exception.text) }
    let recent = work.map { Array(lines[($0 + 1)...]) } ?? lines
    if let error = error(in: recent) { return .error(error) }
    if let line = lastLine(of: recent) { return .lastLine(line) }
    // Others of its processes may have gone on a little, and where output is buffered it comes after what is said of errors.
    return (exception?.text ?? crash(in: lines) ?? uncaught(in: lines) ?? writtenError(in: lines, begins: errors))
      .map(Cause.error)
  }

  /// How errors begin, whatever wrote them.
  private static let errors = ["Exception in thread ", "Unhandled exception", "Error: ", "Error in ", "** ("]

  private static func error(in lines: [String]) -> String? {
    // A program that logs an error may go on.
    crash(in: lines) ?? uncaught(in: lines) ?? writtenError(in: lines, begins: errors + ["ERROR: ", "error: "])
      ?? lastLine(of: lines).flatMap { isComplaint($0) ? $0 : nil }
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

  /// What a language other than Python prints above, or around, the stack of an error that nobody caught.
  private static func uncaught(in lines: [String]) -> String? {
    for (index, line) in lines.enumerated().reversed() where index > 0 {
      let before = lines[index - 1].trimmed()
      // Lua and Haskell: the error, and then its stack.
      if line == "stack traceback:" || line.hasPrefix("CallStack (from HasCallStack):") { return before }
      // Perl ends with this line, after the one that says why.
      if line.hasPrefix("BEGIN failed--") || line.contains(/^Execution of .* aborted due to compilation errors/) {
        return before
      }
      // Node.js shows the line of source, and a caret below the place in it.
      if before == "^", lines[index...].contains(where: { $0.hasPrefix("Node.js v") }) { return line.trimmed() }
    }
    // Ruby: train.rb:3:in 'main': no data (RuntimeError)
    return lines.last { $0.contains(/^\S+:\d+:in .+: .+ \([A-Z][\w:]*\)$/) }
  }

  /// The last line that is written as errors are.
  private static func writtenError(in lines: [String], begins: [String]) -> String? {
    let exception = /^(Uncaught )?[A-Z]\w*(Error|Exception): .*/
    let found = lines.lastIndex { line in
      begins.contains(where: line.hasPrefix) || line.wholeMatch(of: exception) != nil
        || isOfPerl(line)
    }
    guard let found else { return nil }
    let line = lines[found].trimmed()
    // R and Dart go on in the next line.
    guard line.hasSuffix(":"), found + 1 < lines.count else { return line }
    return "\(line) \(lines[found + 1].trimmed())"
  }

  /// Whether a line says that something went wrong, in words or by the form in which shells say it.
  private static func isComplaint(_ line: String) -> Bool {
    // Not the metric of that name.
    let words =
      /(?i)(error|fatal|exception|abort|aborted|cannot|could not|not found|no such|denied|killed|out of memory)(?!\w)(?!\W*\d)/
    return line.contains(words) || line.contains(/^\S+:( line)? ?\d+: \S/)
  }

  /// no data at train.pl line 3.
  private static func isOfPerl(_ line: String) -> Bool { line.contains(/\ at \S+ line \d+(, <\S+> line \d+)?\.$/) }

  /// The last line, where it is neither a part of the work nor a warning that comes when a program is being ended.
  private static func lastLine(of lines: [String]) -> String? {
    var lines = lines[...]
    while let last = lines.last {
      if last.contains(/^(Node\.js v\d|Execution halted$|exit status \d)/) || isWarning(last) {
        lines.removeLast()
      } else if last.first?.isWhitespace == true, let before = lines.dropLast().last, isWarning(before) {
        // The line of source that Python shows below a warning.
        lines.removeLast(2)
      } else {
        let isLog = last.contains(/(?:^|\W)(INFO|DEBUG|TRACE)(?:\W|$)/)
        return isLog || isWork(last) ? nil : last.trimmed()
      }
    }
    return nil
  }

  private static func isWarning(_ line: String) -> Bool {
    line.contains(/Warning: |(?:^|\W)(WARN|WARNING)(?:\W|$)/)
  }

  /// Whether a line is of a program at work: a metric, or a progress bar.
  private static func isWork(_ line: String) -> Bool {
    // A progress bar may stand before the first line of a traceback.
    if line.contains("Traceback (most recent call last)") { return false }
    return isBar(line) || line.first?.isWhitespace == false && !printedMetrics(line[...]).isEmpty
      || line.contains(/(^|\W)[A-Za-z_]\w*=[-+]?\d+\.\d/)
  }

  private static func isBar(_ line: String) -> Bool {
    line.contains(/\d ?%\||\d ?(it|s|step|batch|iter)\/(s|it|step|batch|iter)\b/)
      && !line.contains("Traceback (most recent call last)")
  }

  // MARK: Python

  /// The exception that the last traceback ends with, and where that is.
  private static func pythonException(in lines: [String]) -> (text: String, end: Int)? {
    var found: String?
    var end = 0
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
        end = index - 1
        if isOfGroup {
          found = [exception, firstOfGroup(in: lines, &index)].compactMap { $0 }.joined(separator: ": ")
        } else if found == nil || !exception.contains(/^[\w.]*(ChildFailedError|CalledProcessError)(:|$)/) {
          // Those only say that a child has failed, which has said why.
          found = exception
        }
      }
    }
    return found.map { ($0, end) }
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
