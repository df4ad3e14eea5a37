@testable import PoptrainChecking
@testable import PoptrainEngine
import Testing

/// A check of trainers that train other steps than they are asked for.
@Suite struct CheckStepsTests {
  /// Trains `steps`, whatever it is asked for, and saves `more` beside its weight.
  static func trainer(
    _ steps: String, report: String = "steps=interval.stop - interval.start", more: String = ""
  ) -> String {
    """
    import poptrain
    for interval in poptrain.intervals():
        state = load(interval.checkpoint, {"weight": 1.0})
        for _ in range(0 if interval.is_evaluation else \(steps)): state["weight"] *= 1 - interval["learning_rate"]
        if not interval.is_evaluation: save(interval.save_to, {**state, \(more)})
        interval.report(score=state["weight"], \(report))
    """
  }

  @Test func oneThatTrainsTheSameWhateverItIsAskedForFails() async throws {
    let (ending, findings) = try await TrainerFolder(Self.trainer("1")).check()
    #expect(ending == .failed)
    #expect(findings.troubles == [.steps])
    let finding = try #require(findings[.steps])
    #expect(finding.verdict == .failed)
    #expect(finding.found.contains("asked for 1 step and for 20, it gives exactly the same result"))
    #expect(finding.remedy?.contains("`interval.steps`") == true)
  }

  @Test func itIsAWarningWhereTheCheckpointsDiffer() async throws {
    let (ending, findings) = try await TrainerFolder(Self.trainer("1", more: #""age": interval.stop"#)).check()
    #expect(ending == .passed)
    #expect(findings.troubles == [.steps])
    #expect(findings[.steps]?.verdict == .warning)
    #expect(findings[.steps]?.found.contains("it may train the same") == true)
  }

  @Test func fewerStepsThanItWasAskedForAreSaid() async throws {
    let (ending, findings) = try await TrainerFolder(
      Self.trainer("5", report: "steps=5 * (not interval.is_evaluation)")
    ).check()
    #expect(ending == .passed)
    #expect(findings.troubles == [.steps])
    #expect(findings[.steps]?.found.contains("it trains 5 of the 20 steps that it is asked for") == true)
    #expect(findings[.steps]?.found.contains("4 times as many intervals") == true)
    // 60 steps in parts of 5, of 2 members.
    #expect(findings[.estimate]?.found.contains("2 members × 12 intervals") == true)
  }

  @Test func aTrainerOfRolloutsIsFine() async throws {
    let (ending, findings) = try await TrainerFolder(
      Self.trainer("30", report: "steps=30 * (not interval.is_evaluation)")
    ).check()
    #expect(ending == .passed)
    #expect(findings.troubles == [])
    #expect(findings[.steps]?.found.contains("trains 30 steps at a time") == true)
    #expect(findings[.estimate]?.found.contains("2 members × 2 intervals") == true)
  }

  @Test func oneThatCannotTrainASingleStepIsToldOf() async throws {
    let (_, findings) = try await TrainerFolder(
      """
      import poptrain
      for interval in poptrain.intervals():
          state = load(interval.checkpoint, {"weight": 1.0})
          every = (interval.stop - interval.start) // 2
          for step in interval.steps:
              state["weight"] *= 1 - interval["learning_rate"] * (1 + step % every)
          save(interval.save_to, state)
          interval.report(score=state["weight"])
      """
    ).check()
    #expect(findings[.steps]?.verdict == .warning)
    #expect(findings[.steps]?.found.contains("ZeroDivisionError") == true)
  }

  @Test func aCommandThatIsNotToldItsStepsFails() async throws {
    let (ending, findings) = try await TrainerFolder(
      """
      load_from, save_to, learning_rate = sys.argv[1:]
      state = load(pathlib.Path(load_from) if load_from else None, {"weight": 1.0})
      state["weight"] *= 1 - float(learning_rate)
      save(pathlib.Path(save_to), state)
      print("score =", state["weight"])
      """, command: #"[python3, train.py, "{load}", "{save}", "{learning_rate}"]"#,
      hyperparameters: "learning_rate: {log_uniform: [0.001, 0.1]}"
    ).check()
    #expect(ending == .failed)
    #expect(findings.troubles == [.steps])
    #expect(findings[.steps]?.remedy?.contains("{start} and {stop}") == true)
  }
}
