import Foundation
import Poptrain
@testable import PoptrainDashboard
import PoptrainExperimentFile
import PoptrainJSON
import PoptrainRuns
import PoptrainStore
import PopulationBasedTraining
import Testing

/// What pages are told of runs is what is recorded.
@Suite struct AnswerTests {
  @Test func `The page and its files, which are sent once`() async throws {
    let served = try await Served([Folder().path])
    for path in ["", "index.html"] {
      let page = try await served.get(path)
      #expect(page.status == 200 && page.body == PageFiles.all["index.html"])
      #expect(page.headers["content-type"] == "text/html; charset=utf-8")
      let tag = try #require(page.headers["etag"])
      let again = try await served.get(path, "If-None-Match: \(tag)")
      #expect(again.status == 304 && again.body.isEmpty)
    }
    for (name, bytes) in PageFiles.all { #expect(try await served.get(name).body == bytes) }
  }

  @Test func `Runs are listed, also those that come later and those that cannot be read`() async throws {
    let folder = try Folder()
    let served = try await Served([folder.path, folder.path])
    #expect(try await served.get("runs.json").json["runs"]?.array == [])
    try await Climber.train(into: folder.run("a b?"))
    try await Climber.train(into: folder.run("inner/a b?"), Climber.rules(metric: "depth"))
    try FileManager.default.createDirectory(atPath: folder.run("broken"), withIntermediateDirectories: true)
    try "no database".write(toFile: folder.run("broken/population.sqlite"), atomically: false, encoding: .utf8)
    let list = try await served.get("runs.json").json
    #expect(list["session"]?.text?.count == 64)
    let runs = try #require(list["runs"]?.array)
    #expect(runs.map { $0["key"]?.text } == ["a-b--2", "a-b-", "broken"])
    let last = runs[0]
    #expect(last["run"]?.text == folder.run("inner/a b?") && last["metric"]?.text == "depth")
    #expect(last["state"]?.text == "finished" && last["ending"]?.text == "budget")
    #expect(last["trainedSteps"]?.integer == 480 && last["totalSteps"]?.integer == 480)
    #expect(runs[2]["error"]?.text?.contains("population.sqlite") == true)
    #expect(try await served.get("runs/a-b--2/run.json").json["run"]?.text == folder.run("inner/a b?"))
    #expect(try await served.get("runs/broken/run.json").status == 500)
    #expect(try await served.get("runs/none/run.json").status == 404)
  }

  @Test func `A run stands as status says`() async throws {
    let folder = try Folder()
    try await Climber.train(into: folder.run())
    let served = try await Served([folder.run()])
    let run = try RecordedRun(RunDirectory(path: folder.run()))
    let status = try Status(run)
    let told = try await served.get("runs/climb/run.json").json
    #expect(told["runID"]?.text == status.runID && told["intervals"]?.integer == 48)
    #expect(told["trainedSteps"]?.integer == status.trainedSteps && told["failures"]?.integer == 0)
    #expect(told["secondsSpent"]?.double == (try run.history.secondsSpent()))
    #expect(told["workers"]?.integer == 1 && told["secondsLeft"] == nil)
    #expect((0.0...1).contains(try #require(told["workerUse"]?.double)))
    #expect(told["best"]?["score"]?.double == status.best?.score)
    #expect(told["members"]?.array?.map { $0["score"]?.double } == status.members.map(\.score))
    #expect(told["metrics"]?.array?.map(\.text) == ["depth", "height"])
    let hyperparameters = try #require(told["hyperparameters"]?.array)
    #expect(hyperparameters[0]["scale"]?.text == "log" && hyperparameters[0]["high"]?.double == 0.5)
    #expect(hyperparameters[1]["choices"]?.array?.map(\.text) == ["a", "<b>"])
    #expect(hyperparameters[2]["choices"]?.array?.map(\.text) == ["false", "true"])
    #expect(hyperparameters[3]["scale"]?.text == "integer" && hyperparameters[3]["low"]?.double == 1)
  }

  @Test(arguments: try fixtures())
  func `A run of an older version is served as it is`(fixture: String) async throws {
    let folder = try Folder()
    let source = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "../Fixtures/\(fixture)/run")
    try FileManager.default.copyItem(atPath: source.standardized.path, toPath: folder.run("old"))
    let served = try await Served([folder.run("old")])
    let run = try RecordedRun(RunDirectory(path: folder.run("old")))
    let status = try Status(run)
    let told = try await served.get("runs/old/run.json").json
    #expect(
      told["trainedSteps"]?.integer == status.trainedSteps && told["best"]?["score"]?.double == status.best?.score)
    #expect(told["members"]?.array?.count == status.members.count)
    let rows = try Columns(await served.get("runs/old/rows"))
    #expect(rows.header["rows"]?.integer == (try run.history.intervals().count))
  }

  private static func fixtures() throws -> [String] {
    let folder = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "../Fixtures").standardized
    return try FileManager.default.contentsOfDirectory(atPath: folder.path).filter { $0.hasPrefix("run-of-") }.sorted()
  }

  @Test(arguments: ["height", "depth"])
  func `Rows are the intervals of history`(metric: String) async throws {
    let folder = try Folder()
    try await Climber.train(into: folder.run(), Climber.rules(metric: metric))
    let served = try await Served([folder.run()])
    let rows = try Columns(await served.get("runs/climb/rows"))
    let run = try RecordedRun(RunDirectory(path: folder.run()))
    let intervals = try run.history.intervals()
    #expect(rows.header["total"]?.integer == intervals.count && rows.header["rows"]?.integer == intervals.count)
    let places = Dictionary(
      uniqueKeysWithValues: intervals.enumerated().compactMap { row, interval in
        interval.end.map { ($0, row) }
      })
    for (row, interval) in intervals.enumerated() {
      #expect(rows["member"][row] == Double(interval.member))
      #expect(rows["startAge"][row] == Double(interval.startAge) && rows["endAge"][row] == Double(interval.endAge))
      #expect(rows["startSteps"][row] == Double(interval.startSteps))
      #expect(rows["score"][row] == interval.score.map(run.metric))
      #expect(rows["startedAt"][row] == interval.startedAt && rows["finishedAt"][row] == interval.finishedAt)
      let parent = interval.start.flatMap { places[$0] }
      #expect(rows["parent"][row] == Double(parent ?? -1))
      let isCopy = parent.map { intervals[$0].member != interval.member } ?? false
      #expect(rows["flags"][row] == (isCopy ? 32 : 0))
      let value = Int(rows["value"][row])
      #expect(.number(rows["value:rate"][value]) == interval.hyperparameters["rate"])
      #expect(rows["value:kind"][value] == (interval.hyperparameters["kind"] == .text("a") ? 0 : 1))
      #expect(rows["value:flag"][value] == (interval.hyperparameters["flag"] == .boolean(true) ? 1 : 0))
    }
    #expect(rows["flags"].contains(32), "somebody was copied")

    let rest = try Columns(await served.get("runs/climb/rows?from=40&values=2"))
    #expect(rest.header["from"]?.integer == 40 && rest["member"] == Array(rows["member"][40...]))
    #expect(rest.header["values"]?["from"]?.integer == 2)
    #expect(rest["value:rate"] == Array(rows["value:rate"][2...]))
    let none = try Columns(await served.get("runs/climb/rows?from=99999"))
    #expect(none.header["rows"]?.integer == 0 && none.header["total"]?.integer == intervals.count)
  }

  @Test(arguments: ["height", "depth"])
  func `The outline is that of all scores, exactly`(metric: String) async throws {
    let folder = try Folder()
    try await Climber.train(into: folder.run(), Climber.rules(metric: metric))
    let served = try await Served([folder.run()])
    let rows = try Columns(await served.get("runs/climb/rows"))
    let outline = try await served.get("runs/climb/outline.json").json
    #expect(outline["intervals"]?.integer == 48 && outline["end"]?.double == max(80, rows["endAge"].max() ?? 0))
    let sorted = rows["score"].sorted()
    let (low, high) = (sorted[0], sorted[47])
    #expect(outline["low"]?.double == low && outline["high"]?.double == high)
    // Two of 48 scores are the worst twentieth.
    let tail = metric == "height" ? (sorted[2] - low) / (high - low) : (high - sorted[45]) / (high - low)
    #expect(abs(try #require(outline["tail"]?.double) - tail) <= 0.001)
    let bands = try #require(outline["bands"]?.array)
    #expect(bands.map { $0["x"]?.double } == Set(rows["endAge"]).sorted())
    for band in bands {
      let age = try #require(band["x"]?.double)
      let scores = rows["score"].indices.filter { rows["endAge"][$0] == age }.map { rows["score"][$0] }.sorted()
      let places = [0, 0.1, 0.25, 0.5, 0.75, 0.9, 1].map { Int($0 * Double(scores.count - 1) + 0.5) }
      #expect(band["at"]?.array?.compactMap(\.double) == places.map { scores[$0] }, "age \(age)")
    }
    let best = try #require(try await served.get("runs/climb/run.json").json["best"])
    var row = try #require(best["row"]?.integer)
    #expect(rows["member"][row] == best["member"]?.double && rows["endAge"][row] == best["age"]?.double)
    #expect(rows["score"][row] == best["score"]?.double && rows["score"][row] == (metric == "height" ? high : low))
    for model in try #require(outline["lineage"]?.array).reversed() {
      #expect(model.array?.compactMap(\.double) == [rows["endAge"][row], rows["score"][row]])
      row = Int(rows["parent"][row])
    }
    #expect(row == -1)
  }

  @Test func `The row of the best model is told even where it was trained just now`() async throws {
    let folder = try Folder()
    try await Climber.train(into: folder.run(), Climber.rules(intervals: 2))
    // By its clock, what it has read is never old.
    let served = try await Served([folder.run()], pace: Pace(now: { 0 }, sleep: { _ in }))
    #expect(try Columns(await served.get("runs/climb/rows")).header["total"]?.integer == 12)
    try await Climber.train(into: folder.run(), Climber.rules(intervals: 4))
    #expect(try await served.get("runs/climb/outline.json").json["intervals"]?.integer == 24)
    let best = try #require(try await served.get("runs/climb/run.json").json["best"])
    let rows = try Columns(await served.get("runs/climb/rows"))
    #expect(rows["score"][try #require(best["row"]?.integer)] == best["score"]?.double)
  }

  @Test func `A member's page says what was decided, and whom it was compared with`() async throws {
    let folder = try Folder()
    try await Climber.train(into: folder.run())
    let served = try await Served([folder.run()])
    let run = try RecordedRun(RunDirectory(path: folder.run()))
    let rows = try Columns(await served.get("runs/climb/rows"))
    var seen = Population(rules: run.experiment.rules)
    let records = try run.history.records()
    var copies = 0
    for member in 0..<6 {
      let page = try await served.get("runs/climb/members/\(member).json").json
      #expect(page["id"]?.integer == member && page["intervals"]?.array?.count == 8)
      #expect(page["logCommand"]?.text == "poptrain logs \(folder.run()) --member \(member)")
      for told in try #require(page["decisions"]?.array) {
        let sequence = try #require(told["sequence"]?.integer)
        let decision = try #require(
          records.compactMap { if case .decision(let decision) = $0 { decision } else { nil } }
            .first { $0.sequence == sequence })
        #expect(told["reason"]?.text == decision.reason && told["result"]?.text == decision.result.name)
        #expect(told["ownScore"]?.double == decision.ownScore.map(run.metric))
        seen = Population(rules: run.experiment.rules)
        for record in records where record.sequence <= decision.saw { seen.apply(record) }
        let compared = try #require(told["compared"]?.array)
        let scored = seen.members.compactMap { member in member.published.map { (member.id, $0.score) } }
        #expect(Set(compared.map { $0["member"]?.integer }) == Set(scored.map(\.0)), "decision \(sequence)")
        #expect(compared.compactMap { $0["score"]?.double } == scored.map(\.1).sorted(by: >))
        #expect(told["comparedCount"]?.integer == scored.count)
        for entry in compared {
          let row = try #require(entry["row"]?.integer)
          #expect(rows["member"][row] == entry["member"]?.double && rows["score"][row] == entry["score"]?.double)
          #expect(rows["endAge"][row] == entry["age"]?.double)
        }
        if let donor = decision.result.donor {
          copies += 1
          #expect(told["donor"]?["member"]?.integer == donor.member)
          #expect(told["from"] != told["to"])
        }
      }
    }
    #expect(copies > 0)
    #expect(try await served.get("runs/climb/members/6.json").status == 404)
    #expect(try await served.get("runs/climb/members/-1.json").status == 404)
  }
}
