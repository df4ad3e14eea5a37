import Foundation
import PoptrainJSON
import Testing

@Suite struct RunFolderTests {
  @Test func `A second run on a folder says who holds it`() async throws {
    let folder = try Example.folder(Example.experiment(steps: 40_000_000))
    let first = try Program.start("run", "experiment.yaml", in: folder)
    #expect(first.read(until: "interval 1"))
    let second = try await Program.run("run", "experiment.yaml", in: folder)
    #expect(second.status == 65)
    #expect(second.errors.contains("is in use by process \(first.process.processIdentifier) on "))
    let status = try json(await Program.run("status", "runs/climb", "--json", in: folder))
    #expect(status["state"]?.text == "running")
    #expect(first.end(by: SIGINT) == 75)
  }

  @Test func `A folder that holds something else is refused and not touched`() async throws {
    for (name, text) in [("checkpoints/mine/weights", "precious"), ("notes", "mine"), ("logs/old.log", "old")] {
      let folder = try Example.folder()
      let file = folder.url.appendingPathComponent("run/\(name)")
      try FileManager.default.createDirectory(at: file.deletingLastPathComponent(), withIntermediateDirectories: true)
      try text.write(to: file, atomically: true, encoding: .utf8)
      let run = try await Program.run("run", "experiment.yaml", "--run", "run", in: folder)
      #expect(run.status == 65)
      #expect(run.errors.contains("but no run that can be resumed; nothing was changed"), "\(run.errors)")
      #expect(try String(contentsOf: file, encoding: .utf8) == text)
      #expect(!FileManager.default.fileExists(atPath: folder.url.path + "/run/population.sqlite"))
    }
  }

