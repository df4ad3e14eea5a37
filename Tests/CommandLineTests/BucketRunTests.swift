import Foundation
import PoptrainJSON
import PoptrainS3
import PoptrainStoreTesting
import Testing

/// Processes that train one run in a bucket, each with a cache of its own, as on machines that share nothing else.
@Suite(.timeLimit(.minutes(20))) struct BucketRunTests {
  private let place = "s3://runs/\(UUID().uuidString)"
  private let server: S3TestServer

  init() throws { server = try .shared() }

  private func process(_ arguments: [String], on machine: String, in folder: Folder) -> Process {
    let process = Program.process(arguments, in: folder)
    process.environment?.merge(server.environment) { $1 }
    process.environment?["XDG_CACHE_HOME"] = folder.url.path + "/\(machine)"
    return process
  }

  private func run(_ arguments: String..., on machine: String = "reader", in folder: Folder) async throws -> Result {
    try await Program.run(process(arguments, on: machine, in: folder), in: folder)
  }

  @Test func `Two machines train one run, each is stopped, and every command reads it`() async throws {
    let folder = try Example.folder(Example.experiment(steps: 400_000, workers: 1, order: "asynchronous"))
    let one = try Program.start(process(["run", "experiment.yaml", "--run", place], on: "one", in: folder), in: folder)
    #expect(one.read(until: "interval"))
    let other = try Program.start(process(["worker", place, "--workers", "2"], on: "two", in: folder), in: folder)
    #expect(other.read(until: "interval"))
    let status = try json(await run("status", place, "--json", in: folder))
    #expect(status["state"]?.text == "running" && status["run"]?.text == place)
    #expect(one.end(by: SIGTERM) == 75)
    #expect(try await run("stop", place, in: folder).status == 0)
    #expect(other.end() == 76)

    let export = try await run("export", place, "--format", "jsonl", in: folder)
    let workers = try export.lines.map { try JSON.parse($0)["worker"]?.text ?? "" }
    #expect(Set(workers).count == 3, "\(Set(workers))")
    for command in [
      ["audit"], ["lineage"], ["schedule"], ["findings"], ["status"], ["logs", "--member", "0"], ["clean", "--remove"],
      ["rerun", "--member", "0", "--interval", "1"],
    ] {
      let process = process([command[0], place] + command.dropFirst(), on: "reader", in: folder)
      let result = try await Program.run(process, in: folder)
      #expect(result.status == 0, "\(command): \(result.errors)")
    }
    let best = try json(await run("best", place, "--json", "--copy", "model", in: folder))
    let checkpoint = try #require(best["checkpoint"]?.text)
    for path in [checkpoint, folder.url.path + "/model"] {
      #expect(FileManager.default.fileExists(atPath: path + "/x.json"))
    }
    // What nothing refers to was removed, whoever trained it.
    let kept = try server.place(String(place.dropFirst("s3://runs/".count))).objects(under: "checkpoints/")
    #expect(Set(kept.compactMap { $0.key.split(separator: "/").dropFirst().first }).count <= 7)

    let third = try Program.start(process(["worker", place], on: "three", in: folder), in: folder)
    #expect(third.read(until: "interval"))
    #expect(third.end(by: SIGTERM) == 75)
    #expect(try await run("remove", place, "--yes", in: folder).status == 0)
    let gone = try await run("status", place, in: folder)
    #expect(gone.status == 65 && gone.errors.contains("\(place) is not a run"), "\(gone.errors)")
  }

  @Test func `Checkpoints of another run are not taken for one's own`() async throws {
    let folder = try Example.folder(Example.experiment(population: 3, steps: 40, workers: 1))
    #expect(try await run("run", "experiment.yaml", "--run", place, on: "one", in: folder).status == 0)
    let bucket = try server.place(String(place.dropFirst("s3://runs/".count)))
    // What is left is what a run in a database has there.
    for object in try bucket.objects(under: "log/") { try bucket.delete(object.key) }
    let before = try bucket.objects(under: "").map(\.key)
    let refused = try await run("run", "experiment.yaml", "--run", place, on: "two", in: folder)
    #expect(refused.status == 65)
    #expect(refused.errors.contains("\(place) contains checkpoints/"), "\(refused.errors)")
    #expect(try bucket.objects(under: "").map(\.key) == before)
  }

  @Test func `No run begins among the files of another one`() async throws {
    let folder = try Example.folder(Example.experiment(population: 3, steps: 20, workers: 1))
    #expect(try await run("run", "experiment.yaml", "--run", place, on: "one", in: folder).status == 0)
    for inner in ["checkpoints", "log", "pulse"] {
      let refused = try await run("run", "experiment.yaml", "--run", "\(place)/\(inner)/in", on: "one", in: folder)
      #expect(refused.status == 65 && refused.errors.contains("it is in `\(inner)` of the run in"), "\(refused.errors)")
    }
    #expect(try await run("run", "experiment.yaml", "--run", "\(place)-2/log/in", on: "one", in: folder).status == 0)
    let bucket = try server.place(String(place.dropFirst("s3://runs/".count)))
    _ = try bucket.putIfAbsent("log/notes", Data("mine".utf8))
    #expect(try await run("remove", place, "--yes", in: folder).status == 0)
    #expect(try bucket.objects(under: "").map(\.key) == ["log/notes"])
  }

  @Test func `An audit looks at the bucket, whatever this machine has of it`() async throws {
    let folder = try Example.folder(Example.experiment(population: 3, steps: 40, workers: 1))
    #expect(try await run("run", "experiment.yaml", "--run", place, on: "one", in: folder).status == 0)
    #expect(try await run("audit", place, on: "one", in: folder).status == 0)
    let bucket = try server.place(String(place.dropFirst("s3://runs/".count)))
    let models = try bucket.objects(under: "checkpoints/").map(\.key).filter { $0.hasSuffix("x.json") }
    try bucket.put(models[0], Data("[]".utf8))
    try bucket.delete(models[1])
    try bucket.put(models[2].replacing("x.json", with: "y.json"), Data())
    let audit = try await run("audit", place, on: "one", in: folder)
    #expect(audit.status == 65)
    for found in ["x.json", "x.json is not in", "it holds y.json, which was not published with it"] {
      #expect(audit.errors.contains(found), "\(audit.errors)")
    }
  }

  @Test func `Where the disk of a machine is full a checkpoint is fetched when there is room`() async throws {
    let trainer = Example.trainer.replacing(
      "    interval.report",
      with: """
            (interval.save_to / "weights").write_bytes(bytes(2 << 20))
            interval.report
        """)
    let folder = try Example.folder(Example.experiment(population: 3, steps: 100, workers: 1), trainer: trainer)
    let one = try Program.start(process(["run", "experiment.yaml", "--run", place], on: "one", in: folder), in: folder)
    for _ in 0..<4 { #expect(one.read(until: "interval")) }
    #expect(one.end(by: SIGTERM) == 75)

    let small = folder.url.appendingPathComponent("small").path
    try FileManager.default.createDirectory(atPath: small, withIntermediateDirectories: false)
    let mounted = try await Program.runShell("mount -t tmpfs -o size=40m none '\(small)'", in: folder)
    guard mounted.status == 0 else {
      print("not tested: no small file system can be mounted here (\(mounted.errors))")
      return
    }
    defer { umount2(small, Int32(MNT_DETACH)) }
    // There is room for its copy of history, but not for a model.
    try Data(count: 77 << 19).write(to: URL(fileURLWithPath: small + "/ballast"))
    let other = try Program.start(process(["worker", place], on: "small", in: folder), in: folder)
    #expect(other.read(until: "paused: there is no room left on the disk of \(small)"))
    try FileManager.default.removeItem(atPath: small + "/ballast")
    #expect(other.read(until: "resumed"))
    #expect(other.end() == 0)
    #expect(try await run("audit", place, in: folder).status == 0)
  }

  @Test func `What is no place for a run is told as such, and nothing is started`() async throws {
    let folder = try Example.folder(Example.experiment(steps: 40, workers: 1))
    for (arguments, message) in [
      (["status", "gs://runs/x"], "error: gs://runs/x: a run is in a folder, in a bucket: s3://bucket/prefix"),
      (["run", "experiment.yaml", "--run", "http://runs/x"], "a run is in a folder, in a bucket"),
      (["run", "experiment.yaml", "--run", "s3://"], "it names no bucket"),
      (["worker", "s3://runs/a//b"], "a folder in it has no name"),
      (["run", "experiment.yaml", "--run", "s3://absent/x"], "NoSuchBucket"),
      (["remove", "s3://absent/x", "--yes"], "Make the bucket first, or check its name and AWS_ENDPOINT_URL"),
      (
        ["status", "\(place)/absent"],
        "is not a run; `poptrain run experiment.yaml --run \(place)/absent` begins one"
      ),
      (["dashboard", "\(place)/absent", "--port", "0"], "is not a run"),
      (["dashboard", "s3://absent/x", "--port", "0"], "Make the bucket first, or check its name and AWS_ENDPOINT_URL"),
      (["compare", "experiment.yaml", "--run", place], "this trains on one machine, so name a folder instead"),
      (["replay", "runs/climb", "--to", place], "error:"),
      // The server of the tests has a bucket in which it does not look whether there is an object.
      (
        ["run", "experiment.yaml", "--run", "s3://\(S3TestServer.isReal ? "versioned" : "careless")/x"], "If-None-Match"
      ),
    ] {
      let result = try await Program.run(process(arguments, on: "one", in: folder), in: folder)
      #expect(result.status == 65 && result.errors.contains(message), "\(arguments): \(result.errors)")
      #expect(!result.errors.contains("bug in poptrain"))
    }
    #expect(try FileManager.default.contentsOfDirectory(atPath: folder.url.path).allSatisfy { !$0.contains(":") })
    let unknown = process(["status", place], on: "one", in: folder)
    for name in ["AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"] { unknown.environment?[name] = nil }
    unknown.environment?["HOME"] = folder.url.path
    let result = try await Program.run(unknown, in: folder)
    #expect(result.status == 65 && result.errors.contains("AWS_PROFILE"), "\(result.errors)")
    #expect(!FileManager.default.fileExists(atPath: folder.url.path + "/runs"))
  }
}
