import Foundation
import GRDB
import PoptrainJSON
import Testing

/// A run that a version of the database holds, stopped half-way.
struct OldRun: CustomTestStringConvertible {
  let version: Int
  let trainedSteps: Int
  let best: (member: Int, age: Int)
  let x: String
  let decisions: Int
  let intervals: Int

  static let all = [
    OldRun(version: 1, trainedSteps: 110, best: (2, 30), x: "0.017", decisions: 12, intervals: 11),
    OldRun(version: 2, trainedSteps: 70, best: (1, 20), x: "0.025", decisions: 8, intervals: 8),
    OldRun(version: 3, trainedSteps: 150, best: (2, 30), x: "0.017", decisions: 16, intervals: 15),
    OldRun(version: 4, trainedSteps: 130, best: (1, 20), x: "0.0748", decisions: 16, intervals: 13),
  ]

  /// The rules under which it goes on.
  var rulesVersion: Int { version < 4 ? 1 : 2 }

  var testDescription: String { "version \(version)" }

  func folder() throws -> Folder {
    let folder = try Folder()
    let fixture = Program.sources.appendingPathComponent("Tests/Fixtures/run-of-version-\(version)")
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
}

@Suite struct OldRunTests {
  /// A new version of the schema needs a run here and in `Tests/Fixtures`, which the first program of that version has
  /// made. Copy `experiment.yaml` and `train.py` of the last one to `/tmp/climb`, and interrupt `poptrain run` half-way.
  @Test func `There is a run of every version`() async throws {
    let folder = try Example.folder(Example.experiment(population: 2, steps: 10))
    let run = try await Program.run("run", "experiment.yaml", in: folder)
    #expect(run.status == 0, "\(run.errors)")
    let newest = try userVersion(of: folder.url.path + "/runs/climb/population.sqlite")
    #expect(OldRun.all.map(\.version) == Array(1...newest), "make Tests/Fixtures/run-of-version-\(newest)")
    for run in OldRun.all {
      let folder = try run.folder()
      #expect(try userVersion(of: folder.url.path + "/runs/climb/population.sqlite") == run.version)
    }
  }

  @Test(arguments: OldRun.all)
  func `Commands that only read understand it, and change not one byte of it`(_ run: OldRun) async throws {
    let folder = try run.folder()
    let before = try bytes(of: folder)
    let status = try json(await Program.run("status", "runs/climb", "--json", in: folder))
    #expect(status["state"]?.text == "stopped" && status["trained_steps"]?.integer == run.trainedSteps)
    let best = try json(await Program.run("best", "runs/climb", "--copy", "model", "--json", in: folder))
    #expect(best["member"]?.integer == run.best.member && best["age"]?.integer == run.best.age)
    #expect(try folder.read("model/x.json").contains(run.x))
    let audit = try await Program.run("audit", "runs/climb", in: folder)
    #expect(audit.status == 0 && audit.output.contains("\(run.decisions) decisions recomputed"), "\(audit.errors)")
    #expect(audit.output.contains("\(run.intervals) intervals in order"))
    #expect(try await Program.run("export", "runs/climb", in: folder).lines.count == run.intervals + 1)
    #expect(
      try await Program.run("logs", "runs/climb", "--member", "1", in: folder).output.contains("member 1 interval 3"))
    for command in ["schedule", "lineage"] {
      let result = try await Program.run(command, "runs/climb", in: folder)
      #expect(result.status == 0, "\(command): \(result.errors)")
    }
    let rerun = try await Program.run("rerun", "runs/climb", "--member", "0", "--interval", "1", in: folder)
    #expect(rerun.status == 0 || rerun.errors.contains("/tmp/climb"), "\(rerun.errors)")
    #expect(try bytes(of: folder) == before)
  }

