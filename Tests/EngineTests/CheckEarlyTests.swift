@testable import PoptrainChecking
@testable import PoptrainEngine
import Testing

/// A check of trainers in which a value matters in a young model only, beside those that bring an old value back.
@Suite struct CheckEarlyTests {
  /// A weight with a gradient; `length` is how far it moves at age `step`, and `before` comes first.
  static func trainer(_ length: String, before: String = "pass", saved: String = "state") -> String {
    """
    import poptrain
    for interval in poptrain.intervals():
        state = load(interval.checkpoint, {"weight": 100.0})
        limit = interval["limit"]
        \(before)
        for step in interval.steps: state["weight"] -= \(length)
        save(interval.save_to, \(saved))
        interval.report(score=-state["weight"])
    """
  }
  /// A gradient clipped at `limit`, which is below it in the first steps only.
  static let clipping = #"min(limit, 0.3 * state["weight"])"#
  /// A warm-up of so many steps.
  static let warmingUp = #"0.1 * state["weight"] * min(1, (step + 1) / limit)"#

  @Test(arguments: [
    (clipping, "limit: {uniform: [5, 60]}"), (warmingUp, "limit: {integer: [1, 8]}"),
  ])
  func aValueThatMattersEarlyOnlyIsInForce(length: String, range: String) async throws {
    for before in ["pass", "interval.applied(limit=lambda: limit)"] {
      let (ending, findings) = try await TrainerFolder(
        Self.trainer(length, before: before), hyperparameters: range
      ).check()
      #expect(ending == .passed)
      #expect(findings.troubles == [])
      #expect(
        findings[.effect("limit")]?.found.hasPrefix("has an effect early only: from a checkpoint of age 1, ") == true)
    }
  }

  /// The same as a clipped gradient, but that it is a limit that was saved.
  @Test(arguments: [clipping, warmingUp])
  func oneThatIsBroughtBackIsFoundInAYoungModel(length: String) async throws {
    let (ending, findings) = try await TrainerFolder(
      Self.trainer(length, before: #"limit = state.setdefault("limit", limit)"#),
      hyperparameters: "limit: {uniform: [1.0, 60.0]}"
    ).check()
    #expect(ending != .passed)
    let finding = try #require(findings[.effect("limit")])
    #expect(finding.verdict == .failed || finding.verdict == .inconclusive)
  }

  /// The first step does more than all that follow.
  @Test func oneThatIsBroughtBackFailsAlsoWhereItsEffectShrinks() async throws {
    let (ending, findings) = try await TrainerFolder(
      Self.trainer(
        #"limit if step == 0 else 0.5 * state["weight"] - 0.001 * limit"#,
        before: #"limit = state.setdefault("limit", limit)"#),
      hyperparameters: "limit: {uniform: [1.0, 60.0]}"
    ).check()
    #expect(ending == .failed)
    let finding = try #require(findings[.effect("limit")])
    #expect(finding.verdict == .failed && finding.found.contains("which hold the value that they were trained under"))
    #expect(finding.remedy?.hasPrefix("either the value matters only where a model is made, or loading") == true)
  }

  /// What it holds cannot be seen where it is compressed, or is another number.
  @Test func oneThatIsBroughtBackFailsAlsoWhereTheCheckpointDoesNotShowIt() async throws {
    let (ending, findings) = try await TrainerFolder(
      Self.trainer(#"state["half"] * state["weight"]"#, before: #"state.setdefault("half", limit / 2)"#),
      hyperparameters: "limit: {uniform: [0.01, 0.1]}"
    ).check()
    #expect(ending == .failed)
    let finding = try #require(findings[.effect("limit")])
    #expect(finding.verdict == .failed && finding.found.contains("NO EFFECT"))
    #expect(finding.remedy?.hasPrefix("either the value matters only where a model is made, or loading") == true)
  }

  /// It matters in the first step alone, so that no checkpoint is young enough; what was given is noted, or not.
  @Test(arguments: ["state", #"{**state, "note": interval["limit"]}"#])
  func whatNoCheckpointTellsIsInconclusive(saved: String) async throws {
    let (ending, findings) = try await TrainerFolder(
      Self.trainer(#"0.1 * (state["weight"] if step else limit)"#, saved: saved),
      hyperparameters: "limit: {uniform: [5, 60]}"
    ).check()
    #expect(ending == .untold)
    let finding = try #require(findings[.effect("limit")])
    #expect(finding.verdict == .inconclusive)
    #expect(finding.remedy?.contains("a value may matter early only") == true)
    #expect(finding.remedy?.contains("loading a checkpoint may bring back the value") == true)
  }

  /// It trains whole rollouts, and none is young enough: what tells is that the effect grows from the first to the second.
  @Test func oneThatIsBroughtBackIsFoundAlsoByWholeRollouts() async throws {
    let (ending, findings) = try await TrainerFolder(
      """
      import poptrain
      for interval in poptrain.intervals():
          state = load(interval.checkpoint, {"weight": 1.0, "rate": interval["learning_rate"]})
          steps = 20 * -(-(interval.stop - interval.start) // 20)
          for _ in range(steps): state["weight"] *= 1 - state["rate"]
          save(interval.save_to, state)
          interval.report(score=state["weight"], steps=steps)
      """
    ).check()
    #expect(ending == .failed)
    #expect(findings[.effect("learning_rate")]?.found.hasPrefix("NO EFFECT") == true)
  }
}
