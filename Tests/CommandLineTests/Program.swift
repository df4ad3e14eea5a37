import Foundation
import PoptrainJSON
import Synchronization
import Testing

/// What a run of the program printed and how it ended.
struct Result {
  var status: Int32
  var output: String
  var errors: String

  var lines: [String] { output.split(separator: "\n").map(String.init) }
}

/// The program under test, as a user runs it.
enum Program {
  /// The folder of the sources.
  static let sources = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
    .deletingLastPathComponent()

  /// The program that was built with the tests.
  static let path = Bundle.main.bundleURL.appendingPathComponent("poptrain").path

  /// Whether the long tests are to run too.
  static let isSlow = ProcessInfo.processInfo.environment["POPTRAIN_SLOW_TESTS"] != nil

  static func process(_ arguments: [String], in folder: Folder) -> Process {
    let process = Process()
    process.executableURL = URL(fileURLWithPath: path)
    process.arguments = arguments
    process.currentDirectoryURL = folder.url
    var environment = ProcessInfo.processInfo.environment
    environment["PYTHONPATH"] = sources.appendingPathComponent("python").path
    environment["CUDA_VISIBLE_DEVICES"] = "4,5,6,7"
    environment["OMP_NUM_THREADS"] = nil
    environment["XDG_CACHE_HOME"] = folder.url.appendingPathComponent(".cache").path
    process.environment = environment
    process.standardInput = FileHandle.nullDevice
    return process
  }

  /// Runs the program to its end.
  @discardableResult
  static func run(_ arguments: String..., in folder: Folder) async throws -> Result {
    try await run(arguments: arguments, in: folder)
  }

  /// Runs the program to its end.
  static func run(arguments: [String], in folder: Folder) async throws -> Result {
    try await run(process(arguments, in: folder), in: folder)
  }

  /// Runs lines as a user types them into a shell.
  static func runShell(_ script: String, in folder: Folder) async throws -> Result {
    let process = process(["-c", script], in: folder)
    process.executableURL = URL(fileURLWithPath: "/bin/sh")
    let search = ProcessInfo.processInfo.environment["PATH"] ?? ""
    process.environment?["PATH"] = "\(URL(fileURLWithPath: path).deletingLastPathComponent().path):\(search)"
    return try await run(process, in: folder)
  }

  static func run(_ process: Process, in folder: Folder) async throws -> Result {
    // What is asked of a run that goes on does not wait while it keeps the processors busy.
    guard !folder.hasRun else { return try await runNow(process, in: folder) }
    return try await turns.take { try await runNow(process, in: folder) }
  }

  /// Tests run all at once, and each holds descriptors while its program runs. With more than 1,300 of them, Foundation's
  /// `Process` may read beyond the list of them and crash (swift-corelibs-foundation, pull request 5472).
  private static let turns = Turns(32)

  private static func runNow(_ process: Process, in folder: Folder) async throws -> Result {
    let output = folder.url.appendingPathComponent(".out-\(UUID())")
    let errors = folder.url.appendingPathComponent(".err-\(UUID())")
    for file in [output, errors] { _ = FileManager.default.createFile(atPath: file.path, contents: nil) }
    defer { for file in [output, errors] { try? FileManager.default.removeItem(at: file) } }
    let writing = try [FileHandle(forWritingTo: output), FileHandle(forWritingTo: errors)]
    // A process that has ended keeps them open.
    defer { for handle in writing { try? handle.close() } }
    (process.standardOutput, process.standardError) = (writing[0], writing[1])
    try await process.runToEnd()
    return Result(
      status: process.terminationStatus, output: try String(contentsOf: output, encoding: .utf8),
      errors: try String(contentsOf: errors, encoding: .utf8))
  }

  /// Starts a run whose output is read line by line while it goes on.
  static func start(_ arguments: String..., in folder: Folder) throws -> Running {
    try start(arguments: arguments, in: folder)
  }

