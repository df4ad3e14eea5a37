import Foundation
import PoptrainJSON
import Testing

#if canImport(FoundationXML)
  import FoundationXML
#endif

@Suite struct CompareTests {
  private static let experiment = Example.experiment(population: 4, steps: 30, interval: 10)

  private func comparison(_ arguments: String..., in folder: Folder) async throws -> JSON {
    let all = ["compare", "experiment.yaml", "--json"] + arguments
    return try json(await Program.run(arguments: all, in: folder))
  }

  /// What a comparison says, without the folders.
  private func numbers(_ comparison: JSON) throws -> [JSON] {
    try #require(comparison["alternatives"]?.array).map { row in
      let runs = (row["runs"]?.array ?? []).map { run in
        JSON.object((run.members ?? []).filter { $0.name != "run" })
      }
      return .array((row.members ?? []).filter { $0.name != "runs" }.map(\.value) + runs)
    }
  }

  @Test func `The experiment is compared with alternatives on equal budgets, in pairs`() async throws {
    let folder = try Example.folder(CompareTests.experiment)
    let comparison = try await comparison("--with", "random_search,no_explore,no_exploit", "--seeds", "2", in: folder)
    #expect(comparison["seeds"]?.array == [.integer(5), .integer(6)])
    #expect(comparison["steps_per_run"]?.integer == 120)
    let rows = try #require(comparison["alternatives"]?.array)
    #expect(rows.map { $0["name"]?.text } == ["baseline", "random_search", "no_explore", "no_exploit"])

    for seed in [5, 6] {
      var beginnings: [[JSON]] = []
      for row in rows {
        let run = try #require(row["runs"]?.array?.first { $0["seed"]?.integer == seed })
        let path = "runs/climb-compare/\(row["name"]?.text ?? "")-seed\(seed)"
        #expect(run["run"]?.text?.hasSuffix(path) == true)
        #expect(run["steps"]?.integer == 120)

        let best = try json(await Program.run("best", path, "--json", in: folder))
        #expect(best["score"] == run["value"])
        let status = try json(await Program.run("status", path, "--json", in: folder))
        #expect(status["state"]?.text == "finished")
        let scores = (status["members"]?.array ?? []).compactMap { $0["score"]?.double }.sorted()
        #expect(run["median_member"]?.double == (scores[1] + scores[2]) / 2)
        #expect(try await Program.run("audit", path, in: folder).status == 0)

        let rows = try await history(of: path, in: folder)
        beginnings.append(
          rows.filter { $0["number"]?.integer == 1 }.map { row in
            .array(["hyperparameters", "seed", "score"].compactMap { row[$0] })
          })
        let copies = rows.count { $0["decision"]?.text == "inherit" && $0["donor"] != $0["member"] }
        #expect((copies > 0) == ["baseline", "no_explore"].contains(row["name"]?.text), "\(path)")
      }
      #expect(beginnings.allSatisfy { $0.count == 4 && $0 == beginnings[0] })
    }

    let base = try #require(rows[0]["runs"]?.array).compactMap { $0["value"]?.double }
    for row in rows.dropFirst() {
      let values = try #require(row["runs"]?.array).compactMap { $0["value"]?.double }
      let differences = zip(values, base).map { $0 - $1 }
      let pairs = try #require(row["against_base"])
      #expect(pairs["pairs"]?.integer == 2)
      #expect(abs((pairs["mean_difference"]?.double ?? 9) - (differences[0] + differences[1]) / 2) < 1e-15)
      #expect(pairs["wins"]?.integer == differences.count { $0 > 0 })
      #expect(pairs["losses"]?.integer == differences.count { $0 < 0 })
      #expect(pairs["verdict"] == .null)
    }

    let page = try folder.read("runs/climb-compare/comparison.html")
    #expect(XMLParser(data: Data(page.utf8)).parse())
    #expect(!page.contains("http:") && !page.contains("https:"))
  }

  @Test func `A member whose value is not a number is in no median`() async throws {
    let report = """
      value=-abs(x) - 100 * (interval.member == 0),
              accuracy=interval.member if interval.member else float("nan"))
      """
    let folder = try Example.folder(
      CompareTests.experiment, trainer: Example.trainer.replacing("value=-abs(x))", with: report))
    let comparison = try await comparison("--report", "accuracy", "--seeds", "1", in: folder)
    for row in comparison["alternatives"]?.array ?? [] { #expect(row["median_member"]?.double == 2) }
    let notes = (comparison["notes"]?.array ?? []).compactMap(\.text)
    #expect(notes.contains { $0.contains("without a finite value are in no median: baseline with seed 5 1, ") })
  }

  @Test func `The best at the end is compared too, and the first seed may be given`() async throws {
    // What is measured gets worse with age, so the best ever is not the best at the end.
    let folder = try Example.folder(
      CompareTests.experiment,
      trainer: Example.trainer.replacing("value=-abs(x)", with: "value=-abs(x) - interval.stop"))
    let comparison = try await comparison("--seeds", "2", "--seed", "9", in: folder)
    #expect(comparison["seeds"]?.array == [.integer(9), .integer(10)])
    let rows = try #require(comparison["alternatives"]?.array)
    var ends: [[Double]] = []
    for row in rows {
      var values: [Double] = []
      for run in row["runs"]?.array ?? [] {
        let path = try #require(run["run"]?.text)
        #expect(path.hasSuffix("seed9") || path.hasSuffix("seed10"))
        let status = try json(await Program.run("status", path, "--json", in: folder))
        values.append((status["members"]?.array ?? []).compactMap { $0["score"]?.double }.max() ?? 0)
        #expect(run["value_at_end"]?.double == values.last)
        #expect((run["value"]?.double ?? -99) > (run["value_at_end"]?.double ?? 0))
      }
      #expect(abs((row["at_end"]?["mean"]?.double ?? 9) - (values[0] + values[1]) / 2) < 1e-12)
      ends.append(values)
    }
    let pairs = try #require(rows[1]["at_end"]?["against_base"])
    #expect(pairs["wins"]?.integer == zip(ends[1], ends[0]).count { $0 > $1 })
    #expect(pairs["sentence"]?.text?.hasPrefix("At the end, random_search ") == true)

    let shown = try await Program.run("compare", "experiment.yaml", "--seeds", "2", "--seed", "9", in: folder)
    #expect(shown.lines.count { $0.contains("(was finished)") } == 4)
    #expect(shown.lines.contains { $0.hasPrefix("value (higher is better), at the end  ") })
    #expect(shown.lines.contains { $0.hasPrefix("At the end, random_search ") })
    let page = try folder.read("runs/climb-compare/comparison.html")
    #expect(page.contains("--seed 9") && page.contains("At the end, random_search "))
  }

  @Test func `What is finished is not trained again, also with more seeds and alternatives`() async throws {
    let folder = try Example.folder(CompareTests.experiment)
    let first = try await Program.run("compare", "experiment.yaml", "--seeds", "1", in: folder)
    #expect(first.status == 0, "\(first.errors)")
    #expect(first.lines.count { $0.contains("  seed 5  value -") } == 2)
    #expect(!first.output.contains("was finished"))
    #expect(first.output.contains("with the one seed"))
    #expect(first.output.contains("Equal budgets: the 4 members of every run trained 120 steps together."))
    #expect(first.lines.last?.hasSuffix("runs/climb-compare/comparison.html") == true)
    let before = try await history(of: "runs/climb-compare/baseline-seed5", in: folder)

    let more = try await Program.run(
      "compare", "experiment.yaml", "--with", "resample,random_search", "--seeds", "2", in: folder)
    #expect(more.lines.filter { $0.contains("(was finished)") }.count == 2)
    #expect(more.lines.count { $0.contains(" of 6 ") } == 6)
    #expect(try await history(of: "runs/climb-compare/baseline-seed5", in: folder) == before)

    // With more steps, they go on from where they were.
    try folder.write(Example.experiment(population: 4, steps: 40, interval: 10), to: "experiment.yaml")
    let longer = try await Program.run("compare", "experiment.yaml", "--seeds", "1", in: folder)
    #expect(longer.output.contains("Equal budgets: the 4 members of every run trained 160 steps together."))
    let after = try await history(of: "runs/climb-compare/baseline-seed5", in: folder)
    #expect(after.count == before.count + 4)

    // A finished run of another experiment is none of this one.
    try folder.write(Example.experiment(population: 4, steps: 40, interval: 20), to: "experiment.yaml")
    let changed = try await Program.run("compare", "experiment.yaml", "--seeds", "1", in: folder)
    #expect(changed.status == 65)
    #expect(changed.errors.contains("interval: 10 -> 20"))
  }

  @Test(arguments: [SIGINT, SIGKILL])
  func `Stopped or killed, the same command goes on and comes to the same`(signal: Int32) async throws {
    let whole = try Example.folder(CompareTests.experiment)
    let expected = try numbers(await comparison("--seeds", "2", in: whole))

    let folder = try Example.folder(CompareTests.experiment)
    let running = try Program.start("compare", "experiment.yaml", "--seeds", "2", in: folder)
    #expect(running.read(until: "2 of 4"))
    try wait { folder.names(in: "runs/climb-compare").contains("baseline-seed6") }
    let status = running.end(by: signal)
    #expect(signal == SIGKILL || status == 75)
    #expect(try numbers(await comparison("--seeds", "2", in: folder)) == expected)
  }

  @Test func `Another metric of the best checkpoint is compared, in its own direction`() async throws {
    let folder = try Example.folder(
      CompareTests.experiment,
      trainer: Example.trainer.replacing("value=-abs(x)", with: "value=-abs(x), loss=abs(x) + 1, broken=float('nan')"))
    let comparison = try await comparison("--seeds", "2", "--report", "loss", "--report-mode", "min", in: folder)
    #expect(comparison["metric"]?.text == "loss")
    #expect(comparison["mode"]?.text == "min")
    #expect(comparison["selected_by"]?.text == "value")
    let selected = try await self.comparison("--seeds", "2", in: folder)
    for (row, other) in zip(comparison["alternatives"]?.array ?? [], selected["alternatives"]?.array ?? []) {
      for (run, otherRun) in zip(row["runs"]?.array ?? [], other["runs"]?.array ?? []) {
        let values = [run["value"]?.double, otherRun["value"]?.double].compactMap { $0 }
        #expect(values[0] == -values[1] + 1)
      }
      #expect(row["against_base"]?["wins"] == other["against_base"]?["wins"])
    }

    let missing = try await Program.run("compare", "experiment.yaml", "--report", "accuracy", in: folder)
    #expect(missing.status == 65)
    #expect(missing.errors.contains("no `accuracy`"))
    #expect(missing.errors.contains("`broken`, `loss`, `value`"))
    let broken = try await Program.run("compare", "experiment.yaml", "--seeds", "2", "--report", "broken", in: folder)
    #expect(broken.status == 69)
    #expect(broken.output.contains("FAILED: the broken of its best checkpoint is nan"))
  }

  @Test func `Where less is better, the best has the least`() async throws {
    let folder = try Example.folder(
      CompareTests.experiment.replacing("mode: max", with: "mode: min"),
      trainer: Example.trainer.replacing("value=-abs(x)", with: "value=abs(x)"))
    let comparison = try await comparison("--seeds", "1", in: folder)
    let values = (comparison["alternatives"]?.array ?? []).compactMap { $0["mean"]?.double }
    #expect(values.count == 2 && values.allSatisfy { $0 > 0 })
    let best = try json(await Program.run("best", "runs/climb-compare/baseline-seed5", "--json", in: folder))
    #expect(best["score"]?.double == values[0])
    let pairs = comparison["alternatives"]?.array?.last?["against_base"]
    #expect(pairs?["wins"]?.integer == (values[1] < values[0] ? 1 : 0))
  }

  @Test func `Stopped once, it stops the run under way`() async throws {
    let folder = try Example.folder(Example.experiment(steps: 40_000))
    let running = try Program.start("compare", "experiment.yaml", in: folder)
    try wait {
      folder.names(in: "runs/climb-compare/baseline-seed5/checkpoints").contains { !$0.hasPrefix(".") }
    }
    #expect(running.end(by: SIGINT) == 75)
    let status = try json(await Program.run("status", "runs/climb-compare/baseline-seed5", "--json", in: folder))
    #expect(status["state"]?.text == "stopped")
    #expect(folder.names(in: "runs/climb-compare") == ["baseline-seed5"])
  }

  @Test func `A run that fails is stated, and the others go on`() async throws {
    let failing = Example.trainer.replacing(
      "    if interval.checkpoint:",
      with: """
            if "random_search-seed6" in str(interval.save_to):
                raise SystemExit("no luck <today>")
            if interval.checkpoint:
        """)
    let folder = try Example.folder(CompareTests.experiment, trainer: failing)
    let result = try await Program.run("compare", "experiment.yaml", "--seeds", "3", in: folder)
    #expect(result.status == 0, "\(result.errors)")
    #expect(result.lines.count { $0.contains("random_search") && $0.contains("seed 6  FAILED: ") } == 1)
    #expect(result.output.contains("random_search with seed 6 failed and is in no number"))
    #expect(result.output.contains("The budgets are not equal"))
    #expect(result.lines.contains { $0.hasPrefix("random_search  ") && $0.contains("  2  ") })
    #expect(try folder.read("runs/climb-compare/comparison.html").contains("<td>failed</td>"))
  }

  @Test func `The page says which command makes the comparison again, quoted for a shell`() async throws {
    let folder = try Example.folder(CompareTests.experiment)
    // In Swift the quote and the accent are one character; in a shell it is a quote.
    let result = try await Program.run(
      "compare", "experiment.yaml", "--seeds", "1", "--run", "it'\u{301}s here", in: folder)
    #expect(result.status == 0, "\(result.errors)")
    let page = try folder.read("it'\u{301}s here/comparison.html")
    #expect(page.contains("--run &#39;it&#39;\\&#39;&#39;\u{301}s here&#39;"))
  }

  @Test func `A trainer that never works is tried once`() async throws {
    let folder = try Example.folder(CompareTests.experiment, trainer: "raise SystemExit('no such thing')")
    let result = try await Program.run("compare", "experiment.yaml", in: folder)
    #expect(result.status == 69)
    #expect(result.errors.contains("no such thing"))
    #expect(folder.names(in: "runs/climb-compare") == ["baseline-seed5"])
  }

  @Test(
    arguments: [
      (["--with", "random_serch"], "unknown alternative `random_serch`; choose from\n  random_search "),
      (["--with", "none"], "unknown alternative `none`"),
      (["--with", "truncation"], "`baseline` and `truncation` are the same experiment"),
      (["--with", "resample, resample"], "`resample` and `resample` are the same experiment"),
      (["--with", ","], "--with is to name at least one"),
      (["--seed", "9007199254740993"], "--seed is at most 2^53"),
      (["--seeds", "0"], "--seeds is from 1 to 1000"),
      (["--seeds", "many"], "seeds"),
      (["--report-mode", "min"], "--report-mode is for the metric of --report"),
    ])
  func `Wrong usage is told before anything is trained`(arguments: [String], message: String) async throws {
    let folder = try Example.folder(CompareTests.experiment)
    let result = try await Program.run(arguments: ["compare", "experiment.yaml"] + arguments, in: folder)
    #expect(result.status == 64)
    #expect(result.errors.contains(message), "\(result.errors)")
    #expect(folder.names == ["experiment.yaml", "train.py"])
  }

  @Test func `A bad experiment file is told as by run`() async throws {
    let folder = try Example.folder("name: climb")
    let result = try await Program.run("compare", "experiment.yaml", in: folder)
    #expect(result.status == 65)
    #expect(result.errors.contains("`metric`"))
  }
}

extension Folder {
  /// What is in a folder of it.
  fileprivate func names(in path: String) -> [String] {
    (try? FileManager.default.contentsOfDirectory(atPath: url.appendingPathComponent(path).path).sorted()) ?? []
  }
}
