import CPoptrain
import Foundation

/// The terminal that standard output is connected to.
enum Terminal {
  /// Whether there is one that can move its cursor.
  static var isInteractive: Bool {
    isatty(STDOUT_FILENO) == 1 && ProcessInfo.processInfo.environment["TERM"] != "dumb"
  }

  /// Its width and height in characters.
  static var size: (columns: Int, rows: Int) {
    var columns: UInt16 = 0
    var rows: UInt16 = 0
    guard poptrain_window_size(STDOUT_FILENO, &columns, &rows) == 0, columns > 0, rows > 0 else { return (80, 24) }
    return (Int(columns), Int(rows))
  }
}

/// A block of lines at the bottom of the terminal that is drawn over itself.
struct Frame {
  private var height = 0

  /// Draws lines in the place of those before, cut at the width of the terminal.
  mutating func draw(_ lines: [String]) {
    let columns = Terminal.size.columns
    var text = "\u{1B}[?25l" + (height > 0 ? "\u{1B}[\(height)A\r" : "")
    for line in lines { text += String(line.prefix(columns - 1)) + "\u{1B}[K\n" }
    text += "\u{1B}[J\u{1B}[?25h"
    StandardOutput.write(Data(text.utf8))
    height = lines.count
  }

  /// Writes lines that stay, above the block.
  mutating func insert(_ lines: [String]) {
    guard !lines.isEmpty else { return }
    var text = height > 0 ? "\u{1B}[\(height)A\r\u{1B}[J" : ""
    for line in lines { text += line + "\n" }
    StandardOutput.write(Data(text.utf8))
    height = 0
  }
}
