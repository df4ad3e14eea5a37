import Foundation
import PoptrainJSON
import Testing

@Suite struct BestTests {
  private static let trainer = Example.trainer.replacing(
    "value=-abs(x))", with: "value=-abs(x), loss=abs(x) + 1, broken=float('nan'))")

  private func finished(_ more: String = "durability: process", trainer: String = trainer) async throws -> Folder {
    let folder = try Example.folder(Example.experiment(population: 4, steps: 30, more: more), trainer: trainer)
    let run = try await Program.run("run", "experiment.yaml", in: folder)
    #expect(run.status == 0, "\(run.errors)")
    return folder
  }

  @Test func `Every metric of the best interval is shown, and its names`() async throws {
    let folder = try await finished()
    let best = try json(await Program.run("best", "runs/climb", "--json", in: folder))
    #expect(best["name"]?.text == "climb" && best["metric"]?.text == "value")
    let score = try #require(best["score"]?.double)
    #expect(best["metrics"]?.members?.map(\.name) == ["broken", "loss", "value"])
    #expect(best["metrics"]?["loss"]?.double == -score + 1)
    #expect(best["metrics"]?["broken"] == .text("NaN"))
    #expect(best["reported"] == best["score"])
    let shown = try await Program.run("best", "runs/climb", in: folder)
    #expect(shown.lines.contains { $0.hasPrefix("  loss: 1.") } && shown.lines.contains("  broken: nan"))
  }

  @Test func `A single evaluation that is the best of many is called optimistic, and a mean is not`() async throws {
    let words = "best of 12 single evaluations; optimistic if value is noisy"
    let folder = try Example.folder(Example.experiment(population: 4, steps: 30))
    #expect(try await Program.run("run", "experiment.yaml", in: folder).output.contains(words))
    #expect(try await Program.run("best", "runs/climb", in: folder).output.contains(words))
    #expect(try json(await Program.run("best", "runs/climb", "--json", in: folder))["one_evaluation_of"]?.integer == 12)

    let several = try await finished(trainer: Example.trainer.replacing("-abs(x))", with: "[-abs(x), -2 * abs(x)])"))
    #expect(!(try await Program.run("best", "runs/climb", in: several)).output.contains("optimistic"))
  }

  /// The older a model is, the better it is, so the first score of a copy beats the means of those that stayed.
  private static let growing = Example.trainer.replacing("value=-abs(x)", with: "value=interval.stop - abs(x)")

  @Test(arguments: [
    ("score: {mean: 3}", 1, "best of 12 scores, made of 1 evaluation instead of 3; optimistic if value is noisy"),
    (
      "score: {mean: 4}\nexploit: none", 3,
      "best of 12 scores, made of 3 evaluations instead of 4; optimistic if value is noisy"
    ),
    ("score: {mean: 3}\nexploit: none", 3, nil),
    ("score: {exponential_mean: 2}\nexploit: none", 3, nil),
  ])
  func `A window that is not full yet is told`(more: String, evaluations: Int, words: String?) async throws {
    let folder = try await finished(more, trainer: Self.growing)
    let best = try json(await Program.run("best", "runs/climb", "--json", in: folder))
    #expect(best["evaluations"]?.integer == evaluations)
    #expect(best["one_evaluation_of"]?.integer == (evaluations == 1 ? 12 : nil))
    let shown = try await Program.run("best", "runs/climb", in: folder)
    #expect(shown.lines.first { $0.contains("optimistic") } == words.map { "  \($0)" }, "\(shown.output)")
  }

  @Test func `What is logged on the way does not make a score of what is reported last`() async throws {
    let folder = try await finished(
      trainer: Example.trainer.replacing(
        "    print(", with: "    interval.log(value=-9, step=interval.start + 1)\n    print("))
    #expect(try json(await Program.run("best", "runs/climb", "--json", in: folder))["one_evaluation_of"]?.integer == 12)
  }

