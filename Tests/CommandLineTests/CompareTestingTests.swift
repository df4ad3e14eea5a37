import Foundation
import PoptrainJSON
import Testing

#if canImport(FoundationXML)
  import FoundationXML
#endif

/// `compare --test`: chosen checkpoints are tested when the runs are over.
@Suite struct CompareTestingTests {
  private static let experiment = Example.experiment(population: 4, steps: 30, interval: 10)

  /// Measures what is to be compared in tests only, and notes them.
  private static let trainer = Example.trainer.replacing(
    "    noise = ",
    with: """
          if interval.is_test:
              assert interval.is_evaluation and interval.start == interval.stop and interval.member_start > 0
              with open("tests", "a") as tests:
                  print(interval.run_id, interval.member, interval.number, interval.seed, file=tests)
              interval.report(test_value=-abs(x) / 2)
              continue
          noise =\u{20}
      """)

  private func compare(_ arguments: String..., in folder: Folder) async throws -> Result {
    try await Program.run(arguments: ["compare", "experiment.yaml", "--test", "--seeds", "2"] + arguments, in: folder)
  }

  private func tests(_ folder: Folder) -> [String] {
    ((try? folder.read("tests")) ?? "").split(separator: "\n").map(String.init)
  }

  @Test func `The chosen checkpoints are tested once, and what was measured then is compared`() async throws {
    let folder = try Example.folder(Self.experiment, trainer: Self.trainer)
    let result = try await compare("--report", "test_value", "--json", in: folder)
    #expect(result.status == 0, "\(result.errors)")
    let comparison = try json(result)
    #expect(comparison["tested"] == .boolean(true) && comparison["metric"]?.text == "test_value")
    var chosen = 0
    for run in (comparison["alternatives"]?.array ?? []).flatMap({ $0["runs"]?.array ?? [] }) {
      let path = try #require(run["run"]?.text)
      let best = try json(await Program.run("best", path, "--json", in: folder))
      #expect(run["value"]?.double == (best["score"]?.double ?? 0) / 2)
      #expect(run["median_member"] == .null)
      let status = try json(await Program.run("status", path, "--json", in: folder))
      func score(_ member: JSON) -> Double { member["score"]?.double ?? -99 }
      let atEnd = try #require((status["members"]?.array ?? []).max { score($0) < score($1) })
      #expect(run["value_at_end"]?.double == score(atEnd) / 2)
      chosen += best["checkpoint"] == atEnd["checkpoint"] ? 1 : 2
      let audit = try await Program.run("audit", path, in: folder)
      #expect(audit.status == 0 && !audit.output.contains("note"), "\(audit.output) \(audit.errors)")
    }
    #expect(tests(folder).count == chosen && Set(tests(folder)).count == chosen)

    let again = try await compare("--report", "test_value", "--json", in: folder)
    #expect(try json(again)["alternatives"] == comparison["alternatives"])
    #expect(tests(folder).count == chosen)
    let page = try folder.read("runs/climb-compare/comparison.html")
    #expect(page.contains("--test") && XMLParser(data: Data(page.utf8)).parse())

    let missing = try await compare("--report", "accuracy", in: folder)
    #expect(missing.status == 65 && missing.errors.contains("no `accuracy`") && missing.errors.contains("`test_value`"))
  }

  @Test func `A trainer that handles evaluations needs no change`() async throws {
    let folder = try Example.folder(Self.experiment)
    let result = try await compare("--json", in: folder)
    #expect(result.status == 0, "\(result.errors)")
    for run in (try json(result)["alternatives"]?.array ?? []).flatMap({ $0["runs"]?.array ?? [] }) {
      let best = try json(await Program.run("best", run["run"]?.text ?? "", "--json", in: folder))
      #expect(run["value"] == best["score"])
    }
  }

