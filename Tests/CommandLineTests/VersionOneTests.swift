import Foundation
import JSON
import Testing

/// The folder of a run that was started before this version and stopped half-way.
@Suite struct VersionOneTests {
  private func folder() throws -> Folder {
    let folder = try Folder()
    let fixture = Program.sources.appendingPathComponent("Tests/Fixtures/run-of-version-1")
    for name in ["experiment.yaml", "train.py"] {
      try FileManager.default.copyItem(
        at: fixture.appendingPathComponent(name), to: folder.url.appendingPathComponent(name))
    }
    try FileManager.default.createDirectory(
      at: folder.url.appendingPathComponent("runs"), withIntermediateDirectories: true)
    try FileManager.default.copyItem(
      at: fixture.appendingPathComponent("run"), to: folder.url.appendingPathComponent("runs/climb"))
    return folder
  }

  @Test func `Commands that only read understand it, and change not one byte of the database`() async throws {
    let folder = try folder()
    let database = folder.url.appendingPathComponent("runs/climb/population.sqlite")
    let before = try Data(contentsOf: database)
    let status = try json(await Program.run("status", "runs/climb", "--json", in: folder))
    #expect(status["state"]?.text == "stopped" && status["trained_steps"]?.integer == 110)
    let best = try json(await Program.run("best", "runs/climb", "--copy", "model", "--json", in: folder))
    #expect(best["member"]?.integer == 2 && best["age"]?.integer == 30)
    #expect(try folder.read("model/x.json").contains("0.017"))
    #expect(try await Program.run("audit", "runs/climb", in: folder).output.contains("12 decisions made again"))
    #expect(try await Program.run("export", "runs/climb", in: folder).lines.count == 12)
    #expect(
      try await Program.run("logs", "runs/climb", "--member", "1", in: folder).output.contains("member 1 interval 3"))
    for command in ["schedule", "lineage"] {
      let result = try await Program.run(command, "runs/climb", in: folder)
      #expect(result.status == 0, "\(command): \(result.errors)")
    }
    let rerun = try await Program.run("rerun", "runs/climb", "--member", "0", "--interval", "1", in: folder)
    #expect(rerun.status == 0 || rerun.errors.contains("/tmp/climb"), "\(rerun.errors)")
    #expect(try Data(contentsOf: database) == before)
  }

  @Test func `It goes on, to the history of a run of this version, and can be extended`() async throws {
    let folder = try folder()
    let run = try await Program.run("run", "experiment.yaml", in: folder)
    #expect(run.status == 0, "\(run.errors)")
    #expect(run.output.contains("resuming: 110 steps (45 %) are done"))
    let extended = try await Program.run(
      "run", "experiment.yaml", "--steps", "80", "--population-size", "5", in: folder)
    #expect(extended.status == 0, "\(extended.errors)")
    #expect(try await Program.run("audit", "runs/climb", in: folder).status == 0)

    let reference = try self.folder()
    try FileManager.default.removeItem(at: reference.url.appendingPathComponent("runs"))
    try await Program.run("run", "experiment.yaml", in: reference)
    let whole = try await history(of: "runs/climb", in: reference)
    let continued = try await history(of: "runs/climb", in: folder).filter {
      ($0["member"]?.integer ?? 0) < 4 && ($0["start_steps"]?.integer ?? 0) < 60
    }
    func withoutLastDecision(_ rows: [JSON]) -> [JSON] {
      rows.map { row in
        guard row["start_steps"]?.integer == 50 else { return row }
        return .object((row.members ?? []).filter { !["decision", "donor"].contains($0.name) })
      }
    }
    #expect(whole.count == 24 && withoutLastDecision(continued) == withoutLastDecision(whole))
  }
}