  @Test(arguments: ["score: {mean: 3}", "score: {exponential_mean: 3}"])
  func `The score is that of the window, and what was reported last is told beside it`(window: String) async throws {
    // The older a model is, the better it is, so the best of a window is behind what was reported last.
    let folder = try await finished(
      "exploit: none\n\(window)",
      trainer: Example.trainer.replacing("value=-abs(x)", with: "value=interval.stop - abs(x)"))
    let best = try json(await Program.run("best", "runs/climb", "--json", in: folder))
    #expect(best["reported"] == best["metrics"]?["value"])
    let status = try json(await Program.run("status", "runs/climb", "--json", in: folder))
    #expect(best["score"] == status["best"]?["score"])
    #expect((best["score"]?.double ?? 99) < (best["reported"]?.double ?? 0) - 5)
    let shown = try await Program.run("best", "runs/climb", in: folder)
    #expect(shown.lines.contains { $0.hasPrefix("  reported last: 2") && $0.contains("the score is ") })
  }

  @Test(.enabled(if: geteuid() == 0, "giving files to another user needs root"))
  func `A copy belongs to who makes it, and may be changed`() async throws {
    let saving = #"""
          folder = interval.save_to / "a"
          folder.mkdir()
          (folder / "b").write_text("")
          print(
      """#
    let folder = try await finished(trainer: Self.trainer.replacing("    print(", with: saving))
    #expect(try await Program.runShell("chown -R 65534 runs/climb/checkpoints", in: folder).status == 0)
    let best = try await Program.run("best", "runs/climb", "--copy", "model", in: folder)
    #expect(best.status == 0, "\(best.errors)")
    let names = try FileManager.default.subpathsOfDirectory(atPath: folder.url.path + "/model")
    #expect(Set(names) == ["a", "a/b", "x.json"])
    let others = try await Program.runShell("find model ! -uid 0 -o ! -perm -u=w", in: folder)
    #expect(others.status == 0 && others.output == "")
    #expect(try folder.read("model/x.json") == folder.read("runs/climb/best/x.json"))
  }

  @Test func `The best that is kept of a member's lineage is shown and copied out`() async throws {
    // Each model is better than the one before it but for every third, so that some last one is not the best.
    let folder = try Example.folder(
      Example.experiment(population: 4, steps: 60),
      trainer: Example.trainer.replacing(
        "value=-abs(x)", with: "value=-abs(x) - 100 * (interval.stop % 30 == 0), age=interval.stop"))
    #expect(try await Program.run("run", "experiment.yaml", in: folder).status == 0)
    let export = try await Program.run("export", "runs/climb", "--format", "jsonl", in: folder)
    let rows = try export.lines.map { try JSON.parse($0) }
    let status = try json(await Program.run("status", "runs/climb", "--json", in: folder))
    let kept = Set(try FileManager.default.contentsOfDirectory(atPath: folder.url.path + "/runs/climb/checkpoints"))
    var heads: [Int] = []
    for member in 0..<4 {
      let result = try await Program.run(
        "best", "runs/climb", "--member", "\(member)", "--copy", "model\(member)", "--json", in: folder)
      let model = try json(result)
      var lineage: [JSON] = []
      var next = status["members"]?.array?[member]["checkpoint"]?.text?.split(separator: "/").last.map(String.init)
      while let end = next {
        let row = try #require(rows.first { $0["end_checkpoint"]?.text == end })
        lineage.append(row)
        next = row["start_checkpoint"]?.text
      }
      #expect(lineage.count == 6)
      func best(_ rows: [JSON]) throws -> JSON {
        try #require(rows.max { ($0["score"]?.double ?? 0) < ($1["score"]?.double ?? 0) })
      }
      let (expected, overall) = try (
        best(lineage.filter { kept.contains($0["end_checkpoint"]?.text ?? "") }), best(lineage)
      )
      #expect(model["score"] == expected["score"] && model["member"] == expected["member"])
      #expect(model["metrics"]?["age"]?.double == expected["end_age"]?.double)
      #expect(model["checkpoint"]?.text?.hasSuffix(expected["end_checkpoint"]?.text ?? "?") == true)
      if expected["end_age"]?.integer == 60 { heads.append(member) }
      let shown = try await Program.run("best", "runs/climb", "--member", "\(member)", in: folder)
      #expect(
        shown.output.contains("a better one of its lineage is not kept") == (expected != overall), "\(shown.output)")
      if expected["end_age"]?.integer == 60 {
        let x = try #require(Double(try folder.read("model\(member)/x.json")))
        #expect(model["score"]?.double == -abs(x) - 100)
      }
    }
    #expect(!heads.isEmpty && heads.count < 4)
    let unknown = try await Program.run("best", "runs/climb", "--member", "4", in: folder)
    #expect(unknown.status == 64 && unknown.errors.contains("numbered from 0 to 3"))
  }
}
