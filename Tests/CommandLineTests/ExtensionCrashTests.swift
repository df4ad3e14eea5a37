import Foundation
import PoptrainJSON
import Testing

@Suite struct ExtensionCrashTests {
  /// In synchronous order a run that was extended again and again, and killed each time, must end with the very history of
  /// one that had the whole budget from the start and was left alone.
  @Test func `Killed at any moment while it is extended, a run loses nothing`() async throws {
    let reference = try Example.folder(Example.experiment(population: 5, steps: 90))
    try await Program.run("run", "experiment.yaml", in: reference)
    let expected = try await history(of: "runs/climb", in: reference)
    var kills = 0
    while kills < (Program.isSlow ? 100 : 12) {
      let folder = try Example.folder(Example.experiment(population: 5, steps: 30))
      for steps in [30, 60, 90] { kills += try await finish(["--steps", "\(steps)"], in: folder).kills }
      #expect(try await history(of: "runs/climb", in: folder) == expected)
    }
  }

  @Test func `Killed at any moment while it grows or shrinks, a run keeps its size`() async throws {
    var kills = 0
    while kills < (Program.isSlow ? 100 : 12) {
      let folder = try Example.folder(Example.experiment(population: 3, steps: 20, order: "asynchronous"))
      for (steps, size) in [(20, 3), (40, 6), (40, 2), (60, 4)] {
        let (status, more) = try await finish(["--steps", "\(steps)", "--population-size", "\(size)"], in: folder)
        kills += more
        let states = (status["members"]?.array ?? []).compactMap { $0["state"]?.text }
        #expect(states.filter { $0 == "done" }.count == size, "\(states)")
        #expect(states.filter { !["done", "retired"].contains($0) }.isEmpty)
      }
      let ids = try await json(Program.run("status", "runs/climb", "--json", in: folder))["members"]?.array?.count
      #expect(ids == 3 + 3 + 2)
    }
  }

  /// Runs with these flags, killed at random moments, until it comes to its end; says how it stands then.
  private func finish(_ flags: [String], in folder: Folder) async throws -> (status: JSON, kills: Int) {
    var random = SystemRandomNumberGenerator()
    var kills = 0
    var trained = 0
    while true {
      let running = try Program.start(arguments: ["run", "experiment.yaml"] + flags, in: folder)
      // At first while it is opened, later while it trains.
      for _ in 0..<(kills < 4 ? 0 : kills < 8 ? Int.random(in: 0...8, using: &random) : 1000) { _ = running.readLine() }
      usleep(UInt32.random(in: 0...(kills < 4 ? 80_000 : 5_000), using: &random))
      let status = running.end(by: SIGKILL)
      if running.process.terminationReason == .exit {
        #expect(status == 0)
        break
      }
      kills += 1
      guard FileManager.default.fileExists(atPath: folder.url.path + "/runs/climb/population.sqlite") else { continue }
      let now = try await Program.run("status", "runs/climb", "--json", in: folder)
      guard now.status == 0 else { continue }
      let steps = try json(now)["trained_steps"]?.integer ?? 0
      #expect(steps >= trained, "completed intervals were lost")
      trained = steps
    }
    #expect(try await Program.run("audit", "runs/climb", in: folder).status == 0)
    let status = try json(await Program.run("status", "runs/climb", "--json", in: folder))
    let path = folder.url.path + "/runs/climb/checkpoints"
    let present = Set(try FileManager.default.contentsOfDirectory(atPath: path)).subtracting([".incoming"])
    var referred = Set((status["members"]?.array ?? []).compactMap { $0["checkpoint"]?.text })
    if let best = status["best"]?["checkpoint"]?.text { referred.insert(best) }
    #expect(Set(referred.map { URL(fileURLWithPath: $0).lastPathComponent }) == present)
    return (status, kills)
  }
}
