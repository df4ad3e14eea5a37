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

  @Test func `One evaluation that is the best of many is said to flatter, and a mean is not`() async throws {
    let words = "one evaluation, the best of 12: if value is noisy, it flatters"
    let folder = try Example.folder(Example.experiment(population: 4, steps: 30))
    #expect(try await Program.run("run", "experiment.yaml", in: folder).output.contains(words))
    #expect(try await Program.run("best", "runs/climb", in: folder).output.contains(words))
    #expect(try json(await Program.run("best", "runs/climb", "--json", in: folder))["one_evaluation_of"]?.integer == 12)

    let several = try await finished(trainer: Example.trainer.replacing("-abs(x))", with: "[-abs(x), -2 * abs(x)])"))
    #expect(!(try await Program.run("best", "runs/climb", in: several)).output.contains("flatters"))
    let windowed = try await finished("score: {mean: 3}")
    #expect(!(try await Program.run("best", "runs/climb", in: windowed)).output.contains("flatters"))
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

  @Test func `The model of a member is shown and copied out`() async throws {
    let folder = try await finished()
    let rows = try await history(of: "runs/climb", in: folder)
    for member in 0..<4 {
      let model = try json(
        await Program.run(
          "best", "runs/climb", "--member", "\(member)", "--copy", "model\(member)", "--json", in: folder))
      let last = try #require(rows.last { $0["member"]?.integer == member })
      #expect(model["member"]?.integer == member)
      #expect(model["score"] == last["score"])
      let x = try #require(Double(try folder.read("model\(member)/x.json")))
      #expect(model["score"]?.double == -abs(x))
    }
    let unknown = try await Program.run("best", "runs/climb", "--member", "4", in: folder)
    #expect(unknown.status == 64 && unknown.errors.contains("numbered from 0 to 3"))
  }
}
