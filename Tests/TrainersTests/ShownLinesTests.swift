import PoptrainText
import Testing

@testable import PoptrainTrainers

struct `The lines that a terminal shows` {
  @Test(
    arguments: [
      ("one\ntwo\r\n\nthree", ["one", "two", "three"]),
      // A progress bar, finished, cut off, and erased.
      ("\r 10%|#   |\r100%|####|\ndone", ["100%|####|", "done"]), ("loss 1\rloss 2\r", ["loss 2"]),
      ("50%\r   \rTraceback", ["Traceback"]), ("50%\r\u{1B}[KTraceback", ["Traceback"]),
      ("50%\u{1B}[2K\nnext", ["next"]), ("5\u{8}6\u{8}7 steps", ["7 steps"]),
      // Two bars, each on a line of its own.
      ("a 1\nb 1\u{1B}[A\ra 2\n\rb 2\u{1B}[1A\ra 3\n\nend", ["a 3", "b 2", "end"]),
      ("\u{1B}[1;32mgreen\u{1B}[0m \u{1B}]0;title\u{7}and \u{1B}(Bplain\u{1B}", ["green and plain"]),
      ("\u{1B}]8;;http://example.org\u{1B}\\link\u{1B}]8;;\u{1B}\\", ["link"]),
      ("same\nsame\nother\nsame", ["same", "other", "same"]),
      ("\u{1B}[999A\u{1B}[99999999999999999999Bx\u{1B}[", ["x"]), ("", []), ("\r\r\n\u{1B}[K", []),
    ] as [(String, [String])])
  func `are those that were not drawn over`(_ text: String, _ lines: [String]) {
    #expect(shownLines(text) == lines)
  }

  @Test func `are few where the cursor jumps far`() {
    #expect(shownLines(String(repeating: "\u{1B}[100B", count: 1000) + "x\u{1B}[3Ay\u{1B}[2Bz") == ["y", "z", "x"])
  }
}
