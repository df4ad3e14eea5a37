import Foundation
import PoptrainJSON
import PoptrainS3
import PoptrainStoreTesting
import Testing

/// Processes that train one run whose history is in a database.
@Suite(.timeLimit(.minutes(20))) struct DatabaseRunTests {
  private func process(_ arguments: [String], of server: PostgresTestServer, in folder: Folder) -> Process {
    let process = Program.process(arguments, in: folder)
    process.environment?.merge(server.environment) { $1 }
    // Of the tests' own process, whose trainers find their Python there.
    process.environment?["HOME"] = ProcessInfo.processInfo.environment["HOME"]
    process.environment?["PGPASSFILE"] = "/nonexistent"
    return process
  }

  private func start(_ arguments: String..., of server: PostgresTestServer, in folder: Folder) throws -> Running {
    try Program.start(process(arguments, of: server, in: folder), in: folder)
  }

  private func run(_ arguments: String..., of server: PostgresTestServer, in folder: Folder) async throws -> Result {
    try await Program.run(process(arguments, of: server, in: folder), in: folder)
  }

  @Test(arguments: ["worker", "status"])
  func `A database that does not answer may do so later`(command: String) async throws {
    let folder = try Folder()
    let result = try await Program.run(command, "postgresql://127.0.0.1:1/runs/x", in: folder)
    #expect(result.status == 75)
    #expect(result.errors.contains("try again when it answers"), "\(result.errors)")
  }

  @Test func `Two machines train one run, each is stopped, and every command reads it`() async throws {
    let server = try PostgresTestServer.shared()
    let place = server.url()
    let folder = try Example.folder(Example.experiment(steps: 400_000, workers: 1, order: "asynchronous"))
    let checkpoints = folder.url.path + "/shared/checkpoints of x"
    let one = try start(
      "run", "experiment.yaml", "--run", place, "--checkpoints", checkpoints, of: server, in: folder)
    #expect(one.read(until: "interval"))
    let other = try start("worker", place, "--workers", "2", of: server, in: folder)
    #expect(other.read(until: "interval"))
    let status = try json(await run("status", place, "--json", of: server, in: folder))
    #expect(status["state"]?.text == "running" && status["run"]?.text == place)
    #expect(one.end(by: SIGTERM) == 75)
    #expect(try await run("stop", place, of: server, in: folder).status == 0)
    #expect(other.end() == 76)

    let export = try await run("export", place, "--format", "jsonl", of: server, in: folder)
    let workers = try export.lines.map { try JSON.parse($0)["worker"]?.text ?? "" }
    #expect(Set(workers).count == 3, "\(Set(workers))")
    for command in [
      ["audit"], ["lineage"], ["schedule"], ["findings"], ["status"], ["logs", "--member", "0"], ["clean", "--remove"],
      ["rerun", "--member", "0", "--interval", "1"],
    ] {
      let process = process([command[0], place] + command.dropFirst(), of: server, in: folder)
      let result = try await Program.run(process, in: folder)
      #expect(result.status == 0, "\(command): \(result.errors)")
    }
    let best = try json(await run("best", place, "--json", "--copy", "model", of: server, in: folder))
    #expect(best["checkpoint"]?.text?.hasPrefix(checkpoints + "/checkpoints/") == true)
    for path in [checkpoints + "/best", folder.url.path + "/model"] {
      #expect(FileManager.default.fileExists(atPath: path + "/x.json"))
    }
    // What nothing refers to was removed, whoever trained it.
    let kept = try FileManager.default.contentsOfDirectory(atPath: checkpoints + "/checkpoints")
    #expect(kept.filter { !$0.hasPrefix(".") }.count <= 7)

    // A machine without the folder has no checkpoints to begin with.
    try FileManager.default.moveItem(atPath: checkpoints, toPath: checkpoints + " elsewhere")
    let lost = try await run("worker", place, of: server, in: folder)
    #expect(lost.status == 65 && lost.errors.contains("all machines must have the checkpoints"), "\(lost.errors)")
    try FileManager.default.moveItem(atPath: checkpoints + " elsewhere", toPath: checkpoints)
    let third = try start("run", place, of: server, in: folder)
    #expect(third.read(until: "interval"))
    #expect(third.end(by: SIGTERM) == 75)
    #expect(try await run("remove", place, "--yes", of: server, in: folder).status == 0)
    #expect(!FileManager.default.fileExists(atPath: checkpoints))
    let gone = try await run("status", place, of: server, in: folder)
    #expect(gone.status == 65 && gone.errors.contains("\(place) is not a run"), "\(gone.errors)")
  }

  @Test func `Who may only read the database removes nothing`() async throws {
    let server = try PostgresTestServer.shared()
    let folder = try Example.folder(Example.experiment(population: 3, steps: 40, workers: 1))
    let (run, checkpoints) = (UUID().uuidString, folder.url.path + "/shared")
    let trained = try await self.run(
      "run", "experiment.yaml", "--run", server.url(run), "--checkpoints", checkpoints, of: server, in: folder)
    #expect(trained.status == 0, "\(trained.errors)")
    let refused = try await self.run("remove", server.url(run, user: "reader"), "--yes", of: server, in: folder)
    #expect(refused.status == 65 && refused.errors.contains("permission denied"), "\(refused.errors)")
    let audited = try await self.run("audit", server.url(run, user: "reader"), of: server, in: folder)
    #expect(audited.status == 0, "\(audited.output)\(audited.errors)")
  }

  @Test func `A process is killed, then the server, and every interval is there once`() async throws {
    let server = try PostgresTestServer()
    let place = server.url("x")
    let folder = try Example.folder(Example.experiment(steps: 4000, workers: 1, order: "asynchronous"))
    let begin = ["run", "experiment.yaml", "--run", place, "--checkpoints", folder.url.path + "/shared"]
    // At once: one of them begins the run, and makes the tables.
    let all = try (0..<3).map { _ in try Program.start(process(begin, of: server, in: folder), in: folder) }
    for one in all { #expect(one.read(until: "interval")) }
    #expect(all[0].end(by: SIGKILL) == SIGKILL)
    try server.kill()
    #expect(all[1].read(until: "trainers go on, and their results are tried again"))
    try server.start()
    #expect(all[1].read(until: "the place of the run answers again"))
    #expect(all[1].end() == 0 && all[2].end() == 0)
    let export = try await run("export", place, "--format", "jsonl", of: server, in: folder)
    let intervals = try export.lines.map { line in
      let interval = try JSON.parse(line)
      return "\(interval["member"]?.integer ?? -1) \(interval["number"]?.integer ?? -1)"
    }
    #expect(intervals.count == 6 * 400 && Set(intervals).count == intervals.count)
    let audit = try await run("audit", place, of: server, in: folder)
    #expect(audit.status == 0, "\(audit.errors)")
  }

  @Test func `Checkpoints may be in a bucket`() async throws {
    let (server, buckets) = (try PostgresTestServer.shared(), try S3TestServer.shared())
    let (place, name) = (server.url(), UUID().uuidString)
    let folder = try Example.folder(Example.experiment(steps: 40, workers: 2))
    func run(_ arguments: String...) async throws -> Result {
      let process = process(arguments, of: server, in: folder)
      process.environment?.merge(buckets.environment) { $1 }
      return try await Program.run(process, in: folder)
    }
    let first = try await run("run", "experiment.yaml", "--run", place, "--checkpoints", "s3://runs/\(name)")
    #expect(first.status == 0 && first.output.contains("checkpoint: s3://runs/\(name)/checkpoints/"), "\(first.errors)")
    #expect(try await run("audit", place).status == 0)
    let second = try await run("run", "experiment.yaml", "--run", server.url(), "--checkpoints", "s3://runs/\(name)")
    #expect(second.status == 65 && second.errors.contains("that no other has"), "\(second.errors)")
    #expect(try await run("remove", place, "--yes").status == 0)
    #expect(try buckets.place(name).objects(under: "").isEmpty)
  }

  @Test func `What is no place for a run is told as such, and nothing is started`() async throws {
    let server = try PostgresTestServer.shared()
    let folder = try Example.folder(Example.experiment(steps: 40, workers: 1))
    #expect(try await Program.run("run", "experiment.yaml", in: folder).status == 0)
    let (place, path) = (server.url(), folder.url.path)
    let begin = ["run", "experiment.yaml", "--run"]
    for (arguments, message) in [
      (begin + [place], "--checkpoints /shared/checkpoints/x"), (["worker", place], "\(place) is not a run"),
      (begin + [place, "--checkpoints", "relative"], "relative: checkpoints are in a folder, named from `/` on"),
      (begin + [place, "--checkpoints", place], "checkpoints are in a folder, named from `/` on"),
      (
        begin + [place, "--checkpoints", "\(path)/runs/climb"], "contains a run, and a run in a database needs a place"
      ),
      (begin + [place, "--checkpoints", path], "contains"),
      (
        begin + [place, "--checkpoints", "\(path)/runs/climb/checkpoints/in"],
        "it is in `checkpoints` of the run in \(path)/runs/climb, and would be removed with it"
      ),
      (begin + ["runs/y", "--checkpoints", "\(path)/x"], "where a run is in a database"),
      (["status", "postgres://runs/x"], "or in a database: postgresql://host/database/run"),
      (["run", "postgresql://ann:secret@127.0.0.1/runs/x"], "set PGPASSWORD, or write it into ~/.pgpass"),
      (["compare", "experiment.yaml", "--run", place], "this trains on one machine, so name a folder instead"),
      (["status", server.url().replacing("/runs/", with: "/absent/")], "Make the database first"),
    ] {
      let result = try await Program.run(process(arguments, of: server, in: folder), in: folder)
      #expect(result.status == 65 && result.errors.contains(message), "\(arguments): \(result.errors)")
      #expect(!result.errors.contains("bug in poptrain") && !result.errors.contains("secret"), "\(result.errors)")
    }
    // The pods are elsewhere, and nobody is asked.
    let launch = try await run(
      "launch", "kubernetes", "postgresql://db/runs/x", "--checkpoints", "/shared/x", "--workers", "1", "--experiment",
      "experiment.yaml", "--image", "me/x", "--volume", "runs:/shared", of: server, in: folder)
    #expect(launch.status == 0 && launch.output.contains("--checkpoints") && launch.output.contains("/shared/x"))
    #expect(folder.names.filter { !$0.hasPrefix(".") } == ["experiment.yaml", "runs", "train.py"])
    #expect(try FileManager.default.contentsOfDirectory(atPath: path + "/runs") == ["climb"])
  }
}