  /// Starts a run whose output is read line by line while it goes on.
  static func start(arguments: [String], in folder: Folder) throws -> Running {
    try start(process(arguments, in: folder), in: folder)
  }

  /// Starts a run in an environment of its own.
  static func start(_ process: Process, in folder: Folder) throws -> Running {
    // Tests may be run where SIGHUP is ignored, which a process inherits.
    process.arguments = ["--default-signal=HUP", path] + (process.arguments ?? [])
    process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
    let pipe = Pipe()
    process.standardOutput = pipe
    process.standardError = FileHandle.nullDevice
    folder.noteRun()
    try process.run()
    return Running(process: process, output: pipe.fileHandleForReading)
  }
}

/// A run that goes on.
struct Running {
  let process: Process
  let output: FileHandle

  /// The next line; none at the end, or where nothing comes for ten minutes.
  func readLine() -> String? {
    var line = Data()
    while hasMore(), let byte = try? output.read(upToCount: 1), !byte.isEmpty {
      if byte == Data("\n".utf8) { return String(decoding: line, as: UTF8.self) }
      line += byte
    }
    return nil
  }

  private func hasMore() -> Bool {
    var waiting = pollfd(fd: output.fileDescriptor, events: Int16(POLLIN), revents: 0)
    return poll(&waiting, 1, 600_000) > 0
  }

  /// Reads lines until one has this text. False: there is none.
  @discardableResult
  func read(until text: String) -> Bool {
    while let line = readLine() {
      if line.contains(text) { return true }
    }
    return false
  }

  /// Sends a signal, and waits for the end.
  func end(by signal: Int32...) -> Int32 {
    for signal in signal { kill(process.processIdentifier, signal) }
    try? _ = output.readToEnd()
    process.waitUntilExit()
    return process.terminationStatus
  }
}

extension Process {
  fileprivate func runToEnd() async throws {
    try await withCheckedThrowingContinuation { (continuation: CheckedContinuation<Void, any Error>) in
      terminationHandler = { @Sendable _ in continuation.resume() }
      do { try run() } catch { continuation.resume(throwing: error) }
    }
  }
}

/// A folder of a test, removed at its end.
final class Folder: Sendable {
  let url: URL
  private let isRunning = Mutex(false)

  init(name: String = "poptrain-test") throws {
    url = URL(fileURLWithPath: "/tmp").appendingPathComponent("\(name)-\(UUID())")
    try FileManager.default.createDirectory(at: url, withIntermediateDirectories: true)
  }

  deinit {
    let removal = Process()
    removal.executableURL = URL(fileURLWithPath: "/bin/rm")
    removal.arguments = ["-rf", url.path]
    try? removal.run()
    removal.waitUntilExit()
  }

  /// Whether a run was started in it that may go on.
  var hasRun: Bool { isRunning.withLock { $0 } }

  func noteRun() { isRunning.withLock { $0 = true } }

  func write(_ text: String, to name: String) throws {
    try text.write(to: url.appendingPathComponent(name), atomically: true, encoding: .utf8)
  }

  func read(_ name: String) throws -> String {
    try String(contentsOf: url.appendingPathComponent(name), encoding: .utf8)
  }

  /// Waits until there is a file of this name.
  func wait(for name: String) throws { try CommandLineTests.wait { names.contains(name) } }

  var names: [String] { (try? FileManager.default.contentsOfDirectory(atPath: url.path).sorted()) ?? [] }
}

/// Waits until something holds that another process does, ten minutes at most. It keeps its thread, so that no other test
/// starts while a trainer of this one may keep a processor busy.
func wait(until holds: () -> Bool) throws {
  struct TooLong: Error {}
  let limit = ContinuousClock.now + .seconds(600)
  while !holds() {
    guard ContinuousClock.now < limit else { throw TooLong() }
    usleep(1000)
  }
}

/// The JSON that a command printed.
func json(_ result: Result) throws -> JSON {
  #expect(result.status == 0, "\(result.errors)")
  return try JSON.parse(result.output)
}
