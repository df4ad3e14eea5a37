import Foundation
import Glibc
import Poptrain
@testable import PoptrainDashboard
import PoptrainJSON
import PoptrainRuns
import Synchronization
import Testing

/// Runs are ended by who trains them, and nobody else is.
@Suite struct StopTests {
  private let folder: Folder
  private let directory: RunDirectory

  init() async throws {
    folder = try Folder()
    try await Climber.train(into: folder.run(), Climber.rules(intervals: 1))
    directory = RunDirectory(path: folder.run())
  }

  private func stop(_ served: Served) async throws -> Answer {
    let session = try #require(try await served.get("runs.json").json["session"]?.text)
    return try await served.ask("POST", "runs/climb/stop", ["x-poptrain-session: \(session)"])
  }

  /// A process that stays until it is told to end, and that may hold the lock of the run.
  private struct Other {
    let process = Process()
    private let ended: AsyncStream<Void>

    init(holding file: String?) async throws {
      // Signals may be blocked in the thread that starts it.
      let script = """
        import fcntl, signal, sys
        signal.pthread_sigmask(signal.SIG_SETMASK, [])
        held = [open(name) for name in sys.argv[1:]]
        for file in held: fcntl.flock(file, fcntl.LOCK_EX)
        print("ready", flush=True)
        signal.pause()
        """
      let output = Pipe()
      process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
      process.arguments = ["python3", "-c", script] + [file].compactMap(\.self)
      process.standardOutput = output
      let (ended, ending) = AsyncStream<Void>.makeStream()
      self.ended = ended
      process.terminationHandler = { _ in ending.finish() }
      try process.run()
      #expect(try output.fileHandleForReading.read(upToCount: 5) == Data("ready".utf8))
    }

    func end() async {
      for await _ in ended {}
    }

    func kill() async {
      Glibc.kill(process.processIdentifier, SIGKILL)
      await end()
    }
  }

  private func write(_ process: Int32, host: String = ProcessInfo.processInfo.hostName) throws {
    try "process \(process) on \(host), since 2026-01-01T00:00:00Z"
      .write(toFile: directory.lock, atomically: false, encoding: .utf8)
  }

  @Test func `The process that holds the lock is asked, once`() async throws {
    let other = try await Other(holding: directory.lock)
    let process = other.process
    try write(process.processIdentifier)
    let served = try await Served([folder.run()])
    #expect(try await stop(served).status == 202)
    await other.end()
    #expect(process.terminationReason == .uncaughtSignal && process.terminationStatus == SIGTERM)
    #expect(try await stop(served).status == 409, "it is over")
  }

  @Test func `A process that has only got the number of another one is left alone`() async throws {
    let others = try await [Other(holding: directory.lock), Other(holding: nil)]
    let (process, bystander) = (others[0].process, others[1].process)
    let served = try await Served([folder.run()])
    for (number, host) in [
      (bystander.processIdentifier, nil), (process.processIdentifier, "elsewhere"), (getpid(), nil), (1, nil),
      (999_999_999, nil),
    ] {
      try write(number, host: host ?? ProcessInfo.processInfo.hostName)
      let answer = try await stop(served)
      #expect(answer.status == 409)
      #expect(try answer.message?.contains(host == nil ? "Ctrl-C" : "kill -TERM") == true)
    }
    for text in ["", "process x on here, since now", "process -1 on h, since 0"] {
      try text.write(toFile: directory.lock, atomically: false, encoding: .utf8)
      #expect(try await stop(served).status == 409)
    }
    #expect(process.isRunning && bystander.isRunning)
    for other in others { await other.kill() }
  }

  @Test func `A run of the same process is asked once`() async throws {
    let asked = Mutex(0)
    let own = OwnRun(directory) { asked.withLock { $0 += 1 } }
    let served = try await Served([folder.run()], own: own)
    #expect(try await stop(served).status == 202)
    #expect(try await stop(served).status == 202)
    #expect(asked.withLock { $0 } == 1)
  }

  @Test func `A port that is taken is an error where it was asked for`() async throws {
    let served = try await Served([folder.run()])
    let error = await #expect(throws: DashboardError.self) {
      _ = try await Served([folder.run()], port: served.port)
    }
    #expect(error?.description.contains("--port 0") == true)
    let foreign = await #expect(throws: DashboardError.self) {
      _ = try await Served([folder.run()], host: "203.0.113.7")
    }
    #expect(foreign?.description.contains("--host") == true)
  }
}
