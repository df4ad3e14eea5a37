import Foundation
import PoptrainJSON
import Testing

/// A run may end before every member has trained its budget.
@Suite struct EndingTests {
  private func experiment(_ stop: String, order: String = "asynchronous", steps: Int = 4000) -> String {
    Example.experiment(
      population: 4, steps: steps, workers: 3, order: order, more: "durability: process\nstop: {\(stop)}")
  }

  /// Runs until it ends by itself, says why, and is asked again.
  private func endEarly(_ stop: String, order: String = "asynchronous", line: String, reason: String) async throws
    -> Folder
  {
    let folder = try Example.folder(experiment(stop, order: order))
    let run = try await Program.run("run", "experiment.yaml", "--json", in: folder)
    #expect(run.status == 0, "\(run.errors)")
    let ended = try #require(try run.lines.last.map(JSON.parse))
    #expect(ended["event"]?.text == "ended" && ended["ending"]?.text == "finished")
    #expect(ended["reason"]?.text == reason && ended["message"]?.text == line)

    let again = try await Program.run("run", "experiment.yaml", in: folder)
    #expect(again.status == 0)
    #expect(again.output.contains("ended: \(line)"), "\(again.output)")
    #expect(again.output.contains("` under `stop` in the experiment file"))
    #expect(!again.output.contains("  interval "))

    let status = try json(await Program.run("status", "runs/climb", "--json", in: folder))
    #expect(status["state"]?.text == "finished" && status["ending"]?.text == reason)
    #expect(try await Program.run("status", "runs/climb", in: folder).output.contains("ended: \(line)"))
    #expect(try await Program.run("audit", "runs/climb", in: folder).status == 0)
    return folder
  }

  @Test(arguments: ["asynchronous", "synchronous"])
  func `At its target a run ends, and with a better one it goes on`(order: String) async throws {
    let folder = try await endEarly("target: -0.02", order: order, line: "reached value -0.02", reason: "target")
    let best = try json(await Program.run("best", "runs/climb", "--json", in: folder))
    #expect(best["score"]?.double ?? -1 >= -0.02)
    let longer = try await Program.run("run", "experiment.yaml", "--steps", "5000", in: folder)
    #expect(longer.output.contains("ended: reached value -0.02") && !longer.output.contains("  interval "))

    try folder.write(experiment("target: -0.0005", order: order, steps: 5000), to: "experiment.yaml")
    let further = try await Program.run("run", "experiment.yaml", in: folder)
    #expect(further.status == 0, "\(further.errors)")
    #expect(further.output.contains("ended: reached value -0.0005"))
    #expect(further.output.contains("  interval "))
    #expect(try await Program.run("audit", "runs/climb", in: folder).status == 0)
  }

  @Test func `In synchronous order the end does not depend on the number of workers`() async throws {
    var histories: [[JSON]] = []
    for workers in ["1", "4"] {
      let folder = try Example.folder(experiment("target: -0.05", order: "synchronous"))
      try await Program.run("run", "experiment.yaml", "--workers", workers, in: folder)
      histories.append(try await history(of: "runs/climb", in: folder))
    }
    #expect(histories[0] == histories[1] && histories[0].count.isMultiple(of: 4))
  }

  @Test func `When nothing improves any more a run ends`() async throws {
    let folder = try await endEarly(
      "stagnation: 3", line: "no better score in 3 intervals per member", reason: "stagnation")
    let before = try await history(of: "runs/climb", in: folder).count
    try folder.write(experiment("stagnation: 6"), to: "experiment.yaml")
    let further = try await Program.run("run", "experiment.yaml", in: folder)
    #expect(further.output.contains("ended: no better score in 6 intervals per member"))
    #expect(try await history(of: "runs/climb", in: folder).count > before)
  }

  @Test func `When its time is over a run ends, and with more it goes on`() async throws {
    let folder = try await endEarly("wall_clock: 1ms", line: "wall-clock limit reached (1ms)", reason: "wall_clock")
    try folder.write(experiment("wall_clock: 1d", steps: 40), to: "experiment.yaml")
    let further = try await Program.run("run", "experiment.yaml", in: folder)
    #expect(further.status == 0)
    #expect(further.output.contains("ended: every member has trained its 40 steps"))
    #expect(try await Program.run("audit", "runs/climb", in: folder).status == 0)
  }
}
