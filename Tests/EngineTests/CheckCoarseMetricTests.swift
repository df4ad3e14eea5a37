@testable import PoptrainChecking
@testable import PoptrainEngine
import Testing

/// A check of trainers whose metrics are too coarse to tell, or show an effect late.
@Suite struct CheckCoarseMetricTests {
  static let rate = CheckEffectTests.rate

  /// An accuracy on eight examples, and a checkpoint that is different each time, as a pickle may be.
  static func coarse(rate: String, score: String) -> String {
    """
    import poptrain
    for interval in poptrain.intervals():
        state = load(interval.checkpoint, {"weight": 1.0})
        interval["learning_rate"]
        shrink(state, interval, \(rate))
        save(interval.save_to, {**state, "noise": os.urandom(8).hex()})
        interval.report(score=\(score))
    """
  }

  @Test func theSameCoarseScoreIsNoProofWhereCheckpointsCannotBeCompared() async throws {
    let (ending, findings) = try await TrainerFolder(
      Self.coarse(rate: #"0.05 + interval["learning_rate"] / 100"#, score: "int(8 * (1 - state['weight'])) / 8")
    ).check()
    #expect(ending == .untold)
    #expect(findings.troubles == [Self.rate])
    #expect(findings[Self.rate]?.verdict == .inconclusive)
    #expect(findings[Self.rate]?.found.contains("its checkpoint differs each time") == true)
    #expect(findings[Self.rate]?.remedy?.contains("report a loss") == true)
  }

  @Test func aFineMetricBesideACoarseScoreIsProof() async throws {
    let score = "int(64 * (1 - state['weight'])) / 64"
    let saved = #""given": interval["learning_rate"]"#
    let trainer = CheckEffectTests.forgetful(saved: saved, reported: #"loss=state["weight"]"#)
      .replacing(#"score=state["weight"]"#, with: "score=\(score)")
    let (ending, findings) = try await TrainerFolder(trainer).check()
    #expect(ending == .failed)
    #expect(findings[Self.rate]?.found.contains("NO EFFECT") == true)
  }

  @Test(arguments: [("state['weight']", true), ("int(2000 * (1 - state['weight'])) / 2000", false)])
  func aValueThatIsInForceAnIntervalLateIsFound(score: String, isProof: Bool) async throws {
    let (ending, findings) = try await TrainerFolder(
      """
      import poptrain
      for interval in poptrain.intervals():
          state = load(interval.checkpoint, {"weight": 1.0, "rate": interval["learning_rate"]})
          shrink(state, interval, state["rate"])
          save(interval.save_to, {**state, "rate": interval["learning_rate"]})
          interval.report(score=\(score))
      """
    ).check()
    #expect(ending == (isProof ? .failed : .untold))
    #expect(findings.troubles == [Self.rate])
    #expect(findings[Self.rate]?.found.lowercased().contains("no effect before the next interval") == true)
    #expect(findings[Self.rate]?.remedy?.contains("loading a checkpoint brings back the value") == true)
  }

  /// As the rate, so a factor whose effect from scratch is small beside the grain of the score.
  @Test func anEffectThatIsAnIntervalLateIsToldOfEachHyperparameter() async throws {
    let (ending, findings) = try await TrainerFolder(
      """
      import poptrain
      for interval in poptrain.intervals():
          now = {"rate": interval["learning_rate"], "factor": interval["factor"]}
          state = load(interval.checkpoint, {"weight": 1.0, **now})
          shrink(state, interval, state["rate"] * state["factor"])
          save(interval.save_to, {**state, **now})
          interval.report(score=int(1000 * (1 - state["weight"])) / 1000)
      """, hyperparameters: "learning_rate: {uniform: [0.001, 0.01]}, factor: {uniform: [0.98, 1.02]}"
    ).check()
    #expect(ending == .untold)
    #expect(findings.troubles == [Self.rate, .effect("factor")])
  }

  @Test func theSameFineScoreIsProofAlsoWhereCheckpointsCannotBeCompared() async throws {
    let (ending, findings) = try await TrainerFolder(Self.coarse(rate: "0.05", score: "state['weight']")).check()
    #expect(ending == .failed)
    #expect(findings[Self.rate]?.found.contains("NO EFFECT") == true)
  }

  @Test func theSameCoarseScoreIsNoProofHoweverLargeTheEffectFromScratch() async throws {
    let (ending, findings) = try await TrainerFolder(
      """
      import poptrain
      for interval in poptrain.intervals():
          state = load(interval.checkpoint, {"weight": 1.0})
          shrink(state, interval, interval["rate"])
          save(interval.save_to, state)
          interval.report(score=min(63, int(64 * (1 - state["weight"]))) / 64)
      """, hyperparameters: "rate: {choice: [0.1, 1.0]}"
    ).check()
    #expect(ending == .untold)
    #expect(findings[.effect("rate")]?.verdict == .inconclusive)
  }
}
