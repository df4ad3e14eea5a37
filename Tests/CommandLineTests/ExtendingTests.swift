import Foundation
import PoptrainJSON
import Testing

/// A finished run goes on with more steps, or with another number of members.
@Suite struct ExtendingTests {
  private func status(_ folder: Folder) async throws -> JSON {
    try json(await Program.run("status", "runs/climb", "--json", in: folder))
  }

  private func members(_ status: JSON, _ key: String) -> [Int] {
    (status["members"]?.array ?? []).compactMap { $0[key]?.integer }
  }

  private func states(_ status: JSON) -> [String] {
    (status["members"]?.array ?? []).compactMap { $0["state"]?.text }
  }

  @Test(arguments: ["--steps", "the file"])
  func `What is extended has the history of what had the larger budget from the start`(how: String) async throws {
    let reference = try Example.folder(Example.experiment(steps: 80))
    try await Program.run("run", "experiment.yaml", in: reference)
    let folder = try Example.folder(Example.experiment(steps: 40))
    let first = try await Program.run("run", "experiment.yaml", in: folder)
    #expect(first.output.contains("ended: every member has trained its 40 steps"))
    #expect(first.output.contains("with a larger --steps"))

    let isFlag = how == "--steps"
    if !isFlag { try folder.write(Example.experiment(steps: 80), to: "experiment.yaml") }
    let extended = try await Program.run(
      arguments: ["run", "experiment.yaml"] + (isFlag ? ["--steps", "80"] : []), in: folder)
    #expect(extended.status == 0, "\(extended.errors)")
    #expect(extended.output.contains("6 members × 80 steps = 480 steps in 48 intervals"))
    #expect(extended.output.contains("resuming: 240 steps (50 %) are done"))
    #expect(extended.output.contains("changed since the last start: steps: 40 -> 80"))
    #expect(extended.lines.filter { $0.contains("  interval ") }.count == 24)
    #expect(try await history(of: "runs/climb", in: folder) == history(of: "runs/climb", in: reference))
    #expect(try await Program.run("audit", "runs/climb", in: folder).status == 0)
    #expect(try folder.read("runs/climb/experiment.yaml").contains("\nsteps: 80\n"))
  }

  @Test func `In asynchronous order those that are done decide at once too`() async throws {
    let folder = try Example.folder(Example.experiment(order: "asynchronous"))
    try await Program.run("run", "experiment.yaml", in: folder)
    let run = try await Program.run("run", "experiment.yaml", "--steps", "60", "--json", in: folder)
    let events = try run.lines.map(JSON.parse).compactMap { $0["event"]?.text }
    let firstInterval = try #require(events.firstIndex(of: "interval"))
    #expect(events.prefix(firstInterval).contains("inherit"))
    #expect(try await Program.run("audit", "runs/climb", in: folder).status == 0)
    // What was decided then is told of the interval before.
    let rows = try await Program.run("export", "runs/climb", "--format", "jsonl", in: folder).lines.map(JSON.parse)
    #expect(rows.filter { $0["start_steps"]?.integer == 30 }.allSatisfy { $0["decision"]?.text != nil })
    #expect(rows.filter { $0["start_steps"]?.integer == 50 }.allSatisfy { $0["decision"]?.text == nil })
  }

  @Test func `A flag holds for the run until the next one, or until the file is changed there`() async throws {
    let folder = try Example.folder(Example.experiment(population: 3, steps: 20))
    var inFile = 20
    func steps(_ flags: String..., file: Int? = nil) async throws -> Int? {
      if let file {
        inFile = file
        try folder.write(Example.experiment(population: 3, steps: file), to: "experiment.yaml")
      }
      let run = try await Program.run(arguments: ["run", "experiment.yaml"] + flags, in: folder)
      #expect(run.status == 0, "\(run.errors)")
      let steps = try await status(folder)["steps"]?.integer
      let isKept = !flags.contains("--steps") && steps != inFile
      #expect(run.output.contains("as an earlier command line said; the file says") == isKept, "\(run.output)")
      return steps
    }
    #expect(try await steps("--steps", "30") == 30)
    #expect(try await steps() == 30, "the file is as it was")
    #expect(try await steps("--workers", "1") == 30)
    #expect(try await steps("--steps", "40") == 40)
    #expect(try await steps(file: 50) == 50, "who changes the file means it")
    #expect(try await steps("--steps", "60") == 60)
    #expect(try await steps(file: 50) == 60)
    #expect(try await steps(file: 20) == 20, "and also when it becomes less")
    #expect(try await status(folder)["trained_steps"]?.integer == 180)
    #expect(try await steps(file: 60) == 60)
    #expect(try await Program.run("audit", "runs/climb", in: folder).status == 0)
  }

