import Testing

/// What `poptrain check` prints, and its exit statuses.
@Suite struct CheckCommandTests {
  private static let experiment = """
    trainer: {command: [python3, train.py]}
    metric: score
    mode: max
    population_size: 2
    steps: 20
    interval: 10
    workers: 1
    hyperparameters:
      rate: {log_uniform: [0.001, 0.1]}
    """

  private func check(_ factor: String, report: String = "start") async throws -> Result {
    let folder = try Folder()
    try folder.write(Self.experiment, to: "experiment.yaml")
    try folder.write(
      """
      import poptrain, random
      for interval in poptrain.intervals():
          start = float((interval.checkpoint / "x").read_text()) if interval.checkpoint else 1.0
          for step in interval.steps: start *= 1 - \(factor)
          (interval.save_to / "x").write_text(str(start))
          interval.report(score=\(report))
      """, to: "train.py")
    return try await Program.run("check", "experiment.yaml", in: folder)
  }

  @Test func `Without a failure it ends with 0, and says what it is about to do`() async throws {
    let good = try await check(#"interval["rate"]"#)
    #expect(good.status == 0, "\(good.errors)")
    #expect(good.output.contains("check will train about 13 more intervals ("))
  }

  @Test func `A failure is 65, what could not be tested is 77`() async throws {
    #expect(try await check("0.1").status == 65)
    // Noise that is the same in each test.
    let count = #"open("calls", "a").write("x") and __import__("os").stat("calls").st_size"#
    let untold = try await check(#"(random.Random(\#(count)).random() + interval["rate"] / 1e6)"#)
    #expect(untold.status == 77)
    #expect(untold.output.contains("torch.manual_seed(interval.seed)"))
    let unmeasured = try await check(#"interval["rate"]"#, report: "start if not interval.is_evaluation else missing")
    #expect(unmeasured.status == 77, "\(unmeasured.output)")
    #expect(unmeasured.lines.contains { $0.hasPrefix("inconclusive  load: ") })
  }
}
