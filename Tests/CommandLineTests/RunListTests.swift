import Foundation
import PoptrainJSON
import Testing

/// `poptrain status` without a folder.
@Suite struct RunListTests {
  private func list(in folder: Folder) async throws -> [JSON] {
    let list = try json(await Program.run("status", "--json", in: folder))
    #expect(list["folder"]?.text == folder.url.path)
    return try #require(list["runs"]?.array)
  }

  /// What comes after the folder in the path of each run.
  private func paths(_ runs: [JSON], in folder: Folder) -> [String] {
    runs.map { String(($0["run"]?.text ?? "").dropFirst(folder.url.path.count)) }
  }

  @Test func `Each run is a line with what matters, the last active first`() async throws {
    let folder = try Example.folder()
    try await Program.run("run", "experiment.yaml", "--run", "old one", in: folder)
    let stopped = try Program.start("run", "experiment.yaml", "--run", "runs/long", "--steps", "40000000", in: folder)
    #expect(stopped.read(until: "interval 1"))
    #expect(stopped.end(by: SIGINT) == 75)
    let compared = try await Program.run(
      "compare", "experiment.yaml", "--with", "random_search", "--seeds", "1", in: folder)
    #expect(compared.status == 0, "\(compared.errors)")
    let running = try Program.start("run", "experiment.yaml", "--run", "runs/now", "--steps", "40000000", in: folder)
    #expect(running.read(until: "interval 1"))

    let shown = try await Program.run("status", in: folder)
    let runs = try await list(in: folder)
    #expect(running.end(by: SIGINT) == 75)
    #expect(shown.status == 0, "\(shown.errors)")
    #expect(
      paths(runs, in: folder).first == "/runs/now"
        && Set(paths(runs, in: folder)) == [
          "/runs/now", "/runs/climb-compare/baseline-seed5", "/runs/climb-compare/random_search-seed5", "/runs/long",
          "/old one",
        ])
    let moments = runs.compactMap { $0["last_active_at_seconds"]?.double }
    #expect(moments.count == 5 && moments == moments.sorted(by: >))
    #expect(shown.lines.count == 6 && shown.lines[0].hasPrefix("run ") && shown.lines[0].hasSuffix("last active"))
    #expect(shown.lines[1].hasPrefix("runs/now ") && shown.lines[1].hasSuffix("now"))
    let last = try #require(shown.lines.last)
    #expect(
      last.hasPrefix("'old one' ") && last.contains("  finished  ") && last.contains(" 240 of 240  100 %  "), "\(last)")
    let moment = try Regex("  value +6  20\\d\\d-\\d\\d-\\d\\d \\d\\d:\\d\\d$")
    #expect(last.contains(moment), "\(last)")
    #expect(shown.lines.contains { $0.hasPrefix("runs/long ") && $0.contains(" stopped ") && $0.contains("  0 %  ") })

    let status = try json(await Program.run("status", "old one", "--json", in: folder))
    let entry = try #require(runs.last)
    for field in [
      "name", "run", "state", "ending", "metric", "mode", "population_size", "trained_steps", "total_steps",
    ] {
      #expect(entry[field] == status[field], "\(field)")
    }
    #expect(entry["best_score"] == status["best"]?["score"] && entry["error"] == .null)
  }

  @Test func `What cannot be read is one line with the reason, and the others are shown`() async throws {
    let folder = try Example.folder(Example.experiment(population: 2, steps: 20))
    try await Program.run("run", "experiment.yaml", in: folder)
    for name in ["broken", "empty", "future"] {
      try FileManager.default.copyItem(
        atPath: folder.url.path + "/runs/climb", toPath: folder.url.path + "/runs/\(name)")
    }
    try folder.write("not a database\n", to: "runs/broken/population.sqlite")
    try folder.write("", to: "runs/empty/population.sqlite")
    let edit = try await Program.runShell(
      """
      python3 -c 'import sqlite3; c = sqlite3.connect("runs/future/population.sqlite"); c.execute("PRAGMA user_version = 99")'
      """, in: folder)
    #expect(edit.status == 0)
    let shown = try await Program.run("status", in: folder)
    #expect(shown.status == 0 && shown.errors.isEmpty, "\(shown.errors)")
    #expect(shown.lines.count == 5, "\(shown.output)")
    #expect(shown.lines[1].hasPrefix("runs/climb  finished"))
    #expect(shown.lines[2].hasPrefix("runs/broken: ") && shown.lines[2].contains("is not the database of a run"))
    #expect(shown.lines[3].hasPrefix("runs/empty: ") && shown.lines[3].contains("is not a run"))
    #expect(shown.lines[4].hasPrefix("runs/future: ") && shown.lines[4].contains("newer version"))
    let runs = try await list(in: folder)
    #expect(runs.map { $0["error"] == .null } == [true, false, false, false])
    #expect(runs[1]["name"] == .null && runs[1]["error"]?.text?.contains("is not the database of a run") == true)
  }

  @Test(.enabled(if: geteuid() == 0, "changing to another user needs root"))
  func `A folder that may not be looked into is named`() async throws {
    let folder = try Example.folder(Example.experiment(population: 2, steps: 20))
    try await Program.run("run", "experiment.yaml", in: folder)
    let shown = try await Program.runShell(
      """
      chmod 755 . && chmod 700 runs/climb && cp "$(command -v poptrain)" . && chmod 755 poptrain
      exec python3 -c 'import os; os.setgid(65534); os.setuid(65534); os.execv("./poptrain", ["poptrain", "status"])'
      """, in: folder)
    #expect(shown.output == "runs/climb: \(folder.url.path)/runs/climb cannot be read: Permission denied\n")
    #expect(shown.status == 0, "\(shown.errors)")
  }

  @Test func `Links are followed to a run and to the folder of runs, and a run is told once`() async throws {
    let folder = try Example.folder(Example.experiment(population: 2, steps: 20))
    try await Program.run("run", "experiment.yaml", "--run", "elsewhere/disk/one", in: folder)
    for (name, target) in [
      ("runs", "elsewhere/disk"), ("latest", "elsewhere/disk/one"), ("loop", "."), (".hidden", "elsewhere"),
    ] {
      try FileManager.default.createSymbolicLink(
        atPath: "\(folder.url.path)/\(name)", withDestinationPath: target)
    }
    #expect(paths(try await list(in: folder), in: folder) == ["/elsewhere/disk/one"])
    // Within the folder of a run, that is the run.
    try FileManager.default.copyItem(atPath: Program.path, toPath: folder.url.path + "/poptrain")
    let inside = try await Program.runShell("cd runs/one && ../../../poptrain status", in: folder)
    #expect(inside.lines.count == 2 && inside.lines[1].hasPrefix(".  "), "\(inside.output)")

    // Four folders below is too far, and what a trainer saves is no run.
    try FileManager.default.moveItem(atPath: folder.url.path + "/elsewhere", toPath: folder.url.path + "/.hidden2")
    try FileManager.default.removeItem(atPath: folder.url.path + "/runs")
    try FileManager.default.createDirectory(atPath: folder.url.path + "/a/b/c", withIntermediateDirectories: true)
    try FileManager.default.moveItem(
      atPath: folder.url.path + "/.hidden2/disk/one", toPath: folder.url.path + "/a/b/c/d")
    #expect(try await list(in: folder).isEmpty)
    let shown = try await Program.run("status", in: folder)
    #expect(
      shown.status == 0 && shown.output.contains("no runs here")
        && shown.output.contains("poptrain run experiment.yaml"))
  }
}
