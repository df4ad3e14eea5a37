@testable import PoptrainChecking
@testable import PoptrainEngine
import Testing

/// A check of trainers in which a value is in force for a part of each interval only.
@Suite struct CheckLastingTests {
  static let rate = Check.Finding.Subject.effect("learning_rate")

  /// A schedule like OneCycleLR's: the rate that is set is for one step, many times as large as what the schedule, which
  /// computes from `base`, makes of it. What is declared is what was set.
  static func oneCycle(base: String) -> String {
    """
    import poptrain
    for interval in poptrain.intervals():
        rate = interval["learning_rate"]
        interval.applied(learning_rate=rate)
        state = load(interval.checkpoint, {"weight": 1.0, "base": rate})
        base = \(base)
        now = 8 * rate
        for step in interval.steps:
            state["weight"] -= now * (state["weight"] - 0.1)
            now = base * (1 - step / 100)
        save(interval.save_to, {**state, "base": base})
        interval.report(score=-state["weight"])
    """
  }
  static let range = "learning_rate: {log_uniform: [0.0001, 0.1]}"

  @Test func oneThatIsOverwrittenByTheNextStepFailsHoweverLargeItsEffect() async throws {
    let (ending, findings) = try await TrainerFolder(
      Self.oneCycle(base: #"state["base"]"#), hyperparameters: Self.range
    ).check()
    #expect(ending == .failed)
    #expect(findings.troubles == [Self.rate])
    let finding = try #require(findings[Self.rate])
    #expect(finding.verdict == .failed && finding.found.hasPrefix("USED ONLY AT FIRST"))
    #expect(finding.found.contains("if given for 1 step,") && finding.found.contains("if given for all 20"))
  }

  /// The rate that was saved is in force for ten steps, and then the given one.
  @Test func anOldValueThatIsInForceAtFirstIsToldAsThat() async throws {
    let (ending, findings) = try await TrainerFolder(
      """
      import poptrain
      for interval in poptrain.intervals():
          state = load(interval.checkpoint, {"weight": 1.0, "rate": interval["learning_rate"]})
          for i, _ in enumerate(interval.steps):
              state["weight"] *= 1 - (state["rate"] if i < 10 else interval["learning_rate"])
          save(interval.save_to, {**state, "rate": interval["learning_rate"]})
          interval.report(score=-state["weight"])
      """, hyperparameters: Self.range
    ).check()
    #expect(ending == .failed)
    #expect(findings.troubles == [Self.rate])
    #expect(findings[Self.rate]?.found.hasPrefix("NOT USED AT FIRST after loading") == true)
    #expect(findings[Self.rate]?.remedy?.contains("loading a checkpoint brings back the value") == true)
  }

  /// One of the ends of the range moves the weight too far to be compared, so a value between tells.
  @Test func oneEndOfTheRangeIsEnoughWhereAValueBetweenConfirmsIt() async throws {
    let (ending, findings) = try await TrainerFolder(
      """
      import poptrain
      for interval in poptrain.intervals():
          rate = interval["learning_rate"]
          state = load(interval.checkpoint, {"weight": 1.0, "base": rate})
          if rate > 0.09: state["isMoved"] = True
          for step in interval.steps:
              state["weight"] *= 1 - rate
              rate = state["base"]
          if "isMoved" in state and interval.stop - interval.start == 20: state["weight"] -= 0.037
          save(interval.save_to, state)
          interval.report(score=-state["weight"])
      """, hyperparameters: Self.range
    ).check()
    #expect(ending == .failed)
    #expect(findings[Self.rate]?.found.hasPrefix("USED ONLY AT FIRST") == true)
  }

  /// Overwritten by the next step. In two parts chance makes its effect small, as if it had been given for one part only.
  @Test func anEffectThatDoesNotGrowAfterTheFirstStepIsWeak() async throws {
    for (base, verdict) in [("state[\"base\"]", Check.Finding.Verdict.warning), ("rate", .ok)] {
      let (_, findings) = try await TrainerFolder(
        """
        import poptrain
        for interval in poptrain.intervals():
            rate = interval["learning_rate"]
            state = load(interval.checkpoint, {"weight": 1.0, "base": rate, "moved": 0.0})
            base = \(base)
            if interval.stop - interval.start == 15: state["weight"] -= 0.7 * state["moved"]
            state["moved"] = state["weight"] * (base - rate)
            for step in interval.steps:
                state["weight"] *= 1 - rate
                rate = base
            save(interval.save_to, state)
            interval.report(score=-state["weight"])
        """, hyperparameters: "learning_rate: {log_uniform: [0.0005, 0.02]}"
      ).check()
      #expect(findings[Self.rate]?.verdict == verdict, "\(findings[Self.rate]?.found ?? "")")
    }
  }

  /// It lasts, but most of the model goes on with the rate that was saved.
  @Test(arguments: [("0.01", Check.Finding.Verdict.warning), ("1", .ok)])
  func aValueThatReachesLittleOfTheModelIsWeak(share: String, verdict: Check.Finding.Verdict) async throws {
    let (_, findings) = try await TrainerFolder(
      """
      import poptrain
      for interval in poptrain.intervals():
          given = interval["learning_rate"]
          state = load(interval.checkpoint, {"weight": 0.0, "rate": given})
          rate = \(share) * given + (1 - \(share)) * state["rate"]
          for _ in interval.steps: state["weight"] += rate * (1 - state["weight"])
          save(interval.save_to, state)
          interval.report(score=state["weight"])
      """, hyperparameters: "learning_rate: {log_uniform: [0.0001, 0.1]}"
    ).check()
    let finding = try #require(findings[Self.rate])
    #expect(finding.verdict == verdict, "\(finding.found)")
    #expect(finding.found.hasPrefix("weak after loading: ") == (verdict == .warning))
  }

  @Test func oneThatStaysInForceIsFine() async throws {
    let (ending, findings) = try await TrainerFolder(
      Self.oneCycle(base: "rate"), hyperparameters: Self.range
    ).check()
    #expect(ending == .passed)
    #expect(findings.troubles == [])
  }

  /// It sets back a part of the weight at the beginning of each interval: from fresh it does no more either.
  @Test func aValueThatOnlyMattersAtTheBeginningIsNoFailure() async throws {
    let (ending, findings) = try await TrainerFolder(
      """
      import poptrain
      for interval in poptrain.intervals():
          state = load(interval.checkpoint, {"weight": 1.0})
          if interval.steps: state["weight"] *= 1 - interval["reset"]
          shrink(state, interval, 0.001)
          save(interval.save_to, state)
          interval.report(score=state["weight"])
      """, hyperparameters: "reset: {uniform: [0.1, 0.5]}"
    ).check()
    #expect(ending == .passed)
    #expect(findings[.effect("reset")]?.verdict != .failed)
  }

  /// Training gathers pace, so that a quarter of an interval decides what becomes of all of it.
  @Test func aValueThatDecidesEarlyIsNotTakenForOverwritten() async throws {
    let (ending, findings) = try await TrainerFolder(
      """
      import poptrain
      for interval in poptrain.intervals():
          state = load(interval.checkpoint, {"pace": 1e-8})
          rate = interval["learning_rate"]
          for _ in interval.steps:
              if rate > 0.9: state["pace"] = 1e-9
              elif state["pace"] < 1: state["pace"] *= 1 + rate
          save(interval.save_to, state)
          interval.report(score=state["pace"])
      """, hyperparameters: "learning_rate: {log_uniform: [0.1, 1.0]}"
    ).check()
    #expect(ending == .passed)
    #expect(findings.troubles == [])
  }

  @Test(arguments: [
    // Given for a part it does the same.
    (0.5, 0.4, 0.5, 0.4, true), (0.52, 0.41, 0.5, 0.4, true),
    // It does less.
    (0.43, 0.4, 0.5, 0.4, false), (0.4, 0.4, 0.5, 0.4, false),
    // It does the opposite: chance.
    (0.3, 0.4, 0.5, 0.4, false),
    // As good as gone after a part, but by fewer orders of magnitude.
    (1e-5, 0.1, 1e-20, 0.1, false),
  ])
  func whatAPartOfTheIntervalDoesTells(
    part: Double, usualInParts: Double, whole: Double, usual: Double, hasEnded: Bool
  ) {
    let lasting = Lasting(steps: 1, part: part, usualInParts: usualInParts, whole: whole, usual: usual)
    #expect(lasting.hasEnded == hasEnded)
    #expect((lasting == .lasts) == !hasEnded)
  }

  @Test func whatDivergesIsJudgedByThePart() {
    #expect(Lasting(steps: 1, part: 0.5, usualInParts: 0.4, whole: .nan, usual: 0.4) == .lasts)
    #expect(Lasting(steps: 1, part: .nan, usualInParts: 0.4, whole: .nan, usual: 0.4) == .untold)
  }
}
