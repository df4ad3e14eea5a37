@testable import PoptrainChecking
@testable import PoptrainEngine
import Testing

/// A check of real trainers: for each mistake that one can make, what is said about it.
@Suite struct CheckTests {
  static let good = """
    import poptrain
    for interval in poptrain.intervals():
        state = load(interval.checkpoint, {"weight": 1.0})
        shrink(state, interval, interval["learning_rate"])
        save(interval.save_to, state)
        interval.report(score=state["weight"])
    """

  @Test func nothingIsWrongWithAGoodTrainer() async throws {
    let (ending, findings) = try await TrainerFolder(Self.good).check()
    #expect(ending == .passed)
    #expect(findings.troubles == [])
    #expect(
      findings.all.map(\.subject) == [
        .start, .resume, .load, .repetition, .steps, .neighbours, .effect("learning_rate"), .stop, .estimate,
      ])
    #expect(findings[.stop]?.found.hasPrefix("not tested") == (findings[.stop]?.verdict == .inconclusive))
    #expect(findings[.repetition]?.found.hasPrefix("deterministic") == true)
    #expect(findings[.effect("learning_rate")]?.found.contains("has an effect") == true)
  }

  @Test func aTrainerOfSeveralMembersIsSaidToTakeLess() async throws {
    let (ending, findings) = try await TrainerFolder(
      """
      import poptrain
      for batch in poptrain.batches(capacity=8):
          for interval in batch:
              state = load(interval.checkpoint, {"weight": 1.0})
              for _ in interval.steps:
                  state["weight"] *= 1 - interval["learning_rate"]
              save(interval.save_to, state)
              interval.report(score=state["weight"])
      """
    ).check()
    #expect(ending == .passed && findings.troubles == [])
    #expect(findings[.estimate]?.found.contains("with 1 worker, 2 at once, take about") == true)
  }

  @Test func aMemberOfACheckHasTrainedItsOwnSteps() async throws {
    let (ending, findings) = try await TrainerFolder(
      Self.good.replacing(
        "    state = load", with: "    assert interval.member_start == interval.start\n    state = load")
    ).check()
    #expect(ending == .passed)
    #expect(findings.troubles == [])
  }

  @Test(arguments: [("needed", 4), ("last 2", 6), ("last 9", 8), ("all", 8)])
  func theDiskIsEstimatedByWhatIsKept(_ keep: String, _ megabytes: Int) async throws {
    let saving = #"    (interval.save_to / "large").write_bytes(bytes(1_000_000))"#
    let script = Self.good.replacing("    interval.report", with: saving + "\n    interval.report")
    let (_, findings) = try await TrainerFolder(script, settings: "keep: \(keep)").check()
    #expect(findings[.estimate]?.found.contains(" and \(megabytes) MB of disk") == true)
  }

  /// Also where the report of the first interval is warned of, before anything could be said of that.
  @Test func whatIsWrongWithAReportIsToldAfterWhatItIsAbout() async throws {
    let (ending, findings) = try await TrainerFolder(
      Self.good.replacing(#"score=state["weight"]"#, with: #"score=state["weight"], note="warm-up""#)
    ).check()
    #expect(ending == .passed)
    #expect(findings.all.map(\.subject).prefix(3) == [.start, .report, .resume])
    #expect(findings[.report]?.found.contains("'note'") == true)
  }

  @Test func anOptimizerThatBringsItsLearningRateBackIsFound() async throws {
    let (ending, findings) = try await TrainerFolder(
      """
      import poptrain
      for interval in poptrain.intervals():
          state = load(interval.checkpoint, {"weight": 1.0, "optimizer": interval["learning_rate"]})
          shrink(state, interval, state["optimizer"])
          save(interval.save_to, state)
          interval.report(score=state["weight"])
      """
    ).check()
    #expect(ending == .failed)
    #expect(findings.troubles == [.effect("learning_rate")])
    let finding = try #require(findings[.effect("learning_rate")])
    #expect(finding.verdict == .failed)
    #expect(finding.found.contains("NO EFFECT"))
    #expect(finding.remedy?.contains("loading a checkpoint brings back the value") == true)
  }

  @Test func anEffectThatTheScoreIsTooCoarseForShowsInTheNextInterval() async throws {
    let (ending, findings) = try await TrainerFolder(
      """
      import poptrain
      for interval in poptrain.intervals():
          state = load(interval.checkpoint, {"weight": 1.0, "hidden": 0.0})
          score = state["hidden"]
          shrink(state, interval, interval["learning_rate"])
          if interval.steps or not interval.is_evaluation:
              state["hidden"] = state["weight"]
          save(interval.save_to, state)
          interval.report(score=score)
      """
    ).check()
    #expect(findings[.effect("learning_rate")]?.found.contains("one interval later") == true)
    #expect(ending == .passed)
  }

  @Test func aDeclaredValueThatIsNotTheGivenOneIsFound() async throws {
    let (ending, findings) = try await TrainerFolder(
      """
      import poptrain
      for interval in poptrain.intervals():
          state = load(interval.checkpoint, {"weight": 1.0, "optimizer": interval["learning_rate"]})
          shrink(state, interval, state["optimizer"])
          save(interval.save_to, state)
          interval.applied(learning_rate=state["optimizer"])
          interval.report(score=state["weight"])
      """
    ).check()
    #expect(ending == .failed)
    #expect(findings.troubles == [.neighbours, .effect("learning_rate")])
    #expect(findings[.effect("learning_rate")]?.found.contains("was applied") == true)
  }

  @Test func valuesThatAreIgnoredAreFound() async throws {
    let (ending, findings) = try await TrainerFolder(
      """
      import poptrain
      for interval in poptrain.intervals():
          state = load(interval.checkpoint, {"weight": 1.0})
          interval["read"]
          shrink(state, interval, interval["learning_rate"])
          save(interval.save_to, state)
          interval.report(score=state["weight"])
      """,
      hyperparameters: "learning_rate: {uniform: [0, 0.01]}, read: {integer: [1, 9]}, unread: {choice: [a, b, c]}"
    ).check()
    #expect(ending == .failed)
    #expect(findings.troubles == [.effect("read"), .effect("unread")])
    #expect(findings[.effect("read")]?.remedy?.contains("does not use it") == true)
    #expect(findings[.effect("unread")]?.found.contains("never read") == true)
  }

  @Test func aChoiceThatMeansTheSameAsAnotherIsNoted() async throws {
    let (ending, findings) = try await TrainerFolder(
      """
      import poptrain
      for interval in poptrain.intervals():
          state = load(interval.checkpoint, {"weight": 1.0})
          shrink(state, interval, {"slow": 0.001, "fast": 0.1}.get(interval["speed"], 0.001))
          save(interval.save_to, state)
          interval.report(score=state["weight"])
      """, hyperparameters: "speed: {choice: [slow, fast, fsat]}"
    ).check()
    #expect(ending == .passed)
    #expect(findings[.effect("speed")]?.verdict == .warning)
    #expect(findings[.effect("speed")]?.found.contains("fsat gives exactly the same result as slow") == true)
  }

  @Test func whatNoiseHidesIsInconclusive() async throws {
    // The noise counts the intervals, so that every run of this test has the same.
    let (ending, findings) = try await TrainerFolder(
      """
      import poptrain
      for interval in poptrain.intervals():
          state = load(interval.checkpoint, {"weight": 1.0})
          count = len(os.listdir("noise")) if os.path.isdir("noise") else 0
          pathlib.Path(f"noise/{count}").mkdir(parents=True)
          interval["momentum"]
          shrink(state, interval, interval["learning_rate"])
          save(interval.save_to, state)
          interval.report(score=state["weight"] + 1e-3 * (count * 3 % 7))
      """, hyperparameters: "learning_rate: {uniform: [0, 0.01]}, momentum: {uniform: [0, 1]}"
    ).check()
    #expect(ending == .untold)
    #expect(findings[.repetition]?.found.hasPrefix("noisy") == true)
    #expect(findings[.effect("learning_rate")]?.verdict == .ok)
    #expect(findings[.effect("momentum")]?.verdict == .inconclusive)
  }

  @Test func whatIsLeftOverFromTheIntervalBeforeIsFound() async throws {
    let (_, findings) = try await TrainerFolder(
      """
      import poptrain
      generator = random.Random(1)
      for interval in poptrain.intervals():
          state = load(interval.checkpoint, {"weight": 1.0})
          shrink(state, interval, interval["learning_rate"] * generator.random())
          save(interval.save_to, state)
          interval.report(score=state["weight"])
      """
    ).check()
    #expect(findings.troubles == [.repetition])
    #expect(findings[.repetition]?.found.contains("left over") == true)
  }
}
