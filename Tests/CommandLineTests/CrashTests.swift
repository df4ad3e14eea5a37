import Foundation
import PoptrainJSON
import Testing

@Suite struct CrashTests {
  /// In synchronous order a run that was killed again and again must end with the very history of one that was not.
  @Test func `Killed at any moment, a run goes on from the last completed intervals`() async throws {
    let experiment = Example.experiment(population: 8, steps: 100, interval: 10)
    let reference = try Example.folder(experiment)
    #expect(try await Program.run("run", "experiment.yaml", in: reference).status == 0)
    let expected = try await history(of: "runs/climb", in: reference)

    var random = SystemRandomNumberGenerator()
    var kills = 0
    while kills < (Program.isSlow ? 200 : 20) {
      let folder = try Example.folder(experiment)
      var isOver = false
      var lastCount = 0
      var starts = 0
      while !isOver {
        let running = try Program.start("run", "experiment.yaml", in: folder)
        starts += 1
        // After a random number of lines, and then of microseconds, so that any instruction may be hit; each time of more
        // lines, so that it comes to its end even where that takes long.
        for _ in 0..<Int.random(in: 0...5 + starts, using: &random) { _ = running.readLine() }
        usleep(UInt32.random(in: 0...30_000, using: &random))
        let status = running.end(by: SIGKILL)
        isOver = running.process.terminationReason == .exit
        if isOver { #expect(status == 0) } else { kills += 1 }

        if FileManager.default.fileExists(atPath: folder.url.path + "/runs/climb/population.sqlite"),
          try await Program.run("status", "runs/climb", in: folder).status == 0
        {
          let count = try await history(of: "runs/climb", in: folder).count
          #expect(count >= lastCount, "completed intervals were lost")
          lastCount = count
        }
      }
      #expect(try await history(of: "runs/climb", in: folder) == expected)
      #expect(try await Program.run("audit", "runs/climb", in: folder).status == 0)
      try checkFiles(
        of: "runs/climb", in: folder, status: json(await Program.run("status", "runs/climb", "--json", in: folder)))
    }
  }

  @Test func `A trainer dies with the engine that is killed`() async throws {
    let folder = try Example.folder(
      trainer: """
        import os, signal, poptrain
        for interval in poptrain.intervals():
            open("pid", "w").write(str(os.getpid()))
            print("here", flush=True)
            signal.pause()
        """)
    let running = try Program.start("run", "experiment.yaml", "--workers", "1", in: folder)
    var pid: pid_t?
    try wait {
      pid = (try? folder.read("pid")).flatMap { pid_t($0) }
      return pid != nil
    }
    _ = running.end(by: SIGKILL)
    // The kernel ends it; it may take a moment until its parent, which is now init, has reaped it.
    try wait { pid.map { kill($0, 0) != 0 || isZombie($0) } ?? true }
  }

  private func isZombie(_ pid: pid_t) -> Bool {
    let status = (try? String(contentsOfFile: "/proc/\(pid)/stat", encoding: .utf8)) ?? ""
    return status.contains(") Z ")
  }

  /// The folder of checkpoints holds what the members and the best refer to, and nothing else.
  private func checkFiles(of run: String, in folder: Folder, status: JSON) throws {
    let path = folder.url.path + "/\(run)/checkpoints"
    let present = Set(try FileManager.default.contentsOfDirectory(atPath: path)).subtracting([".incoming"])
    var referred = Set((status["members"]?.array ?? []).compactMap { $0["checkpoint"]?.text })
    if let best = status["best"]?["checkpoint"]?.text { referred.insert(best) }
    #expect(Set(referred.map { URL(fileURLWithPath: $0).lastPathComponent }) == present)
    #expect(try FileManager.default.contentsOfDirectory(atPath: path + "/.incoming").isEmpty)
  }
}
