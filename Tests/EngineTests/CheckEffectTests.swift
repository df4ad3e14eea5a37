@testable import PoptrainChecking
@testable import PoptrainEngine
import Testing

/// A check of trainers whose hyperparameters have less of an effect than it seems.
@Suite struct CheckEffectTests {
  static let rate = Check.Finding.Subject.effect("learning_rate")

  /// The optimizer's rate is restored, so that no given value is ever in force; `more` goes into the checkpoint or report.
  static func forgetful(saved: String = "", reported: String = "") -> String {
    """
    import poptrain
    for interval in poptrain.intervals():
        state = load(interval.checkpoint, {"weight": 1.0, "optimizer": interval["learning_rate"]})
        shrink(state, interval, state["optimizer"])
        save(interval.save_to, {**state, \(saved)})
        interval.report(score=state["weight"], \(reported))
    """
  }

  @Test(arguments: [
    (#""given": interval["learning_rate"]"#, ""), ("", #"rate=interval["learning_rate"]"#),
    ("", #"warm_rate=0.1 + interval["learning_rate"] / 2"#),
    (#""given": interval["learning_rate"]"#, #"rate=interval["learning_rate"]"#),
  ])
  func theSameScoreUnderFarValuesIsProofWhateverNotesTheValue(saved: String, reported: String) async throws {
    let (ending, findings) = try await TrainerFolder(Self.forgetful(saved: saved, reported: reported)).check()
    #expect(ending == .failed)
    #expect(findings.troubles == [Self.rate])
    #expect(findings[Self.rate]?.found.contains("NO EFFECT") == true)
    #expect(findings[Self.rate]?.found.contains("From scratch it has an effect") == true)
    #expect(findings[Self.rate]?.remedy?.contains("loading a checkpoint brings back the value") == true)
  }

  /// Also where the metric grows from nothing, so that by factors the effect is as large after a step.
  @Test func theSameScoreIsProofWhereTheMetricGrowsToo() async throws {
    let (ending, findings) = try await TrainerFolder(
      """
      import poptrain
      for interval in poptrain.intervals():
          state = load(interval.checkpoint, {"weight": 0.0, "rate": interval["learning_rate"]})
          for _ in interval.steps: state["weight"] += state["rate"] * (1 - state["weight"])
          save(interval.save_to, {**state, "given": interval["learning_rate"]})
          interval.report(score=state["weight"])
      """, hyperparameters: "learning_rate: {log_uniform: [0.0001, 0.1]}"
    ).check()
    #expect(ending == .failed)
    #expect(findings[Self.rate]?.found.contains("NO EFFECT") == true)
  }

  @Test func theRemedyNamesEachHyperparameterAndIsToldOnce() async throws {
    let (_, findings) = try await TrainerFolder(
      """
      import poptrain
      if False:
          import torch
      for interval in poptrain.intervals():
          state = load(interval.checkpoint, {"weight": 1.0, "optimizer": interval["lr"], "m": interval["sgd.momentum"]})
          shrink(state, interval, state["optimizer"] * state["m"])
          save(interval.save_to, state)
          interval.report(score=state["weight"])
      """, hyperparameters: "lr: {uniform: [0.001, 0.01]}, sgd.momentum: {uniform: [0.1, 0.9]}"
    ).check()
    #expect(findings.troubles == [.effect("lr"), .effect("sgd.momentum")])
    let first = try #require(findings[.effect("lr")]?.remedy)
    #expect(first.contains(#"group["lr"] = interval["lr"]"#))
    #expect(first.contains("`for _ in range(interval.start): scheduler.step()`"))
    let second = try #require(findings[.effect("sgd.momentum")]?.remedy)
    #expect(second.contains(#"group["momentum"] = interval["sgd.momentum"]"#))
    #expect(second.contains("as at lr") && second.count < first.count / 2)
  }

  /// A scheduler sets the rate after every step, from a base that `base` is.
  static func scheduled(base: String) -> String {
    """
    import poptrain
    if False:
        import torch
    for interval in poptrain.intervals():
        rate = interval["learning_rate"]
        state = load(interval.checkpoint, {"weight": 1.0, "base": rate})
        base = \(base)
        for step in interval.steps:
            state["weight"] += rate * (0 - state["weight"])
            rate = base / (1 + step / 100)
        save(interval.save_to, {**state, "base": base})
        interval.report(score=-state["weight"])
    """
  }

  @Test(arguments: ["[0.0001, 0.1]", "[0.01, 0.9]"])
  func aRestoredSchedulerThatOverwritesTheValueAStepLaterFails(range: String) async throws {
    let (ending, findings) = try await TrainerFolder(
      Self.scheduled(base: #"state["base"]"#), hyperparameters: "learning_rate: {log_uniform: \(range)}"
    ).check()
    #expect(ending == .failed)
    #expect(findings.troubles == [Self.rate])
    let finding = try #require(findings[Self.rate])
    #expect(finding.found.hasPrefix("USED ONLY AT FIRST after loading"))
    #expect(finding.remedy?.contains("`for _ in range(interval.start): scheduler.step()`") == true)
    #expect(finding.remedy?.contains("max_lr") == true && finding.remedy?.contains("scheduler.base_lrs[0]") == true)
    #expect(finding.remedy?.contains("interval.applied(learning_rate=lambda: ") == true)
  }

  @Test(arguments: ["[0.0001, 0.1]", "[0.01, 0.9]"])
  func aSchedulerThatFollowsTheValueIsFine(range: String) async throws {
    let (ending, findings) = try await TrainerFolder(
      Self.scheduled(base: "rate"), hyperparameters: "learning_rate: {log_uniform: \(range)}"
    ).check()
    #expect(ending == .passed)
    #expect(findings.troubles == [])
  }

  /// A value that is of less and less use, in a trainer that does all right.
  @Test func aValueThatMattersLessAndLessIsNotTakenForOneThatIsOverwritten() async throws {
    let (ending, findings) = try await TrainerFolder(
      """
      import poptrain
      for interval in poptrain.intervals():
          state = load(interval.checkpoint, {"weight": 1.0})
          for step in interval.steps: state["weight"] *= 1 - interval["learning_rate"] / (1 + step)
          save(interval.save_to, state)
          interval.report(score=-state["weight"])
      """, hyperparameters: "learning_rate: {uniform: [0, 0.5]}"
    ).check()
    #expect(ending == .passed)
    #expect(findings.troubles == [])
  }

  @Test func aScoreThatMovesNoMoreTellsNothing() async throws {
    let (ending, findings) = try await TrainerFolder(
      """
      import poptrain
      for interval in poptrain.intervals():
          state = load(interval.checkpoint, {"weight": 0.0, "optimizer": interval["learning_rate"]})
          for step in interval.steps: state["weight"] += state["optimizer"]
          save(interval.save_to, {**state, "given": interval["learning_rate"]})
          interval.report(score=min(1.0, state["weight"]))
      """, hyperparameters: "learning_rate: {log_uniform: [0.001, 10]}"
    ).check()
    #expect(ending == .untold)
    #expect(findings.troubles == [Self.rate])
    #expect(findings[Self.rate]?.verdict == .inconclusive)
    #expect(findings[Self.rate]?.remedy?.contains("does not saturate") == true)
  }

  // MARK: Noise

  /// What a trainer does whose every interval is a little different; the noise counts, so that each test has the same.
  static func noisy(rate: String) -> String {
    """
    import poptrain
    for interval in poptrain.intervals():
        count = len(os.listdir("noise")) if os.path.isdir("noise") else 0
        pathlib.Path(f"noise/{count}").mkdir(parents=True)
        state = load(interval.checkpoint, {"weight": 1.0, "optimizer": interval["learning_rate"]})
        shrink(state, interval, \(rate))
        save(interval.save_to, state)
        interval.report(score=state["weight"] + 1e-3 * (count * 3 % 7))
    """
  }

  @Test func aForgottenRateIsNoticedDespiteNoise() async throws {
    let (ending, findings) = try await TrainerFolder(
      Self.noisy(rate: #"state["optimizer"]"#), hyperparameters: "learning_rate: {log_uniform: [0.0001, 0.1]}"
    ).check()
    #expect(ending == .untold)
    #expect(findings.troubles == [Self.rate])
    let finding = try #require(findings[Self.rate])
    #expect(finding.verdict == .warning)
    #expect(finding.found.contains("may have no effect after loading"))
    #expect(finding.remedy?.contains("seed") == true)
    #expect(findings[.repetition]?.remedy?.contains("torch.manual_seed(interval.seed)") == true)
    let order = findings.all.map(\.subject)
    let positions = [Check.Finding.Subject.repetition, Self.rate].compactMap(order.firstIndex)
    #expect(positions == positions.sorted())
  }

  @Test func aRateThatIsSetIsSeenDespiteNoise() async throws {
    let (ending, findings) = try await TrainerFolder(
      Self.noisy(rate: #"interval["learning_rate"]"#), hyperparameters: "learning_rate: {log_uniform: [0.0001, 0.1]}"
    ).check()
    #expect(ending == .passed)
    #expect(findings.troubles == [])
  }

  /// That one value has an effect may be chance, where another one has none.
  @Test func aValueWithinTheNoiseIsUntoldBesideOneThatIsNot() async throws {
    let (ending, findings) = try await TrainerFolder(
      Self.noisy(rate: #"max(interval["learning_rate"], 0.003)"#),
      hyperparameters: "learning_rate: {log_uniform: [0.0001, 0.1]}"
    ).check()
    #expect(ending == .untold)
    #expect(findings[Self.rate]?.found.contains("0.0001 instead of 0.00316228: nothing beyond noise") == true)
    #expect(findings[Self.rate]?.remedy?.contains("seed the trainer") == true)
  }

  // MARK: Values that matter in some choices only

  /// Momentum is of use for sgd only, `beta` for adam; `first` is evaluated for every optimizer.
  static func conditional(first: String = "") -> String {
    """
    import poptrain
    for interval in poptrain.intervals():
        \(first)
        state = load(interval.checkpoint, {"weight": 1.0})
        if interval["optimizer"] == "sgd": rate = interval["rate"] / (1 - interval["momentum"])
        else: rate = 3 * interval["rate"] / (1 - interval["beta"])
        shrink(state, interval, rate)
        save(interval.save_to, state)
        interval.report(score=state["weight"])
    """
  }
  static let conditions = """
    rate: {log_uniform: [1.0e-5, 1.0e-2]}, momentum: {uniform: [0, 0.99]}, beta: {uniform: [0.8, 0.95]}, \
    nesterov: {choice: [false, true]}, optimizer: {choice: [adam, sgd]}
    """

  @Test(arguments: ["pass", #"interval["momentum"], interval["beta"]"#])
  func aValueThatMattersInOneChoiceOnlyIsTriedThere(first: String) async throws {
    let (ending, findings) = try await TrainerFolder(
      Self.conditional(first: first),
      hyperparameters: Self.conditions.replacing(" nesterov: {choice: [false, true]},", with: "")
    ).check()
    #expect(ending == .passed)
    #expect(findings.troubles == [])
    #expect(findings[.effect("momentum")]?.found.hasPrefix("has an effect with optimizer=sgd: ") == true)
    #expect(findings[.effect("beta")]?.found.hasPrefix("has an effect: ") == true)
  }

  @Test func oneThatMattersInNoChoiceFailsAndSaysWhichWereTried() async throws {
    let (ending, findings) = try await TrainerFolder(Self.conditional(), hyperparameters: Self.conditions).check()
    #expect(ending == .failed)
    #expect(findings.troubles == [.effect("nesterov")])
    #expect(findings[.effect("nesterov")]?.found.contains("the same holds with optimizer=sgd") == true)
  }

  @Test func oneThatIsForgottenInItsChoiceFailsThere() async throws {
    let (ending, findings) = try await TrainerFolder(
      """
      import poptrain
      for interval in poptrain.intervals():
          state = load(interval.checkpoint, {"weight": 1.0})
          factor = 1
          if interval["optimizer"] == "sgd": factor = state.setdefault("momentum", interval["momentum"])
          shrink(state, interval, interval["rate"] * factor)
          save(interval.save_to, state)
          interval.report(score=state["weight"])
      """,
      hyperparameters:
        "rate: {uniform: [0, 0.01]}, optimizer: {choice: [adam, sgd]}, momentum: {uniform: [0.1, 0.9]}"
    ).check()
    #expect(ending == .failed)
    #expect(findings.troubles == [.effect("momentum")])
    #expect(findings[.effect("momentum")]?.found.hasPrefix("with optimizer=sgd: NO EFFECT") == true)
  }

  // MARK: Scores that come late

  /// Reports `nothing` until the model has the age `from`, and whenever it is not a multiple of `every`.
  static func late(from: Int, every: Int = 1, nothing: String = "float('nan')") -> String {
    """
    import poptrain
    for interval in poptrain.intervals():
        state = load(interval.checkpoint, {"weight": 1.0})
        shrink(state, interval, interval["learning_rate"])
        save(interval.save_to, state)
        isThere = interval.stop >= \(from) and interval.stop % \(every) == 0
        interval.report(score=state["weight"] if isThere else \(nothing))
    """
  }

  @Test(arguments: [late(from: 60), late(from: 40, every: 40)])
  func aScoreThatComesLateIsWaitedFor(script: String) async throws {
    let (ending, findings) = try await TrainerFolder(script, steps: 400).check()
    #expect(ending == .passed)
    #expect(findings.troubles == [])
    #expect(findings[.start]?.found.contains("intervals, and none before") == true)
    #expect(findings[Self.rate]?.found.contains("has an effect") == true)
  }

  /// A loss that shrinks by factors is as good as gone after a quarter of an interval under a large rate.
  @Test func aLossThatShrinksByFactorsIsNotTakenForOverwritten() async throws {
    let (ending, findings) = try await TrainerFolder(
      """
      import poptrain
      for interval in poptrain.intervals():
          state = load(interval.checkpoint, {"weight": 10.0})
          shrink(state, interval, 2 * interval["learning_rate"])
          save(interval.save_to, state)
          interval.report(score=-state["weight"] ** 2)
      """, hyperparameters: "learning_rate: {log_uniform: [1e-3, 0.3]}"
    ).check()
    #expect(ending == .passed)
    #expect(findings.troubles == [])
  }

  @Test func whereNoScoreComesTheEffectsAreNotTested() async throws {
    let (ending, findings) = try await TrainerFolder(Self.late(from: 1000), steps: 400).check()
    #expect(ending == .untold)
    #expect(findings.troubles == [.start, .load, .repetition, .neighbours, Self.rate])
    #expect(findings[Self.rate]?.verdict == .inconclusive)
    #expect(findings[Self.rate]?.found.contains("no score within 4 intervals") == true)
  }
}
