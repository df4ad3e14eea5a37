import CPoptrain
import Foundation

/// The terminal that standard output is connected to.
enum Terminal {
  private static let environment = ProcessInfo.processInfo.environment

  /// Whether there is one that can move its cursor.
  static let isInteractive = isatty(STDOUT_FILENO) == 1 && environment["TERM"] != "dumb"

  /// Whether what is written to a descriptor may be in colour.
  static func hasColor(_ descriptor: CInt = STDOUT_FILENO) -> Bool {
    func says(_ name: String) -> Bool { !(environment[name] ?? "").isEmpty }
    if says("NO_COLOR") { return false }
    for name in ["CLICOLOR_FORCE", "FORCE_COLOR"] where says(name) && environment[name] != "0" { return true }
    return isatty(descriptor) == 1 && environment["TERM"] != "dumb"
  }

  /// Whether it shows more than ASCII: not where the locale names another encoding than UTF-8.
  static let isUnicode: Bool = {
    let names = ["LC_ALL", "LC_CTYPE", "LANG"].compactMap { environment[$0] }
    guard let locale = names.first(where: { !$0.isEmpty })?.lowercased() else { return true }
    return locale.contains("utf-8") || locale.contains("utf8")
  }()

  /// Its width and height in characters.
  static var size: (columns: Int, rows: Int) {
    var columns: UInt16 = 0
    var rows: UInt16 = 0
    guard poptrain_window_size(STDOUT_FILENO, &columns, &rows) == 0, columns > 0, rows > 0 else { return (80, 24) }
    return (Int(columns), Int(rows))
  }

  /// The width into which lines have to fit; a file has room for all.
  static var width: Int { isatty(STDOUT_FILENO) == 1 ? size.columns : .max }

  /// Whether another program has it now: this one was sent into the background.
  static var isTaken: Bool {
    let owner = tcgetpgrp(STDOUT_FILENO)
    return owner > 0 && owner != getpgrp()
  }
}

/// Lines at the bottom of the terminal that are drawn over themselves.
///
/// Between two writes the terminal is as a program finds it, so however this one ends, nothing has to be restored.
struct Frame {
  /// The columns of the lines that are there.
  private var drawn: [Int] = []
  /// The width of the terminal for which they were drawn.
  private var width = 0
  /// The count of suspensions when they were drawn, and at the last SIGCONT.
  private var suspensions = (drawn: CInt(0), continued: CInt(0))

  /// Draws lines in the place of those before, cut at the size of the terminal.
  mutating func draw(_ lines: [Line]) {
    guard !Terminal.isTaken else { return forget() }
    forgetIfSuspended()
    let size = Terminal.size
    let lines = lines.prefix(max(1, size.rows - 1)).map { $0.cut(to: size.columns - 1) }
    var text = "\u{1B}[?25l" + back(in: size.columns)
    for line in lines { text += written(line) + "\u{1B}[K\n" }
    text += "\u{1B}[J\u{1B}[?25h"
    StandardOutput.write(Data(text.utf8))
    drawn = lines.map(\.columns)
    width = size.columns
  }

  /// Writes lines that stay, above the others.
  mutating func insert(_ lines: [Line]) {
    guard !lines.isEmpty else { return }
    forgetIfSuspended()
    var text = back(in: Terminal.size.columns)
    // What is below is erased last: erased as a whole, a screen would be kept by some terminals as one to scroll back to.
    for line in lines { text += written(line) + "\u{1B}[K\n" }
    StandardOutput.write(Data((text + "\u{1B}[J").utf8))
    forget()
  }

  /// Leaves what is there, and begins anew below: others have written meanwhile.
  mutating func forget() { drawn = [] }

  /// Begins anew below after the process was stopped by SIGSTOP. A suspension by the terminal (SIGTSTP) is handled by `draw` and
  /// `insert`, because the next frame may come before SIGCONT is reported.
  mutating func forgetIfStopped() {
    let count = poptrain_suspensions()
    if suspensions.continued == count { forget() }
    suspensions.continued = count
  }

  private mutating func forgetIfSuspended() {
    let count = poptrain_suspensions()
    if suspensions.drawn != count { forget() }
    suspensions.drawn = count
  }

  private func written(_ line: Line) -> String {
    line.written(inColor: Terminal.hasColor(), inUnicode: Terminal.isUnicode)
  }

  /// Moves the cursor to the first line. A terminal that became narrower has broken lines in two.
  private func back(in columns: Int) -> String {
    let rows = drawn.reduce(0) { $0 + (columns < width ? max(1, ($1 + columns - 1) / columns) : 1) }
    return rows > 0 ? "\u{1B}[\(rows)A\r" : ""
  }
}