  @Test func `A test that fails is told, and made again by the same command`() async throws {
    let failing = Self.trainer.replacing("interval.report(test_value", with: "raise SystemExit('no data')\n#")
    let folder = try Example.folder(Self.experiment, trainer: failing)
    let result = try await compare("--report", "test_value", in: folder)
    #expect(result.status == 69)
    #expect(result.output.contains("could not be tested") && result.errors.contains("no data"))
    try folder.write(Self.trainer, to: "train.py")
    let mended = try await compare("--report", "test_value", in: folder)
    #expect(mended.status == 0, "\(mended.errors)")
    #expect(mended.lines.count { $0.contains("(was finished)") } == 4)
  }

  @Test(arguments: [SIGINT, SIGTERM, SIGKILL])
  func `Stopped or killed in a test, the same command goes on`(signal: Int32) async throws {
    let waiting = Self.trainer.replacing(
      "with open(\"tests\"",
      with: """
        import pathlib, time
                open("testing", "w").close()
                while not pathlib.Path("go").exists(): time.sleep(0.01)
                with open("tests"
        """)
    let folder = try Example.folder(Self.experiment, trainer: waiting)
    let running = try Program.start(
      "compare", "experiment.yaml", "--test", "--seeds", "1", "--report", "test_value", in: folder)
    try folder.wait(for: "testing")
    let status = running.end(by: signal)
    #expect(signal == SIGKILL || status == 75)
    try folder.write("", to: "go")
    let result = try await Program.run(
      "compare", "experiment.yaml", "--test", "--seeds", "1", "--report", "test_value", in: folder)
    #expect(result.status == 0, "\(result.errors)")
    #expect(result.lines.count { $0.contains("(was finished)") } == 2)
    #expect(result.lines.count { $0.contains("tested: test_value ") } == 2)
  }

  /// Tests, too, are made by commands: they are told by a placeholder.
  private static let program = """
    import os, sys
    kind, load, save, start, stop, rate = sys.argv[1:]
    x = float(open(load + "/x").read()) if load else 10.0
    for step in range(int(start), int(stop)):
        x -= float(rate) * 2 * x
    open(save + "/x", "w").write(str(x))
    print("value", -abs(x), sep="=")
    if kind == "test":
        print("test_value", -abs(x) / 2, sep="=")
    """

  private static func command(_ kind: String) -> String {
    experiment.replacing(
      "[python3, train.py]",
      with: "[python3, train.py, \"\(kind)\", \"{load}\", \"{save}\", \"{start}\", \"{stop}\", \"{rate}\"]")
  }

  @Test func `A command is told of a test by a placeholder, and without it nothing is started`() async throws {
    let folder = try Example.folder(Self.command("{kind}"), trainer: Self.program)
    let result = try await compare("--report", "test_value", "--json", in: folder)
    #expect(result.status == 0, "\(result.errors)")
    for run in (try json(result)["alternatives"]?.array ?? []).flatMap({ $0["runs"]?.array ?? [] }) {
      let best = try json(await Program.run("best", run["run"]?.text ?? "", "--json", in: folder))
      #expect(run["value"]?.double == (best["score"]?.double ?? 0) / 2)
    }

    let without = try Example.folder(Self.command("train"), trainer: Self.program)
    let refused = try await compare(in: without)
    #expect(refused.status == 64 && refused.errors.contains("--kind={kind}"), "\(refused.errors)")
    #expect(without.names == ["experiment.yaml", "train.py"])
  }

  @Test func `A hyperparameter of a command may be called kind, as before there was the placeholder`() async throws {
    let folder = try Example.folder(
      Self.command("{kind}").replacing("hyperparameters:", with: "hyperparameters:\n  kind: fast"),
      trainer: Self.program + "\nassert kind == 'fast'\n")
    #expect(try await Program.run("run", "experiment.yaml", in: folder).status == 0)
    let refused = try await compare(in: folder)
    #expect(refused.status == 64 && refused.errors.contains("--kind={kind}"), "\(refused.errors)")
  }
}
