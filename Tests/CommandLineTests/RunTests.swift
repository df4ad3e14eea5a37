import Foundation
import PoptrainJSON
import Testing

@Suite struct RunTests {
  @Test(arguments: ["synchronous", "asynchronous"])
  func `A population is trained to the end and can be asked about`(order: String) async throws {
    let folder = try Example.folder(Example.experiment(order: order))
    let run = try await Program.run("run", "experiment.yaml", in: folder)
    #expect(run.status == 0, "\(run.errors)")
    #expect(run.output.contains("6 members × 40 steps = 240 steps in 24 intervals; 2 workers, \(order)"))
    #expect(run.lines.filter { $0.contains("  interval ") }.count == 24)

    let status = try json(await Program.run("status", "runs/climb", "--json", in: folder))
    #expect(status["state"]?.text == "finished")
    #expect(status["trained_steps"]?.integer == 240)
    let members = try #require(status["members"]?.array)
    #expect(members.map { $0["id"]?.integer } == Array(0..<6))
    #expect(members.allSatisfy { $0["state"]?.text == "done" && $0["steps"]?.integer == 40 })

    let best = try json(await Program.run("best", "runs/climb", "--json", in: folder))
    let checkpoint = try #require(best["checkpoint"]?.text)
    let x = try #require(Double(String(contentsOfFile: checkpoint + "/x.json", encoding: .utf8)))
    #expect(best["score"]?.double == -abs(x))
    #expect(best["score"]?.double ?? -1 >= members.compactMap { $0["score"]?.double }.max() ?? 0)

    let schedule = try json(await Program.run("schedule", "runs/climb", "--json", in: folder))
    let stretches = try #require(schedule["schedule"]?.array)
    #expect(stretches.first?["start"]?.integer == 0)
    #expect(stretches.last?["stop"]?.integer == best["age"]?.integer)
    for (one, next) in zip(stretches, stretches.dropFirst()) { #expect(one["stop"] == next["start"]) }

    let copied = try await Program.run("best", "runs/climb", "--copy", "model", in: folder)
    #expect(copied.status == 0)
    #expect(try folder.read("model/x.json") == String(contentsOfFile: checkpoint + "/x.json", encoding: .utf8))
    #expect(try await Program.run("best", "runs/climb", "--copy", "model", in: folder).status == 65)

    #expect(try await Program.run("audit", "runs/climb", in: folder).output.contains("all match"))
    let logs = try await Program.run("logs", "runs/climb", "--member", "3", in: folder)
    #expect(logs.output.contains("member 3 interval 4"))
    #expect(!logs.output.contains("member 2 interval"))
    let lineage = try await Program.run("lineage", "runs/climb", in: folder)
    #expect(lineage.output.contains("members descend from"))

    // Run again, there is nothing left to do.
    let again = try await Program.run("run", "experiment.yaml", in: folder)
    #expect(again.status == 0)
    #expect(!again.output.contains("  interval "))
  }

  @Test func `Rows are exported as CSV and as JSON lines`() async throws {
    let folder = try Example.folder()
    try await Program.run("run", "experiment.yaml", in: folder)
    let csv = try await Program.run("export", "runs/climb", "--format", "csv", in: folder)
    #expect(csv.lines.count == 25)
    #expect(csv.lines[0].hasPrefix("sequence,member,number,"))
    #expect(csv.lines[0].hasSuffix(",hyperparameters.rate,metrics.value"))
    let rows = try await Program.run("export", "runs/climb", "--format", "jsonl", in: folder).lines.map(JSON.parse)
    #expect(rows.count == 24)
    #expect(rows.allSatisfy { $0["metrics"]?["value"]?.double == $0["score"]?.double })
    #expect(rows.contains { $0["decision"]?.text == "inherit" && $0["donor"]?.integer != nil })
  }

  @Test func `A program can follow a run as JSON lines`() async throws {
    let folder = try Example.folder()
    let run = try await Program.run("run", "experiment.yaml", "--json", in: folder)
    let events = try run.lines.map(JSON.parse)
    #expect(events.first?["event"]?.text == "started")
    #expect(events.last?["event"]?.text == "ended")
    #expect(events.last?["best"]?["checkpoint"]?.text != nil)
    #expect(events.filter { $0["event"]?.text == "interval" }.count == 24)
  }

  @Test func `The history of a synchronous run does not depend on the number of workers`() async throws {
    var histories: [[JSON]] = []
    for workers in [1, 2, 5] {
      let folder = try Example.folder()
      let run = try await Program.run("run", "experiment.yaml", "--workers", "\(workers)", in: folder)
      #expect(run.status == 0, "\(run.errors)")
      histories.append(try await history(of: "runs/climb", in: folder))
    }
    #expect(histories[0].count == 24)
    #expect(histories[0] == histories[1])
    #expect(histories[0] == histories[2])
  }

  @Test func `Another seed makes another history`() async throws {
    let folder = try Example.folder()
    try await Program.run("run", "experiment.yaml", "--run", "one", in: folder)
    try await Program.run("run", "experiment.yaml", "--run", "two", "--seed", "6", in: folder)
    #expect(try await history(of: "one", in: folder) != history(of: "two", in: folder))
  }
}

/// The intervals of a run without what may differ between equal runs: order, times, tokens and workers.
func history(of run: String, in folder: Folder) async throws -> [JSON] {
  let rows = try await Program.run("export", run, "--format", "jsonl", in: folder).lines.map(JSON.parse)
  let kept = [
    "member", "number", "kind", "outcome", "start_steps", "steps", "start_age", "end_age", "score", "seed", "decision",
    "donor", "hyperparameters", "metrics",
  ]
  return
    rows
    .sorted {
      ($0["member"]?.integer ?? 0, $0["number"]?.integer ?? 0) < (
        $1["member"]?.integer ?? 0, $1["number"]?.integer ?? 0
      )
    }
    .map { row in JSON.object(kept.compactMap { name in row[name].map { JSON.Member(name, $0) } }) }
}
