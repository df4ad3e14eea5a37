import Foundation
import PopulationBasedTraining
import Testing

@testable import PoptrainTrainers

/// A folder with Python trainers and their output, removed at the end.
final class Workshop: Sendable {
  let path: String

  init(_ script: String = "serve()") throws {
    path = NSTemporaryDirectory() + "trainers-\(UUID().uuidString)"
    try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
    try write(Workshop.raw, to: "raw.py")
    try write("from raw import *\n" + script, to: "train.py")
  }

  deinit { try? FileManager.default.removeItem(atPath: path) }

  func write(_ text: String, to name: String) throws {
    try text.write(toFile: "\(path)/\(name)", atomically: true, encoding: .utf8)
  }

  func text(of name: String) -> String {
    (try? String(contentsOfFile: "\(path)/\(name)", encoding: .utf8)) ?? ""
  }

  /// The text of a part of the log.
  func text(of segment: LogSegment?) throws -> String {
    let segment = try #require(segment)
    let bytes = try Data(contentsOf: URL(filePath: "\(path)/\(segment.file)"))
    return String(decoding: bytes[segment.bytes], as: UTF8.self)
  }

  func program(
    _ command: [String] = [Workshop.python, "-S", "train.py"], hangTimeout: Duration = .seconds(600),
    environment: [String: String] = [:]
  ) -> TrainerProgram {
    var variables = ProcessInfo.processInfo.environment
    variables["PYTHONUNBUFFERED"] = "1"
    variables.merge(environment) { $1 }
    return TrainerProgram(
      command: command, folder: path, environment: variables, logPath: path + "/trainer.log", hangTimeout: hangTimeout)
  }

  func session(hangTimeout: Duration = .seconds(600), intervalsPerProcess: Int? = nil) -> SessionTrainer {
    SessionTrainer(program(hangTimeout: hangTimeout), space: space, intervalsPerProcess: intervalsPerProcess)
  }

  func assignment(_ number: Int = 1, hyperparameters: Hyperparameters? = nil) throws -> Assignment {
    let saveTo = "\(path)/save-\(UUID().uuidString)"
    try FileManager.default.createDirectory(atPath: saveTo, withIntermediateDirectories: true)
    return Assignment(
      id: "0-\(number)-abc", member: 0, number: number, kind: .train, ages: (number - 1) * 10..<number * 10,
      totalSteps: 100, memberSteps: 0, donor: nil, seed: 7, hyperparameters: hyperparameters ?? values,
      checkpoint: nil, parent: nil, saveTo: saveTo)
  }

  /// Returns when no process holds the lock that every trainer takes and hands down to its children.
  func everyoneIsGone() async {
    let path = path + "/alive"
    await withCheckedContinuation { continuation in
      DispatchQueue(label: "lock").async { @Sendable in
        let descriptor = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0o600)
        flock(descriptor, LOCK_EX)
        close(descriptor)
        continuation.resume()
      }
    }
  }

  /// The interpreter itself, without the detours that may stand first in PATH.
  static let python: String = {
    let process = Process()
    let output = Pipe()
    process.executableURL = URL(filePath: "/usr/bin/env")
    process.arguments = ["python3", "-c", "import sys; print(sys.executable)"]
    process.standardOutput = output
    try? process.run()
    let path = String(decoding: output.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
    return path.isEmpty ? "python3" : path.trimmingCharacters(in: .whitespacesAndNewlines)
  }()

  /// The protocol with nothing but sockets. `FIRST` holds in the first process of a folder only.
  private static let raw = """
    import fcntl, json, os, signal, socket, sys, time
    FIRST = not os.path.exists("alive")
    alive = open("alive", "a")
    fcntl.flock(alive, fcntl.LOCK_SH)

    def connect():
        global sock, stream
        sock = socket.socket(socket.AF_UNIX)
        sock.connect(os.environ["POPTRAIN_SOCKET"])
        stream = sock.makefile("rb")

    def send(text):
        sock.sendall(text if isinstance(text, bytes) else text.encode())

    def say(**message):
        send(json.dumps(message) + "\\n")

    def hear():
        line = stream.readline()
        return json.loads(line) if line else {"type": "end"}

    def intervals():
        while True:
            message = hear()
            if message["type"] == "end":
                return
            if message["type"] == "train":
                yield from message["intervals"]

    def hello(capacity=1):
        connect()
        say(type="hello", protocol=1, client="test/1", capacity=capacity)

    def batches():
        while (message := hear())["type"] == "train":
            yield message["intervals"]

    def begin():
        hello()
        return next(intervals())

    def done(interval, metrics=None, **more):
        if metrics is None:
            metrics = {"score": 0.5, "pid": os.getpid()}
        say(type="done", interval=interval["id"], metrics=metrics, **more)

    def serve():
        hello()
        for interval in intervals():
            done(interval)

    """
}

let space = Space([
  Hyperparameter("lr", .logUniform(1e-6, 1)), Hyperparameter("layers", .integer(1, 9)),
  Hyperparameter("act", .choice([.text("relu"), .text("tanh")])), Hyperparameter("norm", .fixed(.boolean(true))),
])

let values: Hyperparameters = ["lr": .number(0.1), "layers": .integer(3), "act": .text("relu"), "norm": .boolean(true)]

extension Trainer {
  func train(
    _ assignment: Assignment, progress: @escaping @Sendable (Int) -> Void = { _ in }
  ) async -> TrainerOutcome {
    await train([assignment]) { _, age in progress(age) }[0]
  }
}

extension TrainerOutcome {
  var trained: TrainedInterval? { if case .trained(let trained) = self { trained } else { nil } }
  var failure: TrainerFailure? { if case .failed(let failure) = self { failure } else { nil } }
  /// The process that trained, where it reports it.
  var process: Int? { trained?.metrics["pid"].map { Int($0) } }
}

/// Waits until a FIFO exists and a trainer has opened it.
func opened(_ path: String) async {
  await withCheckedContinuation { continuation in
    DispatchQueue(label: "fifo").async { @Sendable in
      var descriptor = open(path, O_RDONLY | O_CLOEXEC)
      while descriptor < 0 {
        sched_yield()
        descriptor = open(path, O_RDONLY | O_CLOEXEC)
      }
      close(descriptor)
      continuation.resume()
    }
  }
}
