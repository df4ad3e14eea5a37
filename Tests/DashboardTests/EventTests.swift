import Foundation
import Poptrain
@testable import PoptrainDashboard
import PoptrainJSON
import PoptrainRuns
import PopulationBasedTraining
import Testing

/// Runs that go on, go away, or cannot be read.
@Suite struct EventTests {
  @Test func `Pages hear of what is new, and the same now and then where nothing is`() async throws {
    let folder = try Folder()
    try await Climber.train(into: folder.run(), Climber.rules(intervals: 2))
    let ticks = Ticks()
    let served = try await Served([folder.run()], pace: ticks.pace)
    let pages = try [served.listen("climb"), served.listen("climb")]
    for page in pages {
      let start = try #require(await page.receive(until: "finished"))
      #expect(start.contains("text/event-stream") && start.contains("x-accel-buffering: no"))
      #expect(start.contains("data: {\"rows\":12,\"state\":\"finished\"}\n\n"))
    }
    await ticks.tick()
    await ticks.tick(seconds: 20)
    for page in pages { #expect(await page.receive(until: "\n\n")?.contains("\"rows\":12") == true) }

    var longer = Climber.rules(intervals: 2)
    longer.steps = 40
    try await Climber.train(into: folder.run(), longer)
    await ticks.tick()
    for page in pages { #expect(await page.receive(until: "\n\n")?.contains("\"rows\":24") == true) }
    #expect(try Columns(await served.get("runs/climb/rows?from=12")).header["rows"]?.integer == 12)
  }

  @Test func `It ends at once, whoever listens`() async throws {
    let folder = try Folder()
    try await Climber.train(into: folder.run(), Climber.rules(intervals: 2))
    let served = try await Served([folder.run()])
    let pages = try (0..<20).map { _ in try served.listen("climb") }
    for page in pages { #expect(await page.receive(until: "finished") != nil) }
    let start = ContinuousClock.now
    try await served.stop()
    #expect(ContinuousClock.now - start < .seconds(300))
    for page in pages { _ = await page.receiveAll() }
  }

  @Test func `A run that is removed is gone, and one that takes its place is another`() async throws {
    let folder = try Folder()
    try await Climber.train(into: folder.run())
    let ticks = Ticks()
    let served = try await Served([folder.path], pace: ticks.pace)
    #expect(try Columns(await served.get("runs/climb/rows")).header["total"]?.integer == 48)
    let page = try served.listen("climb")
    #expect(await page.receive(until: "finished") != nil)
    try FileManager.default.moveItem(atPath: folder.run(), toPath: folder.run("moved"))
    await ticks.tick()
    _ = await page.receiveAll()
    for path in ["run.json", "rows", "events", "members/0.json"] {
      let answer = try await served.get("runs/climb/\(path)")
      #expect(try answer.status == 404 && answer.message?.contains("is not a run") == true)
    }
    try await Climber.train(into: folder.run(), Climber.rules(members: 4, intervals: 3))
    #expect(try Columns(await served.get("runs/climb/rows")).header["total"]?.integer == 12)
    #expect(try await served.get("runs/climb/run.json").json["populationSize"]?.integer == 4)
    #expect(try await served.get("runs/moved/run.json").json["populationSize"]?.integer == 6)
  }

  @Test func `What is wrong with a damaged database is said, and it is read again when it is mended`() async throws {
    let folder = try Folder()
    try await Climber.train(into: folder.run())
    let database = folder.run() + "/population.sqlite"
    let whole = try Data(contentsOf: URL(fileURLWithPath: database))
    let served = try await Served([folder.run()])
    var damaged = whole
    damaged.replaceSubrange(whole.count / 3..<whole.count, with: Data(count: whole.count - whole.count / 3))
    try damaged.write(to: URL(fileURLWithPath: database))
    let answer = try await served.get("runs/climb/rows")
    #expect(try answer.status == 500 && answer.message?.isEmpty == false)
    try whole.write(to: URL(fileURLWithPath: database))
    #expect(try await served.get("runs/climb/rows").status == 200)
  }
}
