import Foundation
import PoptrainJSON
import Testing

/// `keep` in the experiment file.
@Suite struct KeepTests {
  private func experiment(_ keep: String, steps: Int = 40) -> String {
    Example.experiment(population: 3, steps: steps, more: "durability: process\n\(keep)")
  }

  private func checkpoints(in folder: Folder) throws -> Set<String> {
    let names = try FileManager.default.contentsOfDirectory(atPath: folder.url.path + "/runs/climb/checkpoints")
    return Set(names.filter { !$0.hasPrefix(".") })
  }

  private func rows(in folder: Folder) async throws -> [JSON] {
    try await Program.run("export", "runs/climb", "--format", "jsonl", in: folder).lines.map { try JSON.parse($0) }
  }

  private func train(in folder: Folder) async throws {
    let run = try await Program.run("run", "experiment.yaml", in: folder)
    #expect(run.status == 0, "\(run.errors)")
    let audit = try await Program.run("audit", "runs/climb", in: folder)
    #expect(audit.status == 0 && !audit.output.contains("note"), "\(audit.output) \(audit.errors)")
  }

  @Test func `Every checkpoint is kept, every interval is trained again, and decisions are the same`() async throws {
    let folder = try Example.folder(experiment("keep: all"))
    try await train(in: folder)
    #expect(try checkpoints(in: folder).count == 12)
    for (member, interval) in [("0", "2"), ("1", "3"), ("2", "4")] {
      let rerun = try await Program.run(
        "rerun", "runs/climb", "--member", member, "--interval", interval, in: folder)
      #expect(rerun.status == 0, "\(rerun.errors)")
    }
    let reference = try Example.folder(experiment(""))
    try await train(in: reference)
    #expect(try await history(of: "runs/climb", in: folder) == history(of: "runs/climb", in: reference))
    #expect(try checkpoints(in: reference).count < 8)
    #expect(try !reference.read("runs/climb/experiment.yaml").contains("keep"))
  }

  @Test func `It may change on resume, to fewer and to more`() async throws {
    let folder = try Example.folder(experiment("keep: all"))
    try await train(in: folder)
    let best = try json(await Program.run("best", "runs/climb", "--json", in: folder))
    func last(_ count: Int) async throws -> Set<String> {
      let trained = Dictionary(grouping: try await rows(in: folder)) { $0["member"]?.integer ?? -1 }
      return Set(trained.values.flatMap { $0.suffix(count).compactMap { $0["end_checkpoint"]?.text } })
    }
    try folder.write(experiment("keep: last 2"), to: "experiment.yaml")
    let fewer = try await Program.run("run", "experiment.yaml", in: folder)
    #expect(fewer.status == 0 && fewer.output.contains("changed since the last start: keep: all -> last 2"))
    let kept = try checkpoints(in: folder)
    #expect(try await kept.isSuperset(of: last(2)) && kept.count < 12)
    #expect(try json(await Program.run("best", "runs/climb", "--json", in: folder)) == best)

    try folder.write(experiment("", steps: 60), to: "experiment.yaml")
    try await train(in: folder)
    let needed = try checkpoints(in: folder)
    #expect(try await !needed.isSuperset(of: last(2)))
    try folder.write(experiment("keep: all", steps: 80), to: "experiment.yaml")
    try await train(in: folder)
    #expect(try await checkpoints(in: folder) == needed.union(last(2)))
  }

  @Test func `The best of a member's lineage is found again where it is kept`() async throws {
    // What is trained beyond 20 steps is worse.
    let folder = try Example.folder(
      experiment("keep: all\nexploit: none"),
      trainer: Example.trainer.replacing("value=-abs(x)", with: "value=-abs(interval.stop - 20)"))
    try await train(in: folder)
    for member in ["0", "1", "2"] {
      let shown = try await Program.run("best", "runs/climb", "--member", member, "--copy", "m\(member)", in: folder)
      #expect(shown.status == 0 && shown.output.contains("\nage: 20\n"), "\(shown.output)")
      #expect(!shown.output.contains("is not kept any more"))
    }
  }

  @Test(arguments: ["3", "last", "last 0", "last -1", "last 1.5", "first 3", "last 3 4", "[all]", "{last: 3}", "''"])
  func `Anything else is refused with what to write`(value: String) async throws {
    let folder = try Example.folder(experiment("keep: \(value)"))
    let run = try await Program.run("run", "experiment.yaml", in: folder)
    #expect(run.status == 65 && run.errors.contains("`keep` must be `needed`, `all` or `last` with a number, not "))
    #expect(run.errors.contains("write for example `keep: last 3`"), "\(run.errors)")
  }

  @Test func `What other tools call it is understood`() async throws {
    let folder = try Example.folder(experiment("save_total_limit: 3"))
    let run = try await Program.run("run", "experiment.yaml", in: folder)
    #expect(run.status == 65 && run.errors.contains("did you mean `keep`?"), "\(run.errors)")
  }
}