  @Test func `With fewer steps than were trained nothing is trained, and nothing is lost`() async throws {
    let folder = try Example.folder()
    try await Program.run("run", "experiment.yaml", in: folder)
    let best = try await Program.run("best", "runs/climb", "--json", in: folder).output
    let run = try await Program.run("run", "experiment.yaml", "--steps", "15", in: folder)
    #expect(run.status == 0)
    #expect(!run.output.contains("  interval "))
    #expect(run.output.contains("resuming: 240 steps (100 %) are done"))
    #expect(try await Program.run("best", "runs/climb", "--json", in: folder).output == best)
  }

  @Test func `Members leave and others join, with new ids`() async throws {
    let folder = try Example.folder()
    try await Program.run("run", "experiment.yaml", in: folder)
    let best = try await status(folder)["best"]
    let smaller = try await Program.run("run", "experiment.yaml", "--population-size", "2", in: folder)
    #expect(smaller.status == 0, "\(smaller.errors)")
    #expect(smaller.output.contains("2 members × 40 steps"))
    #expect(smaller.lines.filter { $0.hasSuffix("leaves: the population was made smaller") }.count == 4)
    var now = try await status(folder)
    #expect(states(now).filter { $0 == "retired" }.count == 4 && states(now).filter { $0 == "done" }.count == 2)
    #expect(now["best"] == best && now["state"]?.text == "finished")
    #expect(now["trained_steps"]?.integer == 240 && now["total_steps"]?.integer == 240)
    try checkFiles(in: folder, now)
    let lineage = try await Program.run("lineage", "runs/climb", in: folder)
    #expect(lineage.output.contains("2 members descend from"))

    let larger = try await Program.run(
      "run", "experiment.yaml", "--population-size", "5", "--steps", "60", "--json", in: folder)
    #expect(larger.status == 0, "\(larger.errors)")
    let events = try larger.lines.map(JSON.parse)
    #expect(events.filter { $0["event"]?.text == "join" }.compactMap { $0["member"]?.integer } == [6, 7, 8])
    now = try await status(folder)
    #expect(members(now, "id") == Array(0..<9))
    for (id, state) in states(now).enumerated() where state != "retired" {
      #expect(state == "done" && members(now, "steps")[id] == 60)
    }
    #expect(now["trained_steps"] == now["total_steps"])
    try checkFiles(in: folder, now)
    for command in ["audit", "lineage", "export", "schedule", "status"] {
      #expect(try await Program.run(command, "runs/climb", in: folder).status == 0)
    }
    let rows = try await Program.run("export", "runs/climb", "--format", "jsonl", in: folder).lines.map(JSON.parse)
    let newcomers = rows.filter { $0["member"]?.integer ?? 0 >= 6 && $0["number"]?.integer == 1 }
    #expect(newcomers.map { $0["start_steps"]?.integer } == [40, 40, 40])
    #expect(newcomers.allSatisfy { $0["start_checkpoint"]?.text != nil }, "they have copied")
    #expect(rows.filter { $0["decision"]?.text == "retire" }.count == 4)
  }

  @Test func `Who joins a finished run trains a budget of its own`() async throws {
    let folder = try Example.folder(Example.experiment(population: 2, steps: 20))
    try await Program.run("run", "experiment.yaml", in: folder)
    let run = try await Program.run("run", "experiment.yaml", "--population-size", "3", in: folder)
    #expect(run.lines.filter { $0.contains("  interval ") }.count == 2)
    let now = try await status(folder)
    #expect(members(now, "steps") == [20, 20, 20] && now["trained_steps"]?.integer == 60)
    #expect(try await Program.run("audit", "runs/climb", in: folder).status == 0)
  }

  @Test func `A run that was stopped may be extended, grown and shrunk too`() async throws {
    let folder = try Example.folder(Example.experiment(steps: 4000))
    let running = try Program.start("run", "experiment.yaml", in: folder)
    #expect(running.read(until: "interval 2"))
    #expect(running.end(by: SIGINT) == 75)
    let run = try await Program.run(
      "run", "experiment.yaml", "--steps", "100", "--population-size", "7", in: folder)
    #expect(run.status == 0, "\(run.errors)")
    let now = try await status(folder)
    #expect(now["state"]?.text == "finished" && states(now).allSatisfy { $0 == "done" })
    #expect(members(now, "id").count == 7)
    #expect(try await Program.run("audit", "runs/climb", in: folder).status == 0)
  }

