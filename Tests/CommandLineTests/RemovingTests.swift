import Foundation
import Testing

@Suite struct RemovingTests {
  private func finished() async throws -> Folder {
    let folder = try Example.folder(Example.experiment(population: 3, steps: 20))
    let run = try await Program.run("run", "experiment.yaml", in: folder)
    #expect(run.status == 0, "\(run.errors)")
    return folder
  }

  @Test func `A run is removed with its folder, and without --yes nothing is where nobody can be asked`() async throws {
    let folder = try await finished()
    let before = try FileManager.default.subpathsOfDirectory(atPath: folder.url.path + "/runs").sorted()
    let refused = try await Program.run("remove", "runs/climb", in: folder)
    #expect(refused.status == 64 && refused.errors.contains("--yes"), "\(refused.errors)")
    #expect(try FileManager.default.subpathsOfDirectory(atPath: folder.url.path + "/runs").sorted() == before)

    let removed = try await Program.run("remove", "runs/climb", "--yes", in: folder)
    #expect(removed.status == 0, "\(removed.errors)")
    #expect(
      removed.output.contains(try Regex("^removed runs/climb: \\d checkpoints?, [\\d.]+ kB\n$")), "\(removed.output)")
    #expect(try FileManager.default.contentsOfDirectory(atPath: folder.url.path + "/runs").isEmpty)
    let again = try await Program.run("remove", "runs/climb", "-y", in: folder)
    #expect(again.status == 65 && again.errors.contains("is not a run"), "\(again.errors)")
    #expect(try await Program.run("run", "experiment.yaml", in: folder).status == 0)
  }

  @Test(arguments: ["y", "n", ""])
  func `On a terminal it asks, and only yes is yes`(answer: String) async throws {
    let folder = try await finished()
    try folder.write(
      """
      import os, pty, sys
      pid, terminal = pty.fork()
      if pid == 0:
          os.execvp(sys.argv[1], sys.argv[1:])
      text = b""
      while b"[y/N]" not in text:
          text += os.read(terminal, 1000)
      os.write(terminal, os.environ["ANSWER"].encode() + b"\\n")
      try:
          while more := os.read(terminal, 1000):
              text += more
      except OSError:
          pass
      print(text.decode())
      sys.exit(os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]))
      """, to: "terminal.py")
    let asked = try await Program.runShell(
      "ANSWER='\(answer)' exec python3 terminal.py poptrain remove runs/climb", in: folder)
    #expect(asked.status == 0 && asked.output.contains("remove runs/climb: "), "\(asked.output) \(asked.errors)")
    let isThere = FileManager.default.fileExists(atPath: folder.url.path + "/runs/climb")
    #expect(isThere == (answer != "y"))
    #expect(asked.output.contains("nothing was removed") == (answer != "y"))
  }

  @Test func `A run that is being trained is not removed`() async throws {
    let folder = try Example.folder(Example.experiment(steps: 40_000_000))
    let run = try Program.start("run", "experiment.yaml", in: folder)
    #expect(run.read(until: "interval 1"))
    let refused = try await Program.run("remove", "runs/climb", "--yes", in: folder)
    #expect(refused.status == 65)
    #expect(refused.errors.contains("is in use by process \(run.process.processIdentifier) on "))
    #expect(run.end(by: SIGINT) == 75)
    #expect(try await Program.run("audit", "runs/climb", in: folder).status == 0)
  }

  @Test func `What is no run is refused and not changed`() async throws {
    let folder = try await finished()
    try folder.write("mine", to: "runs/notes")
    try FileManager.default.createDirectory(atPath: folder.url.path + "/other", withIntermediateDirectories: true)
    try folder.write("not a database", to: "other/population.sqlite")
    try FileManager.default.createSymbolicLink(
      atPath: folder.url.path + "/link", withDestinationPath: "runs/climb")
    let before = try FileManager.default.subpathsOfDirectory(atPath: folder.url.path).filter { !$0.hasPrefix(".") }
    for name in [".", "runs", "other", "nowhere", "runs/notes", "runs/climb/checkpoints", "link", "link/"] {
      let refused = try await Program.run("remove", name, "--yes", in: folder)
      #expect(refused.status == 65, "\(name): \(refused.output)")
      if name.hasPrefix("link") {
        #expect(refused.errors.contains("poptrain remove \(folder.url.path)/runs/climb"), "\(refused.errors)")
      }
    }
    let after = try FileManager.default.subpathsOfDirectory(atPath: folder.url.path).filter { !$0.hasPrefix(".") }
    #expect(after.sorted() == before.sorted())
  }

  @Test func `What the run has not made stays, and no link is followed`() async throws {
    let folder = try await finished()
    let run = folder.url.path + "/runs/climb"
    try FileManager.default.createDirectory(atPath: folder.url.path + "/outside", withIntermediateDirectories: true)
    try folder.write("precious", to: "outside/file")
    try FileManager.default.createDirectory(atPath: run + "/checkpoints/mine", withIntermediateDirectories: true)
    for name in ["notes.txt", "checkpoints/mine/weights", "logs/my.log"] {
      try folder.write("mine", to: "runs/climb/" + name)
    }
    for name in ["model", "checkpoints/0-1-link", "checkpoints/.incoming/link"] {
      try FileManager.default.createSymbolicLink(
        atPath: "\(run)/\(name)", withDestinationPath: folder.url.path + "/outside")
    }
    let removed = try await Program.run("remove", "runs/climb", "--yes", in: folder)
    #expect(removed.status == 0, "\(removed.errors)")
    #expect(
      removed.output.contains(
        "the folder stays, with what is not of the run: model, notes.txt, checkpoints/0-1-link, checkpoints/mine, logs/my.log"
      ), "\(removed.output)")
    #expect(
      try FileManager.default.subpathsOfDirectory(atPath: run).sorted() == [
        "checkpoints", "checkpoints/0-1-link", "checkpoints/mine", "checkpoints/mine/weights", "logs", "logs/my.log",
        "model", "notes.txt",
      ])
    #expect(try folder.read("outside/file") == "precious")
  }

  @Test func `What stands in a shared log and is not of it stays`() async throws {
    let folder = try Example.folder(Example.experiment(population: 3, steps: 20))
    let run = try await Program.run("run", "experiment.yaml", "--shared", "--run", "shared", in: folder)
    #expect(run.status == 0, "\(run.errors)")
    for name in ["log/notes", "log/000000/notes"] { try folder.write("mine", to: "shared/" + name) }
    let removed = try await Program.run("remove", "shared", "--yes", in: folder)
    #expect(removed.status == 0, "\(removed.errors)")
    #expect(removed.output.contains("not of the run: log/000000/notes, log/notes"), "\(removed.output)")
    #expect(
      try FileManager.default.subpathsOfDirectory(atPath: folder.url.path + "/shared").sorted() == [
        "log", "log/000000", "log/000000/notes", "log/notes",
      ])
  }

  @Test func `A damaged run, an old one and one whose start was cut off can be removed`() async throws {
    let folder = try await finished()
    try folder.write("not a database", to: "runs/climb/population.sqlite")
    #expect(try await Program.run("remove", "runs/climb", "--yes", in: folder).status == 0)
    for name in ["checkpoints", "logs"] {
      try FileManager.default.createDirectory(
        atPath: folder.url.path + "/runs/climb/" + name, withIntermediateDirectories: true)
    }
    try folder.write("process 1 on nowhere, since 2026-01-01T00:00:00Z", to: "runs/climb/.lock")
    #expect(try await Program.run("remove", "runs/climb", "--yes", in: folder).status == 0)
    #expect(try FileManager.default.contentsOfDirectory(atPath: folder.url.path + "/runs").isEmpty)
    for run in OldRun.all {
      let folder = try run.folder()
      #expect(try await Program.run("remove", "runs/climb", "--yes", in: folder).status == 0, "\(run)")
      #expect(!FileManager.default.fileExists(atPath: folder.url.path + "/runs/climb"))
    }
  }

  @Test func `Killed after whatever change, it is finished by the next one`() async throws {
    let original = try await finished()
    let library = try await Recording.library(in: original)
    var kills = 0
    var isOver = false
    while !isOver {
      let folder = try Folder()
      try FileManager.default.copyItem(atPath: original.url.path + "/runs", toPath: folder.url.path + "/runs")
      let isWithNotes = kills % 2 == 1
      if isWithNotes { try folder.write("mine", to: "runs/climb/notes") }
      let once = folder.url.path + "/once"
      try folder.write("", to: "once")
      let process = Program.process(["remove", "runs/climb", "--yes"], in: folder)
      process.environment?["LD_PRELOAD"] = library
      process.environment?["RECORDER_ROOT"] = folder.url.path + "/runs"
      process.environment?["RECORDER_LOG"] = folder.url.path + "/log"
      process.environment?["RECORDER_KILL"] = "engine \(kills + 1) \(once)"
      let first = try await Program.run(process, in: folder)
      isOver = FileManager.default.fileExists(atPath: once)
      kills += isOver ? 0 : 1
      #expect(!isOver || first.status == 0, "\(first.errors)")
      let run = folder.url.path + "/runs/climb"
      let left = (try? FileManager.default.contentsOfDirectory(atPath: run)) ?? ["notes"]
      guard left != ["notes"] else { continue }
      let second = try await Program.run("remove", "runs/climb", "--yes", in: folder)
      #expect(second.status == 0, "killed after \(kills) changes, \(left): \(second.errors)")
      #expect((try? FileManager.default.contentsOfDirectory(atPath: run)) == (isWithNotes ? ["notes"] : nil))
    }
    #expect(kills >= 15)
  }
}
