import Foundation
import PoptrainJSON
import Testing

/// What becomes of models that are copied.
@Suite struct CopyTests {
  /// A cosine decay to the budget that it is told, as many trainers have.
  private static let decaying = """
    import json, math, poptrain
    for interval in poptrain.intervals():
        file = "state.json"
        state = json.loads((interval.checkpoint / file).read_text()) if interval.checkpoint else {"x": 0.0, "told": []}
        for step in interval.steps:
            state["x"] += interval["rate"] * 0.5 * (1 + math.cos(math.pi * min(1, step / interval.total_steps)))
        state["told"].append(interval.total_steps)
        (interval.save_to / file).write_text(json.dumps(state))
        interval.report(value=state["x"])
    """

  @Test func `A run whose copies cannot train ends with 69 after a handful`() async throws {
    let folder = try Example.folder(
      Example.experiment(population: 4, steps: 200),
      trainer: """
        import json, poptrain
        for interval in poptrain.intervals():
            # A restored optimizer brings its own rate back.
            rate = json.loads((interval.checkpoint / "x").read_text()) if interval.checkpoint else interval["rate"]
            for step in interval.steps: pass
            interval.applied(rate=lambda: rate)
            (interval.save_to / "x").write_text(json.dumps(rate))
            interval.report(value=rate)
        """)
    let run = try await Program.run("run", "experiment.yaml", in: folder)
    #expect(run.status == 69)
    // Which of the two is found first depends on what else completes between.
    let reasons = ["no copy has ever trained: attempts of ", "whatever is wrong is probably not theirs alone"]
    #expect(reasons.contains { run.errors.contains($0) }, "\(run.errors)")
    #expect(run.errors.contains("rate was given as"))
    let status = try json(await Program.run("status", "runs/climb", "--json", in: folder))
    // One more may be under way.
    #expect(status["failures"]?.integer ?? 99 <= 6)
  }

