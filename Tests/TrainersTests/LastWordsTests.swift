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
      ("epoch 3\nerror: 0.25", nil), ("epoch 3\ntest_error=0.25", nil), ("", nil),
      ("cannot open data.csv", "cannot open data.csv"),
      ("train.sh: line 3: DATA: unbound variable", "train.sh: line 3: DATA: unbound variable"),
      ("train.sh: 3: DATA: parameter not set", "train.sh: 3: DATA: parameter not set"),
      ("train.sh:3: DATA: parameter not set", "train.sh:3: DATA: parameter not set"),
      ("epoch 1\nempty batch at train.pl line 12.", "empty batch at train.pl line 12."),
      (
        "Can't locate Model.pm in @INC (@INC entries checked: /usr/lib) at train.pl line 3.\nBEGIN failed--compilation aborted at train.pl line 3.",
        "Can't locate Model.pm in @INC (@INC entries checked: /usr/lib) at train.pl line 3."
      ),
      (
        "train.rb:3:in `load': no data (RuntimeError)\n\tfrom train.rb:7:in `<main>'",
        "train.rb:3:in `load': no data (RuntimeError)"
      ),
      (
        "train.rb:3:in 'load': no data (My::Odd)\n\tfrom train.rb:7:in '<main>'",
        "train.rb:3:in 'load': no data (My::Odd)"
      ),
      (
        "a.js:3\n    throw new Odd('no data')\n    ^\n\nOdd: no data\n    at a.js:3:11\n\nNode.js v18.19.0",
        "Odd: no data"
      ),
      (
        "node:internal/process/promises:288\n            triggerUncaughtException(err, true);\n            ^\n\nno data\n(Use `node --trace-uncaught ...` to show where the exception was thrown)\n\nNode.js v18.19.0",
        "no data"
      ),
      ("ERROR: LoadError: no data\nStacktrace:\n [1] error(s::String)\n", "ERROR: LoadError: no data"),
      ("Error in train(data) : no data\nCalls: train\nExecution halted", "Error in train(data) : no data"),
      (
        "Error in read.csv(\"a long name.csv\", header = TRUE) : \n  no lines available in input\nExecution halted",
        "Error in read.csv(\"a long name.csv\", header = TRUE) : no lines available in input"
      ),
      (
        "lua: train.lua:3: no data\nstack traceback:\n\t[C]: in function 'error'\n\ttrain.lua:3: in main chunk",
        "lua: train.lua:3: no data"
      ),
      ("train: no data\nCallStack (from HasCallStack):\n  error, called at", "train: no data"),
      (
        "Unhandled exception. System.Exception: no data\n   at Train.Main()",
        "Unhandled exception. System.Exception: no data"
      ),
      ("Unhandled exception:\nno data\n#0 main (train.dart:3:3)", "Unhandled exception: no data"),
      ("** (RuntimeError) no data\n    train.exs:3: (file)", "** (RuntimeError) no data"),
      // What was got over is no cause.
      ("ERROR: no GPU, going on without\nloss=0.5", nil),
      ("ERROR: retrying\n 40%|####      | 4/10 [00:01<00:01, 4.0it/s]\nloss=0.5", nil),
      // Output that was buffered comes last.
      ("no data at train.pl line 3, <STDIN> line 1.\nloss=0.5", "no data at train.pl line 3, <STDIN> line 1."),
      ("Error: no data\nepoch 1\nloss=0.5", "Error: no data"),
    ] as [(String, String?)])
  func `name a crash of other languages, or an error in the last line`(_ text: String, _ cause: String?) {
    #expect(LastWords.cause(in: shownLines(text)) == cause.map(LastWords.Cause.error))
  }

  @Test(
    arguments: [
      ("no training data", "no training data"), ("loss=0.5\nno training data", "no training data"),
      ("Loading\n 40%|####      | 4/10 [00:01<00:01, 4.0it/s]\nno training data", "no training data"),
      (
        "no training data\n/usr/lib/resource_tracker.py:224: UserWarning: There appear to be 1 leaked objects\n  warnings.warn('leaked')",
        "no training data"
      ),
      ("no training data\n 40%|####      | 4/10 [00:01<00:01, 4.0it/s]", "no training data"),
      ("OSError: retried\nloss=0.5\nquota exceeded", "quota exceeded"),
      ("stopped\nWARNING:root:closing", "stopped"), ("loss=0.5", nil), ("no data\nloss=0.5", nil),
      ("INFO:root:epoch done", nil), ("2026-01-01 12:00:00 [INFO] epoch done", nil),
      (" 40%|####      | 4/10 [00:01<00:01, 4.0it/s]", nil), ("{\"loss\": 0.5}", nil),
    ] as [(String, String?)])
  func `quote what was printed last, unless it is part of the work`(_ text: String, _ line: String?) {
    #expect(LastWords.cause(in: shownLines(text)) == line.map(LastWords.Cause.lastLine))
  }

  @Test(arguments: [
    (
      ["python3", "-c", "import sys; print('loss=0.5', flush=True); sys.exit('no training data')"], "no training data",
      1
    ),
    (["bash", "-c", "set -u; echo $DATA"], "bash: line 1: DATA: unbound variable", 127),
    (["sh", "-c", "echo step; echo 'give me data' >&2; exit 3"], "give me data", 3),
    (["perl", "-e", "die 'no data'"], "no data at -e line 1.", 255),
  ])
  func `are the headline of real programs`(_ command: [String], _ cause: String, _ status: Int) async throws {
    let workshop = try Workshop()
    let trainer = CommandTrainer(workshop.program(), metric: "score", writesResult: false) { _, _ in command }
    let failure = try #require(await trainer.train(try workshop.assignment()).failure)
    #expect(failure.message.hasPrefix("\(cause) ("), "\(failure.message)")
    #expect(failure.message.contains("it exited with status \(status)"), "\(failure.message)")
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
