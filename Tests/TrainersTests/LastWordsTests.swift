import PoptrainText
import Testing

@testable import PoptrainTrainers

@Suite(.timeLimit(.minutes(20)))
struct `The last words of a program` {
  /// Programs in Python, run for real, and what their end is to be called.
  static let python: [(script: String, cause: String)] = [
    (
      "raise RuntimeError('CUDA out of memory. Tried to allocate 20.00 MiB')",
      "RuntimeError: CUDA out of memory. Tried to allocate 20.00 MiB"
    ),
    ("try:\n    1 / 0\nexcept ZeroDivisionError:\n    raise KeyError('lr')", "KeyError: 'lr'"),
    ("try:\n    1 / 0\nexcept ZeroDivisionError as e:\n    raise OSError('no data') from e", "OSError: no data"),
    ("raise ValueError('first line\\nsecond line\\n  third')", "ValueError: first line"),
    ("assert 1 > 2", "AssertionError"),
    ("class Odd(Exception): pass\nraise Odd('x: y')", "Odd: x: y"),
    ("sys.stderr.write('\\r50%|###  | loss=0.5'); raise ValueError('in a bar')", "ValueError: in a bar"),
    (
      "import atexit; atexit.register(lambda: print('bye: 5 files uploaded\\n' * 30)); raise ValueError('early')",
      "ValueError: early"
    ),
    ("print('x' * 300_000, file=sys.stderr); raise ValueError('y' * 400_000)", "ValueError: yyyyyyyyyyyyyyy"),
    ("def f(n): f(n + 1)\nf(0)", "RecursionError: maximum recursion depth exceeded"),
    ("exec(compile('x = = 1', 'other.py', 'exec'))", "SyntaxError: invalid syntax"),
    ("import subprocess; sys.exit(subprocess.call([sys.executable, '-c', 'x = = 1']))", "SyntaxError: invalid syntax"),
    ("import subprocess; subprocess.run([sys.executable, '-c', 'raise ValueError(7)'], check=True)", "ValueError: 7"),
    (
      "if sys.version_info < (3, 11): sys.exit('ExceptionGroup: two (2 sub-exceptions): ValueError: a')\nraise ExceptionGroup('two', [ValueError('a'), TypeError('b')])",
      "ExceptionGroup: two (2 sub-exceptions): ValueError: a"
    ),
    (
      "print('[rank0]: Traceback (most recent call last):\\n[rank0]:   File \"x\", line 1, in f\\n[rank0]: ValueError: ranked'); sys.exit(1)",
      "ValueError: ranked"
    ),
  ]

  @Test(arguments: python) func `name the exception of Python`(_ script: String, _ cause: String) async throws {
    let workshop = try Workshop(script)
    let trainer = CommandTrainer(workshop.program(), metric: "score", writesResult: false) { _, _ in
      [Workshop.python, "-S", "train.py"]
    }
    let failure = try #require(await trainer.train(try workshop.assignment()).failure)
    #expect(failure.message.hasPrefix(cause), "\(failure.message)")
    #expect(failure.message.hasSuffix(" (it exited with status 1)"))
    #expect(failure.message.count < 400)
  }

  @Test(
    arguments: [
      (
        "terminate called after throwing an instance of 'std::runtime_error'\n  what():  no GPU\nAborted",
        "std::runtime_error: no GPU"
      ),
      (
        "libc++abi: terminating due to uncaught exception of type int",
        "libc++abi: terminating due to uncaught exception of type int"
      ),
      (
        "thread 'main' panicked at src/main.rs:2:5:\nindex out of bounds\nnote: run with `RUST_BACKTRACE=1`",
        "thread 'main' panicked at src/main.rs:2:5: index out of bounds"
      ),
      ("thread 'main' panicked at 'oh', src/main.rs:2:5\nnote: run", "thread 'main' panicked at 'oh', src/main.rs:2:5"),
      ("panic: oh\n\ngoroutine 1 [running]:\nmain.main()\nexit status 2", "panic: oh"),
      (
        "Swift/Array.swift:600: Fatal error: Index out of range\nCrash: …",
        "Swift/Array.swift:600: Fatal error: Index out of range"
      ),
      ("a.out: a.c:3: main: Assertion `x' failed.", "a.out: a.c:3: main: Assertion `x' failed."),
      ("train.sh: line 3: 12 Segmentation fault      ./train", "train.sh: line 3: 12 Segmentation fault      ./train"),
      (
        "Fatal Python error: Segmentation fault\n\nCurrent thread 0x1 (most recent call first):\n  File \"x.py\", line 3 in f\nExtension modules: a",
        "Fatal Python error: Segmentation fault"
      ),
      (
        "Exception in thread \"main\" java.lang.Error: oh\n\tat A.main(A.java:3)",
        "Exception in thread \"main\" java.lang.Error: oh"
      ),
      (
        "╭─── Traceback (most recent call last) ───╮\n│ train.py:3   │\n╰───╯\nValueError: drawn\nby rich",
        "ValueError: drawn"
      ),
      ("a.js:3\n  throw oh\n  ^\n\nTypeError: oh\n    at main (a.js:3:5)\n\nNode.js v20", "TypeError: oh"),
      (
        "F1129 12:00:00.1 7 a.cc:12] Check failed: x > 0\n*** Check failure stack trace: ***",
        "F1129 12:00:00.1 7 a.cc:12] Check failed: x > 0"
      ),
      ("epoch 3\nerror: 0.25", nil), ("epoch 3\ntest_error=0.25", nil), ("no news", nil), ("", nil),
      ("cannot open data.csv", "cannot open data.csv"),
    ] as [(String, String?)])
  func `name a crash of other languages, or an error in the last line`(_ text: String, _ cause: String?) {
    #expect(LastWords.cause(in: shownLines(text)) == cause)
  }

  @Test(arguments: [
    ("kill -9 $$", "it was ended by signal 9 (SIGKILL): often the kernel, out of memory"),
    ("kill -31 $$", "it was ended by signal 31 (SIGSYS): a system call that is forbidden here"),
    (
      "exit 137",
      "by which a shell tells that its program was ended by signal 9 (SIGKILL): often the kernel, out of memory"
    ),
    ("sh -c 'kill -11 $$'; exit $?", "ended by signal 11 (SIGSEGV): a segmentation fault)"),
    // What was caught and printed before is another matter.
    (
      "printf 'Traceback (most recent call last):\\n  File \"x\", line 1, in f\\nOSError: retried\\n'; kill -9 $$",
      "it was ended by signal 9 (SIGKILL): often"
    ),
    (
      "echo 'ERROR: retrying'; echo 'Segmentation fault in a child'; kill -9 $$",
      "it was ended by signal 9 (SIGKILL): often"
    ),
    ("echo 'ERROR: retrying'; kill -6 $$", "it was ended by signal 6 (SIGABRT): it called abort"),
    (
      "echo \"terminate called after throwing an instance of 'X'\"; kill -6 $$",
      "X' (it was ended by signal 6 (SIGABRT): it called abort)"
    ),
  ])
  func `say in words by which signal`(_ script: String, _ message: String) async throws {
    let workshop = try Workshop()
    let trainer = CommandTrainer(workshop.program(), metric: "score", writesResult: false) { _, _ in
      ["sh", "-c", script]
    }
    let failure = try #require(await trainer.train(try workshop.assignment()).failure)
    #expect(failure.message.contains(message), "\(failure.message)")
    #expect(!failure.message.hasPrefix("OSError") && !failure.message.hasPrefix("ERROR"))
  }
}
