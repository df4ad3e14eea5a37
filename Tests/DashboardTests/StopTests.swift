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

  /// A process that holds the lock of the run until it is told to end.
  private func holder() throws -> Process {
    let process = Process()
    process.executableURL = URL(fileURLWithPath: "/usr/bin/flock")
    process.arguments = ["--no-fork", directory.lock, "sleep", "1000"]
    try process.run()
    while !directory.isLocked { usleep(1000) }
    return process
  }

  private func write(_ process: Int32, host: String = ProcessInfo.processInfo.hostName) throws {
    try "process \(process) on \(host), since 2026-01-01T00:00:00Z"
      .write(toFile: directory.lock, atomically: false, encoding: .utf8)
  }

  @Test func `The process that holds the lock is asked, once`() async throws {
    let process = try holder()
    try write(process.processIdentifier)
    let served = try await Served([folder.run()])
    #expect(try await stop(served).status == 202)
    process.waitUntilExit()
    #expect(process.terminationReason == .uncaughtSignal && process.terminationStatus == SIGTERM)
    #expect(try await stop(served).status == 409, "it is over")
  }

  @Test func `A process that has only got the number of another one is left alone`() async throws {
    let (process, bystander) = (try holder(), Process())
    bystander.executableURL = URL(fileURLWithPath: "/bin/sleep")
    bystander.arguments = ["1000"]
    try bystander.run()
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
    for process in [process, bystander] {
      process.terminate()
      process.waitUntilExit()
    }
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