  @Test func `Values of their own follow a population that grows`() async throws {
    func experiment(_ size: Int, _ shards: String) -> String {
      Example.experiment(population: size, more: "durability: process").replacingOccurrences(
        of: "hyperparameters:\n", with: "hyperparameters:\n  shard: {per_member: [\(shards)]}\n")
    }
    let folder = try Example.folder(experiment(2, "a, b"))
    try await Program.run("run", "experiment.yaml", in: folder)
    let flag = try await Program.run("run", "experiment.yaml", "--population-size", "3", in: folder)
    #expect(flag.status == 0, "\(flag.errors)")
    try folder.write(experiment(5, "a, b, c, d, e"), to: "experiment.yaml")
    let file = try await Program.run("run", "experiment.yaml", in: folder)
    #expect(file.status == 0, "\(file.errors)")
    let shards = (try await status(folder)["members"]?.array ?? []).map { $0["hyperparameters"]?["shard"]?.text }
    #expect(shards == ["a", "b", "a", "d", "e"])
    #expect(try await Program.run("audit", "runs/climb", in: folder).status == 0)

    try folder.write(experiment(5, "a, x, c, d, e"), to: "experiment.yaml")
    #expect(try await Program.run("run", "experiment.yaml", in: folder).status == 65)
  }

  @Test func `What does not fit the file is refused, and nothing is changed`() async throws {
    let folder = try Example.folder()
    for arguments in [["--steps", "5"], ["--population-size", "1"]] {
      let run = try await Program.run(arguments: ["run", "experiment.yaml"] + arguments, in: folder)
      #expect(run.status == 65)
      #expect(run.errors.contains("the given values conflict with the experiment file"), "\(run.errors)")
      #expect(folder.names == ["experiment.yaml", "train.py"])
    }
    for arguments in [
      ["--steps", "0"], ["--steps", "1.5"], ["--population-size", "0"], ["--population-size", "many"],
    ] {
      #expect(try await Program.run(arguments: ["run", "experiment.yaml"] + arguments, in: folder).status == 64)
    }
    let parts = try Example.folder(Example.experiment(more: "subpopulations: 2"))
    try await Program.run("run", "experiment.yaml", in: parts)
    let grown = try await Program.run("run", "experiment.yaml", "--population-size", "8", in: parts)
    #expect(grown.status == 65)
    #expect(grown.errors.contains("population_size: 6 -> 8"), "\(grown.errors)")
  }

  @Test func `The live view shows those that have not left`() async throws {
    let folder = try Example.folder()
    try await Program.run("run", "experiment.yaml", in: folder)
    let arguments = "'run', 'experiment.yaml', '--population-size', '4', '--steps', '60'"
    let terminal = Process()
    terminal.executableURL = URL(fileURLWithPath: "/usr/bin/env")
    terminal.arguments = ["python3", "-c", "import pty; pty.spawn(['\(Program.path)', \(arguments)])"]
    terminal.currentDirectoryURL = folder.url
    terminal.environment = ProcessInfo.processInfo.environment.merging([
      "PYTHONPATH": Program.sources.appendingPathComponent("python").path, "TERM": "xterm", "LC_ALL": "C.UTF-8",
      "NO_COLOR": "1",
    ]) { $1 }
    let pipe = Pipe()
    terminal.standardOutput = pipe
    terminal.standardInput = FileHandle.nullDevice
    try terminal.run()
    let output = String(decoding: try pipe.fileHandleForReading.readToEnd() ?? Data(), as: UTF8.self)
    terminal.waitUntilExit()
    #expect(output.contains("100 %") && output.contains("✓ done"), "\(output)")
    #expect(!output.contains("retired"))
  }

  /// The folder of checkpoints holds what the members and the best refer to, and nothing else.
  private func checkFiles(in folder: Folder, _ status: JSON) throws {
    let path = folder.url.path + "/runs/climb/checkpoints"
    let present = Set(try FileManager.default.contentsOfDirectory(atPath: path)).subtracting([".incoming"])
    var referred = Set((status["members"]?.array ?? []).compactMap { $0["checkpoint"]?.text })
    if let best = status["best"]?["checkpoint"]?.text { referred.insert(best) }
    #expect(Set(referred.map { URL(fileURLWithPath: $0).lastPathComponent }) == present)
  }

  @Test func `What a flag said is still known as such after the folder of the run was named`() async throws {
    let folder = try Example.folder(Example.experiment(population: 2, steps: 60))
    #expect(try await Program.run("run", "experiment.yaml", "--steps", "20", in: folder).status == 0)
    #expect(try await Program.run("run", "runs/climb", in: folder).status == 0)
    let again = try await Program.run("run", "experiment.yaml", in: folder)
    #expect(again.status == 0 && again.lines.contains("steps: 20, as an earlier command line said; the file says 60"))
    #expect(!again.output.contains("changed since the last start"))
  }
}