  @Test func `A run is one file of history at its end, and without it nothing is swept away`() async throws {
    let folder = try Example.folder()
    try await Program.run("run", "experiment.yaml", in: folder)
    let database = folder.url.appendingPathComponent("runs/climb/population.sqlite")
    let copy = try Folder()
    try FileManager.default.createDirectory(
      at: copy.url.appendingPathComponent("run"), withIntermediateDirectories: true)
    try FileManager.default.copyItem(at: database, to: copy.url.appendingPathComponent("run/population.sqlite"))
    let status = try json(await Program.run("status", "run", "--json", in: copy))
    #expect(status["state"]?.text == "finished")

    let checkpoints = try FileManager.default.contentsOfDirectory(
      atPath: folder.url.path + "/runs/climb/checkpoints")
    for suffix in ["", "-wal", "-shm"] { try? FileManager.default.removeItem(atPath: database.path + suffix) }
    let again = try await Program.run("run", "experiment.yaml", in: folder)
    #expect(again.status == 65)
    #expect(
      try FileManager.default.contentsOfDirectory(atPath: folder.url.path + "/runs/climb/checkpoints").sorted()
        == checkpoints.sorted())
  }

  @Test func `A changed experiment is refused, unless the change is safe`() async throws {
    let folder = try Example.folder()
    try await Program.run("run", "experiment.yaml", in: folder)
    let before = try folder.read("runs/climb/experiment.yaml")

    try folder.write(Example.experiment(interval: 20), to: "experiment.yaml")
    let refused = try await Program.run("run", "experiment.yaml", in: folder)
    #expect(refused.status == 65)
    #expect(refused.errors.contains("interval"))
    #expect(refused.errors.contains("A run keeps the rules it was started with"))
    #expect(try folder.read("runs/climb/experiment.yaml") == before)

    try folder.write(Example.experiment(workers: 1), to: "experiment.yaml")
    let accepted = try await Program.run("run", "experiment.yaml", in: folder)
    #expect(accepted.status == 0)
    #expect(accepted.output.contains("changed since the last start: workers"))
    #expect(try folder.read("runs/climb/experiment.yaml") != before)
  }

  @Test func `A folder of a newer version is refused and not harmed`() async throws {
    let folder = try Example.folder()
    try await Program.run("run", "experiment.yaml", in: folder)
    let database = folder.url.appendingPathComponent("runs/climb/population.sqlite")
    let sqlite = Process()
    sqlite.executableURL = URL(fileURLWithPath: "/usr/bin/env")
    sqlite.arguments = [
      "python3", "-c",
      "import sqlite3,sys; c=sqlite3.connect(sys.argv[1]); c.execute('PRAGMA user_version = 99'); c.close()",
      database.path,
    ]
    try sqlite.run()
    sqlite.waitUntilExit()
    let before = try Data(contentsOf: database)
    for command in ["run", "status"] {
      let target = command == "run" ? "experiment.yaml" : "runs/climb"
      let result = try await Program.run(command, target, in: folder)
      #expect(result.status == 65)
      #expect(result.errors.contains("was written by a newer version of poptrain"))
    }
    #expect(try Data(contentsOf: database) == before)
  }

  @Test func `A folder that cannot be made or written is said, and nothing is started`() async throws {
    let folder = try Example.folder()
    try folder.write("", to: "file")
    let run = try await Program.run("run", "experiment.yaml", "--run", "file/run", in: folder)
    #expect(run.status == 65)
    #expect(run.errors.contains("file/run cannot be written"))
    #expect(folder.names == ["experiment.yaml", "file", "train.py"])
  }

  @Test(.enabled(if: geteuid() == 0, "mounting needs root"))
  func `A read-only folder can be read, and refuses to be run`() async throws {
    let folder = try Example.folder()
    let path = folder.url.appendingPathComponent("mounted").path
    try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
    guard shell("mount", "-t", "tmpfs", "none", path) == 0 else { return }
    defer { _ = shell("umount", "-l", path) }
    let run = try await Program.run("run", "experiment.yaml", "--run", "mounted/run", in: folder)
    #expect(run.status == 0)
    #expect(shell("mount", "-o", "remount,ro", path) == 0)
    for command in ["status", "best", "schedule", "lineage", "export", "audit"] {
      let result = try await Program.run(command, "mounted/run", in: folder)
      #expect(result.status == 0, "\(command): \(result.errors)")
    }
    let again = try await Program.run("run", "experiment.yaml", "--run", "mounted/run", in: folder)
    #expect(again.status == 65)
    #expect(again.errors.contains("cannot be written: Read-only file system"), "\(again.errors)")
  }

  private func shell(_ arguments: String...) -> Int32 {
    let process = Process()
    process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
    process.arguments = arguments
    process.standardError = FileHandle.nullDevice
    guard (try? process.run()) != nil else { return 1 }
    process.waitUntilExit()
    return process.terminationStatus
  }

  @Test func `Names with spaces and non-ASCII text work everywhere`() async throws {
    let folder = try Folder(name: "ein Ordner mit Ümlaut 😀")
    try folder.write(
      Example.experiment(more: "durability: process").replacingOccurrences(of: "name: climb", with: "name: \"größe 1\"")
        .replacingOccurrences(of: "  rate:", with: "  lern rate é:"), to: "expériment.yaml")
    try folder.write(Example.trainer.replacingOccurrences(of: "\"rate\"", with: "\"lern rate é\""), to: "train.py")
    let run = try await Program.run("run", "expériment.yaml", in: folder)
    #expect(run.status == 0, "\(run.errors)")
    #expect(try await Program.run("status", "runs/größe 1", in: folder).output.contains("lern rate é"))
    let export = try await Program.run("export", "runs/größe 1", in: folder)
    #expect(export.output.contains("hyperparameters.lern rate é"))
  }

  @Test func `One and a thousand hyperparameters, two and two thousand members`() async throws {
    let trainer = """
      import poptrain
      for interval in poptrain.intervals():
          total = sum(interval.hyperparameters.values())
          (interval.save_to / "x").write_text("x")
          for step in interval.steps: pass
          interval.report(value=total)
      """
    let wide = try Example.folder(
      Example.experiment(population: 2, steps: 2, interval: 1).replacingOccurrences(
        of: "  rate: {log_uniform: [1e-4, 0.9]}",
        with: (0..<1000).map { "  h\($0): {uniform: [0, 1]}" }.joined(separator: "\n")), trainer: trainer)
    #expect(try await Program.run("run", "experiment.yaml", in: wide).status == 0)
    #expect(try await Program.run("audit", "runs/climb", in: wide).status == 0)

    let many = try Example.folder(Example.experiment(population: 2000, steps: 1, interval: 1), trainer: trainer)
    #expect(try await Program.run("run", "experiment.yaml", in: many).status == 0)
    let status = try json(await Program.run("status", "runs/climb", "--json", in: many))
    #expect(status["members"]?.array?.count == 2000)
  }
}
