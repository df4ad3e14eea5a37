import Foundation
import PoptrainJSON
import Testing

/// Populations of which one process has several members at a time.
@Suite struct BatchTests {
  @Test func `Members that share a process learn what each would have learnt in its own`() async throws {
    let apart = try Example.folder(Example.experiment(workers: 1))
    #expect(try await Program.run("run", "experiment.yaml", "--run", "run", in: apart).status == 0)
    let together = try Example.folder(Example.experiment(workers: 1), trainer: Example.batchTrainer)
    let run = try await Program.run("run", "experiment.yaml", "--run", "run", in: together)
    #expect(run.status == 0, "\(run.errors)")
    let history = try await history(of: "run", in: together)
    #expect(try await history == CommandLineTests.history(of: "run", in: apart))
    #expect(history.contains { $0["decision"]?.text == "inherit" })
    #expect(try await Program.run("audit", "run", in: together).status == 0)
  }

  @Test func `What a process has in memory is gone on with, also by those that copy it`() async throws {
    let folder = try Example.folder(
      Example.experiment(population: 4, workers: 1), trainer: Example.batchTrainer)
    #expect(try await Program.run("run", "experiment.yaml", "--run", "run", in: folder).status == 0)
    let logs = try FileManager.default.contentsOfDirectory(atPath: folder.url.path + "/run/logs")
    let printed = try logs.map { try folder.read("run/logs/\($0)") }.joined().split(separator: "\n")
    #expect(printed.count == 4)
    #expect(printed.first == "parents of [0, 1, 2, 3] are [-1, -1, -1, -1]")
    #expect(printed.dropFirst().allSatisfy { !$0.contains("-1") }, "\(printed)")
    #expect(printed.dropFirst().contains { !$0.hasSuffix("[0, 1, 2, 3]") }, "nobody has copied: \(printed)")
  }

  @Test func `How long it will take is told after the second batch: the first counts the start`() async throws {
    let folder = try Example.folder(
      Example.experiment(population: 4, workers: 1), trainer: Example.batchTrainer)
    let lines = try await Program.run("run", "experiment.yaml", in: folder).lines
    let told = try #require(lines.firstIndex { $0.hasPrefix("at this pace") })
    #expect(lines[..<told].count { $0.contains("  interval 2  ") } == 4, "\(lines)")
    #expect(!lines[..<told].contains { $0.contains("  interval 3  ") }, "\(lines)")
  }

  @Test func `When a process dies with several members, only the one that is guilty is charged`() async throws {
    let save = "    for interval, x in zip(batch, models):\n"
    let guilt = "    if any(i.member == 2 and i.number == 2 for i in batch): __import__('os')._exit(9)\n"
    let folder = try Example.folder(
      Example.experiment(population: 4, workers: 1, more: "durability: process\nmax_failures: 1"),
      trainer: Example.batchTrainer.replacing(save, with: guilt + save))
    let run = try await Program.run("run", "experiment.yaml", "--run", "run", in: folder)
    #expect(run.status == 0, "\(run.errors)")
    let rows = try await Program.run("export", "run", "--format", "jsonl", in: folder).lines.map(JSON.parse)
    let forfeited = rows.filter { $0["outcome"]?.text == "forfeited" }
    #expect(forfeited.map { $0["member"]?.integer } == [2])
    #expect(rows.count { $0["outcome"]?.text == "completed" } == 15)
  }
}