  @Test(arguments: OldRun.all)
  func `It goes on, to the history of a run of this version, and can be extended`(_ old: OldRun) async throws {
    let folder = try old.folder()
    let run = try await Program.run("run", "experiment.yaml", in: folder)
    #expect(run.status == 0, "\(run.errors)")
    #expect(run.output.contains("resuming: \(old.trainedSteps) steps"))
    #expect(!run.output.contains("changed since the last start"))
    let extended = try await Program.run(
      "run", "experiment.yaml", "--steps", "80", "--population-size", "5", in: folder)
    #expect(extended.status == 0, "\(extended.errors)")
    let audit = try await Program.run("audit", "runs/climb", in: folder)
    #expect(audit.status == 0 && !audit.output.contains("note"), "\(audit.output) \(audit.errors)")

    let reference = try old.folder()
    // The key that a version before it stands for.
    try FileManager.default.removeItem(at: reference.url.appendingPathComponent("runs"))
    let experiment = try reference.read("experiment.yaml") + "\nrules_version: \(old.rulesVersion)\n"
    try reference.write(experiment, to: "experiment.yaml")
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
    #expect(whole.count >= 24 && withoutLastDecision(continued) == withoutLastDecision(whole))
  }

  /// Every command, on a run that a newer version has written, closed or with changes that are not merged.
  @Test(arguments: [false, true])
  func `One of a newer version is refused by every command, and not one byte of it is changed`(
    isOpen: Bool
  ) async throws {
    let folder = try #require(OldRun.all.last).folder()
    let path = folder.url.path + "/runs/climb/population.sqlite"
    let queue = try DatabaseQueue(path: path)
    try await queue.writeWithoutTransaction { db in
      try db.execute(sql: "PRAGMA journal_mode = WAL")
      if isOpen { try db.execute(sql: "PRAGMA wal_checkpoint(TRUNCATE)") }
      try db.execute(sql: "CREATE TABLE of_the_future (a); PRAGMA user_version = 99")
      if !isOpen { try db.execute(sql: "PRAGMA wal_checkpoint(TRUNCATE)") }
    }
    if isOpen {
      // As after a crash: the newest is only in the file beside the database.
      for suffix in ["", "-wal"] {
        try FileManager.default.copyItem(atPath: path + suffix, toPath: path + suffix + "2")
      }
      try queue.close()
      for suffix in ["", "-wal"] {
        try? FileManager.default.removeItem(atPath: path + suffix)
        try FileManager.default.moveItem(atPath: path + suffix + "2", toPath: path + suffix)
      }
    } else {
      try queue.close()
    }
    let before = try bytes(of: folder)
    #expect(before["runs/climb/population.sqlite-wal"]?.isEmpty != isOpen)
    let commands = [
      ["run", "experiment.yaml"], ["run", "runs/climb"], ["run", "experiment.yaml", "--steps", "90"],
      ["status", "runs/climb"], ["status", "runs/climb", "--json"], ["best", "runs/climb", "--copy", "model"],
      ["schedule", "runs/climb"], ["lineage", "runs/climb"], ["export", "runs/climb"], ["audit", "runs/climb"],
      ["logs", "runs/climb", "--member", "0"], ["rerun", "runs/climb", "--member", "0", "--interval", "1"],
      ["replay", "runs/climb", "--to", "again"], ["clean", "runs/climb", "--remove"],
      ["remove", "runs/climb", "--yes"],
    ]
    for command in commands {
      let result = try await Program.run(arguments: command, in: folder)
      #expect(result.status == 65 && result.errors.contains("newer version"), "\(command): \(result.errors)")
      #expect(try bytes(of: folder) == before, "\(command)")
    }
  }

  private func userVersion(of path: String) throws -> Int {
    try DatabaseQueue(path: path).read { db in try Int.fetchOne(db, sql: "PRAGMA user_version") ?? 0 }
  }

  /// What is in the files of a folder, by path; without SQLite's memory of its own locks.
  private func bytes(of folder: Folder) throws -> [String: Data] {
    var bytes: [String: Data] = [:]
    for name in try FileManager.default.subpathsOfDirectory(atPath: folder.url.path) {
      guard name.hasPrefix("runs"), !name.hasSuffix("-shm") else { continue }
      let contents = FileManager.default.contents(atPath: folder.url.path + "/" + name)
      // An empty file beside the database holds nothing.
      if let contents, !(contents.isEmpty && name.hasSuffix("-wal")) { bytes[name] = contents }
    }
    return bytes
  }
}
