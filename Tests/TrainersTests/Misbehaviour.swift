import PopulationBasedTraining
import Testing

@testable import PoptrainTrainers

/// What the first process of a trainer does instead of training, and what is made of it.
struct Misbehaviour: Sendable, CustomTestStringConvertible {
  let testDescription: String
  let script: String
  let reason: FailureReason
  let message: String

  init(_ name: String, _ script: String, _ reason: FailureReason, _ message: String) {
    testDescription = name
    self.script = script
    self.reason = reason
    self.message = message
  }

  static let all = endings + garbage + reports

  private static let endings = [
    Misbehaviour(
      "dies before it connects", "sys.exit(4)", .notStarted,
      "never connected to POPTRAIN_SOCKET and exited with status 4"),
    Misbehaviour(
      "dies of an exception before it connects", "import no_such_module", .notStarted,
      "ModuleNotFoundError: No module named 'no_such_module' ("),
    Misbehaviour(
      "dies before hello", "connect(); sys.exit(5)", .exited,
      "its process exited with status 5"),
    Misbehaviour(
      "dies of an exception", "begin(); raise ValueError('oh')", .exited,
      "ValueError: oh (its process exited with status 1)"),
    Misbehaviour(
      "dies by a signal", "begin(); os.kill(os.getpid(), signal.SIGKILL)", .exited,
      "its process was ended by signal 9 (SIGKILL): often the kernel, out of memory"),
    Misbehaviour(
      "ends well without having answered", "begin(); sys.exit(0)", .exited,
      "it closed the connection; its process exited with status 0"),
    Misbehaviour(
      "closes the socket and lives on", "begin(); import raw; raw.stream.close(); raw.sock.close(); signal.pause()",
      .exited,
      "it closed the connection, and its process was ended 5.0 s later"),
    Misbehaviour(
      "closes the socket after an exception and lives on",
      "begin(); import raw; print('Traceback (most recent call last):\\n  File \"t.py\", line 1, in t\\nValueError: oh'); raw.stream.close(); raw.sock.close(); signal.pause()",
      .exited,
      "ValueError: oh (it closed the connection, and its process was ended 5.0 s later)"),
    Misbehaviour(
      "dies while a child holds the socket", "begin(); os.fork() or signal.pause(); os._exit(6)", .exited,
      "its process exited with status 6"),
  ]

  private static let garbage = [
    Misbehaviour(
      "begins without hello", #"connect(); say(type="progress", interval="0-1-abc"); signal.pause()"#, .garbage,
      "its first message is not `hello`; its process was ended"),
    Misbehaviour(
      "speaks another version", #"connect(); say(type="hello", protocol=2); signal.pause()"#, .garbage,
      "it speaks version 2 of the protocol, not 1"),
    Misbehaviour(
      "prints on the socket", #"begin(); send("epoch 1\t done\n"); signal.pause()"#, .garbage,
      "it sent a line that is not JSON (expected a value at byte 0): “epoch 1· done”; its process was ended"),
    Misbehaviour(
      "sends what is not UTF-8", #"begin(); send(b'{"type": "\xff"}\n')"#, .garbage, "a text that is not UTF-8"),
    Misbehaviour(
      "sends a line without an end", #"begin(); send(b"x" * 100_000_000)"#, .garbage,
      "it sent a line of more than 8 MiB"),
    Misbehaviour(
      "logs without end",
      #"i = begin(); [say(type="log", interval=i["id"], metrics={"score": n}) for n in range(200_000)]"#, .garbage,
      "it logged more than 100000 values in one interval"),
    Misbehaviour(
      "answers for another interval", #"begin(); say(type="done", interval="9-9-x", metrics={})"#, .garbage,
      "it answered for 9-9-x, not for 0-1-abc"),
    Misbehaviour(
      "says hello twice", #"begin(); say(type="hello", protocol=1)"#, .garbage,
      "it answered for no interval, not for 0-1-abc"),
    Misbehaviour(
      "sends an unknown type", #"i = begin(); say(type="finished", interval=i["id"])"#, .garbage,
      "it sent a message of an unknown type: “{"),
    Misbehaviour(
      "sends no type", #"i = begin(); say(interval=i["id"])"#, .garbage, "it sent a message without a type"),
    Misbehaviour("sends no object", #"begin(); send("[1]\n")"#, .garbage, "it sent a message without a type: “[1]”"),
    Misbehaviour("names no interval", #"begin(); say(type="progress")"#, .garbage, "names no interval"),
  ]

  private static let reports = [
    Misbehaviour(
      "is done without metrics", #"i = begin(); say(type="done", interval=i["id"])"#, .garbage,
      "the report has no object `metrics`"),
    Misbehaviour(
      "reports half a step", #"i = begin(); done(i, steps=1.5)"#, .garbage, "`steps` is not a whole number"),
    Misbehaviour(
      "reports steps beyond all counting", #"i = begin(); done(i, {"score": [1, 2]}, steps=2**63 - 1)"#, .garbage,
      "`steps` is not a whole number of at most 2^53"),
    Misbehaviour(
      "had another value in force", #"i = begin(); done(i, in_force={"lr": 0.2})"#, .notInForce,
      "lr was given as 0.1, but 0.2 was applied. Nothing was loaded"),
    Misbehaviour(
      "had an unknown value in force", #"i = begin(); done(i, in_force={"rate": 0.2})"#, .garbage,
      "it declared rate, which is not a hyperparameter"),
    Misbehaviour(
      "has a list in force", #"i = begin(); done(i, in_force=["lr"])"#, .garbage, "`in_force` is not an object"),
    Misbehaviour(
      "has a list in force at the end", #"i = begin(); done(i, in_force_at_end=["lr"])"#, .garbage,
      "`in_force_at_end` is not an object"),
    Misbehaviour(
      "had another value in force at the end",
      #"i = begin(); done(i, in_force={"lr": 0.1}, in_force_at_end={"lr": 0})"#,
      .notInForce, "lr was applied as given, 0.1, at first, but was 0 at the end of the interval"),
  ]
}
