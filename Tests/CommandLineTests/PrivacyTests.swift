import Foundation
import Testing

/// What Poptrain keeps to itself and to its user.
@Suite struct PrivacyTests {
  @Test func `Nobody else may enter a run or connect to its trainers`() async throws {
    let trainer = """
      import os, stat
      import poptrain

      socket = os.environ["POPTRAIN_SOCKET"]
      folder = os.path.dirname(socket)
      print("socket is", stat.S_ISSOCK(os.stat(socket).st_mode), oct(os.stat(folder).st_mode & 0o777))
      for interval in poptrain.intervals():
          (interval.save_to / "x").write_text(str(interval["rate"]))
          interval.report(value=0.5, steps=10)
      """
    let folder = try Example.folder(trainer: trainer)
    #expect(try await Program.run("run", "experiment.yaml", "--run", "deep/run", in: folder).status == 0)
    #expect(try folder.read("deep/run/logs/worker-0.log").contains("socket is True 0o700"))
    #expect(try permissions(folder.url.path + "/deep/run") == 0o700)
    #expect(try permissions(folder.url.path + "/deep/run/logs/worker-0.log") == 0o600)
    #expect(try permissions(folder.url.path + "/deep") == 0o755)
  }

  @Test func `Nothing that a trainer names or saves reaches the terminal as an escape sequence`() async throws {
    let trainer = """
      import poptrain

      for interval in poptrain.intervals():
          (interval.save_to / "a\u{1B}[31mred").write_text("0")
          interval.report(steps=len(interval.steps), value=interval.member, **{"\\x1b[2Jbad": "no number", "\\u202Eright": [None, "x"]})
      """
    let folder = try Example.folder(trainer: trainer)
    let run = try await Program.run("run", "experiment.yaml", in: folder)
    #expect(run.output.contains("·[2Jbad") && run.output.contains("·right"), "\(run.output)")
    // The mistake of a file's name is told with it.
    let path = folder.url.path + "/runs/climb/best/a\u{1B}[31mred"
    chmod(path, 0o644)
    try Data("1".utf8).write(to: URL(fileURLWithPath: path))
    let audit = try await Program.run("audit", "runs/climb", in: folder)
    #expect(audit.status == 65 && audit.errors.contains("a·[31mred"), "\(audit.errors)")
    for text in [run.output, run.errors, audit.output, audit.errors] {
      #expect(!text.unicodeScalars.contains { $0 == "\u{1B}" || $0 == "\u{202E}" }, "\(text)")
    }
  }

  @Test func `A run that another user began is told as such`() async throws {
    let folder = try Example.folder(Example.experiment(population: 3, steps: 20))
    #expect(try await Program.run("run", "experiment.yaml", "--run", "run", in: folder).status == 0)
    chmod(folder.url.path + "/run", getuid() == 0 ? 0o700 : 0)
    defer { chmod(folder.url.path + "/run", 0o700) }
    let user = getuid() == 0 ? "exec setpriv --reuid=65534 --regid=65534 --clear-groups" : "exec"
    for command in ["status", "best", "audit", "worker", "watch", "stop", "clean", "remove --yes"] {
      let result = try await Program.runShell("\(user) poptrain \(command) run", in: folder)
      #expect(result.status == 65 && result.errors.contains("Permission denied"), "\(command): \(result.errors)")
    }
  }

  @Test func `A folder that was there keeps the permissions that it was given`() async throws {
    let folder = try Example.folder()
    let run = folder.url.path + "/run"
    try FileManager.default.createDirectory(atPath: run, withIntermediateDirectories: true)
    try FileManager.default.setAttributes([.posixPermissions: 0o750], ofItemAtPath: run)
    #expect(try await Program.run("run", "experiment.yaml", "--run", "run", in: folder).status == 0)
    #expect(try permissions(run) == 0o750)
  }

  @Test(arguments: ["", "command"])
  func `Poptrain's own secrets reach no trainer, log or record`(contract: String) async throws {
    let secrets = ["POPTRAIN_STORE_PASSWORD": "wintergreen-7f3a", "POPTRAIN_TOKEN": "marigold-19bc"]
    let command = """
      import json, os, pathlib, sys
      print(dict(os.environ), pathlib.Path("/proc/self/environ").read_text())
      pathlib.Path(sys.argv[1], "x").write_text("x")
      print("value=1")
      """
    let session = Example.trainer.replacing("import poptrain", with: "import os, poptrain; print(dict(os.environ))")
    let argv = contract == "command" ? "[python3, train.py, \"{save}\", \"{rate}\"]" : "[python3, train.py]"
    let experiment = Example.experiment(population: 2).replacing("[python3, train.py]", with: argv)
    let folder = try Example.folder(experiment, trainer: contract == "command" ? command : session)
    let process = Program.process(["run", "experiment.yaml", "--run", "run"], in: folder)
    process.environment?.merge(secrets) { $1 }
    let result = try await Program.run(process, in: folder)
    #expect(result.status == 0, "\(result.errors)")
    #expect(try folder.read("run/logs/worker-0.log").contains("PATH"), "it has printed its environment")
    let files = try #require(FileManager.default.enumerator(atPath: folder.url.path))
    var searched = 0
    for case let name as String in files {
      guard let contents = FileManager.default.contents(atPath: folder.url.path + "/" + name) else { continue }
      searched += 1
      for secret in secrets.values { #expect(contents.range(of: Data(secret.utf8)) == nil, "\(name)") }
    }
    #expect(searched > 5)
    for secret in secrets.values { #expect(!(result.output + result.errors).contains(secret)) }
  }

  @Test func `A killed engine's socket is removed by the next start, one in use is not`() async throws {
    let sockets = try Folder()
    func run(trainer: String) async throws -> Int32 {
      let folder = try Example.folder(Example.experiment(workers: 1), trainer: trainer)
      let process = Program.process(["run", "experiment.yaml"], in: folder)
      process.environment?["XDG_RUNTIME_DIR"] = sockets.url.path
      return try await Program.run(process, in: folder).status
    }
    // A socket is there until its trainer has connected.
    #expect(try await run(trainer: "import os; os.kill(os.getppid(), 9)") == SIGKILL)
    #expect(sockets.names.count == 1)

    let another = try Example.folder()
    let whileItWaits = """
      import os, pathlib, subprocess
      socket = pathlib.Path(os.environ["POPTRAIN_SOCKET"])
      before = list(socket.parent.parent.iterdir())
      subprocess.run(["\(Program.path)", "run", "experiment.yaml"], cwd="\(another.url.path)", check=True)
      assert socket.exists() and list(socket.parent.parent.iterdir()) == before == [socket.parent]
      \(Example.trainer)
      """
    #expect(try await run(trainer: whileItWaits) == 0)
    #expect(sockets.names == [])
  }

  private func permissions(_ path: String) throws -> Int? {
    try FileManager.default.attributesOfItem(atPath: path)[.posixPermissions] as? Int
  }
}