  @Test(arguments: [
    (#"raise RuntimeError(f"size mismatch in layer {interval.member}")"#, "RuntimeError: size mismatch in layer"),
    (#"interval.invalid("too deep"); continue"#, "refused: too deep"),
  ])
  func `A run too short for a handful does not end well either when every copy fails`(failing: String, reason: String)
    async throws
  {
    let folder = try Example.folder(
      Example.experiment(population: 5, steps: 20),
      trainer: """
        import poptrain
        for interval in poptrain.intervals():
            if interval.checkpoint and not (interval.checkpoint / str(interval.member)).exists():
                \(failing)
            for step in interval.steps: pass
            (interval.save_to / str(interval.member)).write_text("x")
            interval.report(value=interval["rate"])
        """)
    // Again, there is nothing left to train, and it is as wrong as before.
    for _ in 1...2 {
      let run = try await Program.run("run", "experiment.yaml", in: folder)
      #expect(run.status == 69)
      #expect(
        run.errors.contains("no copy has ever trained: every interval that began with one was given up, 1 in all"),
        "\(run.errors)")
      #expect(run.errors.contains(reason))
    }
  }

  @Test func `Copies that fail as others do are not the cause`() async throws {
    let folder = try Example.folder(
      Example.experiment(population: 5, steps: 20),
      trainer: """
        import poptrain
        for interval in poptrain.intervals():
            if interval.is_copy or interval.checkpoint and interval.member % 2 == 0:
                raise RuntimeError("out of " + ["luck", "memory", "time", "disk", "paper"][interval.member])
            for step in interval.steps: pass
            (interval.save_to / "x").write_text("x")
            interval.report(value=interval["rate"])
        """)
    let run = try await Program.run("run", "experiment.yaml", in: folder)
    #expect(run.status == 0, "\(run.errors)")
    #expect(run.output.contains("ended: every member is done, but some steps were not trained"))
  }

  @Test func `Steps that were not trained are not called trained`() async throws {
    let folder = try Example.folder(
      Example.experiment(population: 3, steps: 40, workers: 1, more: "durability: process\nmax_failures: 1"),
      trainer: """
        import poptrain
        for interval in poptrain.intervals():
            if interval.member == 1 and interval.number == 2: raise RuntimeError("no luck")
            for step in interval.steps: pass
            (interval.save_to / "x").write_text("x")
            interval.report(value=interval["rate"])
        """)
    let run = try await Program.run("run", "experiment.yaml", in: folder)
    #expect(run.status == 0, "\(run.errors)")
    let sentence =
      "every member is done, but some steps were not trained, because every attempt failed or was refused: member 1 trained 30 of 40"
    #expect(run.lines.contains("ended: " + sentence), "\(run.output)")
    let status = try await Program.run("status", "runs/climb", in: folder)
    #expect(status.lines.contains("ended: " + sentence) && status.lines[0].hasSuffix("(100 %), some of them forfeited"))
    let json = try json(await Program.run("status", "runs/climb", "--json", in: folder))
    #expect(json["forfeited_steps"]?.integer == 10)
  }

  @Test func `No model is younger than the steps of its member`() async throws {
    let folder = try Example.folder(
      Example.experiment(population: 10, steps: 200, order: "asynchronous"),
      trainer: Self.decaying)
    let run = try await Program.run("run", "experiment.yaml", in: folder)
    #expect(run.status == 0, "\(run.errors)")
    let status = try json(await Program.run("status", "runs/climb", "--json", in: folder))
    #expect(status["members"]?.array?.allSatisfy { $0["age"]?.integer ?? 0 >= 200 } == true)
    #expect(try await Program.run("audit", "runs/climb", in: folder).status == 0)
  }

  @Test func `In the paper's order the last lines say by how much models are younger`() async throws {
    let order = "{asynchronous: {younger_donors: true}}"
    let folder = try Example.folder(
      Example.experiment(population: 10, steps: 200, workers: 1, order: order),
      trainer: Self.decaying)
    let run = try await Program.run("run", "experiment.yaml", in: folder)
    let line = try #require(run.lines.first { $0.contains(" of 10 models ") })
    let words = try Regex("[1-9].* of 10 models (is|are) younger than the steps of the member, from age .*: copied .*")
    #expect(try words.wholeMatch(in: line) != nil, "\(line)")
    #expect(try await Program.run("status", "runs/climb", in: folder).lines.contains(line))
  }

  @Test func `A metric that is measured in every second interval has nobody begin again`() async throws {
    let folder = try Example.folder(
      Example.experiment(population: 6, steps: 100, order: "asynchronous"),
      trainer: """
        import poptrain
        for interval in poptrain.intervals():
            for step in interval.steps: pass
            (interval.save_to / "x").write_text("x")
            interval.report(value=interval["rate"] if interval.stop // 10 % 2 else float("nan"))
        """)
    let run = try await Program.run("run", "experiment.yaml", in: folder)
    #expect(run.status == 0 && !run.output.contains("younger"), "\(run.output)")
    #expect(run.output.contains("  best of 30 single evaluations"), "\(run.output)")
    #expect(run.lines.count { $0.hasSuffix("no score (the metric is nan)") } == 30, "\(run.output)")
    #expect(!run.output.contains("starts again") && !run.output.contains("diverged"))
    #expect(try await Program.run("audit", "runs/climb", in: folder).status == 0)
  }

  @Test func `A replay tells the budgets that the model was told`() async throws {
    let folder = try Example.folder(
      Example.experiment(population: 4, steps: 60), trainer: Self.decaying)
    #expect(try await Program.run("run", "experiment.yaml", in: folder).status == 0)
    #expect(try await Program.run("run", "experiment.yaml", "--steps", "120", in: folder).status == 0)
    let replay = try await Program.run("replay", "runs/climb", in: folder)
    #expect(replay.status == 0, "\(replay.errors)")
    let (original, again) = (
      try folder.read("runs/climb/best/state.json"), try folder.read("runs/climb-replay/best/state.json")
    )
    let told = try [original, again].map { try JSON.parse($0)["told"]?.array?.compactMap(\.integer) ?? [] }
    #expect(told[0].first == 60 && told[0].last == 120 && Set(told[0]) == Set(told[1]))
    #expect(try JSON.parse(original)["x"] == JSON.parse(again)["x"])
  }
}
