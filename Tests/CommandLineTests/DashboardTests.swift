import Foundation
import PoptrainJSON
import Testing

/// The dashboard as it is started on the command line.
@Suite struct DashboardTests {
  /// Asks for an address with the tool that everybody has.
  private func get(_ address: String, _ more: String..., in folder: Folder) async throws -> Result {
    let process = Program.process(["-sS", "--max-time", "600"] + more + [address], in: folder)
    process.executableURL = URL(fileURLWithPath: "/usr/bin/curl")
    return try await Program.run(process, in: folder)
  }

  private func address(_ running: Running) throws -> String {
    let line = try #require(running.readLine())
    let address = try #require(line.firstMatch(of: /http:\/\/\S+/)).0
    return String(address)
  }

  @Test func `Runs are served until Ctrl-C, whoever looks at them`() async throws {
    let folder = try Example.folder()
    try await Program.run("run", "experiment.yaml", in: folder)
    let dashboard = try Program.start("dashboard", "--port", "0", in: folder)
    let address = try address(dashboard)
    let runs = try json(await get(address + "runs.json", in: folder))
    #expect(runs["runs"]?.array?.first?["key"]?.text == "climb")
    let page = try Program.start("dashboard", "runs/climb", "--port", "0", in: folder)
    let run = try json(await get(self.address(page) + "runs/climb/run.json", in: folder))
    #expect(run["intervals"]?.integer == 24)
    let listening = Program.process(["-sN", address + "runs/climb/events"], in: folder)
    listening.executableURL = URL(fileURLWithPath: "/usr/bin/curl")
    let heard = Pipe()
    listening.standardOutput = heard
    try listening.run()
    #expect(try heard.fileHandleForReading.read(upToCount: 5) == Data("data:".utf8))
    #expect(dashboard.end(by: SIGINT) == 0)
    #expect(page.end(by: SIGTERM) == 0)
    listening.waitUntilExit()
  }

  @Test func `A port that is taken, and a folder that is not there, are said with what to do`() async throws {
    let folder = try Example.folder()
    try await Program.run("run", "experiment.yaml", in: folder)
    let dashboard = try Program.start("dashboard", "--port", "0", in: folder)
    let port = try #require(try address(dashboard).firstMatch(of: /:(\d+)\//)?.1)
    let taken = try await Program.run("dashboard", "--port", String(port), in: folder)
    #expect(taken.status == 65 && taken.errors.contains("--port 0"), "\(taken.errors)")
    let nowhere = try await Program.run("dashboard", "nowhere", in: folder)
    #expect(nowhere.status == 65 && nowhere.errors.contains("there is no folder nowhere"), "\(nowhere.errors)")
    #expect(try await Program.run("dashboard", "--port", "70000", in: folder).status == 64)
    #expect(dashboard.end(by: SIGINT) == 0)
  }

  @Test func `A run shows itself, and can be ended from its page`() async throws {
    let folder = try Example.folder(Example.experiment(steps: 40_000_000))
    let running = try Program.start("run", "experiment.yaml", "--dashboard", in: folder)
    var address: String?
    while address == nil, let line = running.readLine() {
      address = line.firstMatch(of: /^dashboard: (http:\/\/\S+)/).map { String($0.1) }
    }
    #expect(running.read(until: "interval 2"))
    let base = try #require(address)
    let runs = try json(await get(base + "runs.json", in: folder))
    #expect(runs["runs"]?.array?.first?["state"]?.text == "running")
    let session = try #require(runs["session"]?.text)
    let stop = ["-X", "POST", "-H", "x-poptrain-session: \(session)"]
    _ = try json(await get(base + "runs/climb/stop", stop[0], stop[1], stop[2], stop[3], in: folder))
    try? _ = running.output.readToEnd()
    running.process.waitUntilExit()
    #expect(running.process.terminationStatus == 75)
  }

  @Test func `Programs that read JSON are told of it elsewhere`() async throws {
    let folder = try Example.folder()
    let run = try await Program.run("run", "experiment.yaml", "--dashboard", "--json", in: folder)
    #expect(run.status == 0 && run.errors.contains("dashboard: http://127.0.0.1:"))
    for line in run.lines { #expect(try JSON.parse(line)["event"] != nil) }
  }

  @Test func `An engine that is killed is seen to have stopped`() async throws {
    let folder = try Example.folder(Example.experiment(steps: 40_000_000))
    let running = try Program.start("run", "experiment.yaml", in: folder)
    #expect(running.read(until: "interval 2"))
    let dashboard = try Program.start("dashboard", "--port", "0", in: folder)
    let run = try address(dashboard) + "runs/climb/run.json"
    #expect(try json(await get(run, in: folder))["state"]?.text == "running")
    kill(running.process.processIdentifier, SIGKILL)
    running.process.waitUntilExit()
    #expect(try await hears("stopped", of: run, in: folder))
    let again = try Program.start("run", "experiment.yaml", in: folder)
    // Whatever its number: the engine before may have trained for long.
    #expect(again.read(until: "  interval "))
    #expect(try await hears("running", of: run, in: folder))
    #expect(again.end(by: SIGINT) == 75)
    #expect(dashboard.end(by: SIGINT) == 0)
  }

  /// Asks how a run stands until it is so, ten minutes at most, and once at least.
  private func hears(_ state: String, of run: String, in folder: Folder) async throws -> Bool {
    let limit = ContinuousClock.now + .seconds(600)
    repeat {
      if try json(await get(run, in: folder))["state"]?.text == state { return true }
    } while .now < limit
    return false
  }
}
