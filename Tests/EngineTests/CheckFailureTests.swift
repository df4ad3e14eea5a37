@testable import PoptrainChecking
@testable import PoptrainEngine
import Testing

/// A check of trainers that do not start, load, or end.
@Suite struct CheckFailureTests {
  @Test func oneThatNeverConnectsHasNeverWorked() async throws {
    let (ending, findings) = try await TrainerFolder("print('no client here')").check()
    #expect(ending == .neverWorked)
    #expect(findings.all.map(\.subject) == [.start])
    #expect(findings[.start]?.remedy?.contains("poptrain.intervals()") == true)
    #expect(findings[.start]?.logTail == "no client here")
  }

  @Test func oneThatReportsAnotherMetricIsToldWhichItReports() async throws {
    let (ending, findings) = try await TrainerFolder(
      """
      import poptrain
      for interval in poptrain.intervals():
          save(interval.save_to, {})
          interval.report(accuracy=0.5, loss=1, steps=interval.stop - interval.start)
      """
    ).check()
    #expect(ending == .neverWorked)
    #expect(findings[.start]?.found.contains("it reported accuracy, loss") == true)
  }

  @Test func oneThatCannotLoadFails() async throws {
    let (ending, findings) = try await TrainerFolder(
      """
      import poptrain
      for interval in poptrain.intervals():
          if interval.checkpoint: raise SystemError("cannot load")
          save(interval.save_to, {})
          interval.report(score=interval["learning_rate"], steps=interval.stop - interval.start)
      """
    ).check()
    #expect(ending == .failed)
    #expect(findings.troubles == [.resume])
    #expect(findings[.resume]?.logTail.contains("cannot load") == true)
  }

  @Test func oneThatKeepsItsModelInMemoryFailsInAFreshProcess() async throws {
    let (ending, findings) = try await TrainerFolder(
      """
      import poptrain
      memory = {}
      for interval in poptrain.intervals():
          state = memory[interval.start] if interval.checkpoint else {"weight": 1.0}
          state = dict(state)
          shrink(state, interval, interval["learning_rate"])
          memory[interval.stop] = state
          save(interval.save_to, {})
          interval.report(score=state["weight"])
      """
    ).check()
    #expect(ending == .failed)
    #expect(findings[.resume]?.verdict == .ok)
    #expect(findings[.load]?.verdict == .inconclusive)
    #expect(findings.all.contains { $0.subject == .load && $0.verdict == .failed })
  }

  /// An evaluation has no steps, so a loss of the last one does not exist, or is that of another member.
  @Test(arguments: ["raise NameError('loss')", "interval.report(score=None); continue"])
  func oneThatCannotBeEvaluatedIsNotToldToBeFine(evaluation: String) async throws {
    let (ending, findings) = try await TrainerFolder(
      """
      import poptrain
      for interval in poptrain.intervals():
          if interval.is_evaluation: \(evaluation)
          state = load(interval.checkpoint, {"weight": 1.0})
          shrink(state, interval, interval["learning_rate"])
          save(interval.save_to, state)
          interval.report(score=state["weight"])
      """
    ).check()
    #expect(ending == .untold)
    #expect(findings.troubles == [.load])
    #expect(findings[.load]?.verdict == .inconclusive)
  }

  @Test(arguments: ["1.0 + interval.seed / 2**32", "1.0"])
  func oneThatStartsFreshInsteadOfLoadingIsFound(start: String) async throws {
    let (ending, findings) = try await TrainerFolder(
      """
      import poptrain
      for interval in poptrain.intervals():
          state = {"weight": \(start)}
          shrink(state, interval, interval["learning_rate"])
          save(interval.save_to, state)
          interval.report(score=state["weight"])
      """
    ).check()
    #expect(ending == .failed)
    #expect(findings[.load]?.verdict == .failed)
    #expect(findings[.load]?.found.contains("does not load it") == true)
  }

  @Test func aScoreThatIsNotThatOfWhatWasSavedIsNoted() async throws {
    let (_, findings) = try await TrainerFolder(
      """
      import poptrain
      for interval in poptrain.intervals():
          state = load(interval.checkpoint, {"weight": 1.0})
          shrink(state, interval, interval["learning_rate"])
          save(interval.save_to, {"weight": state["weight"] / 2})
          interval.report(score=state["weight"])
      """
    ).check()
    #expect(findings.troubles == [.load])
    #expect(findings[.load]?.verdict == .warning)
  }

  /// Trains `steps`, also where it is asked for an evaluation, and scores with some `noise`.
  static func untiring(_ steps: String, noise: String = "0", seed: String = "") -> String {
    """
    import poptrain
    for interval in poptrain.intervals():
        state = load(interval.checkpoint, {"weight": 1.0})
        for _ in \(steps):
            state["weight"] *= 1 - interval["learning_rate"] \(seed)
        save(interval.save_to, state)
        interval.report(score=state["weight"] + \(noise), steps=interval.stop - interval.start)
    """
  }

  @Test(arguments: [
    untiring("range(len(interval.steps) or 20)"),
    untiring("range(len(interval.steps) or 20)", seed: "* random.Random(interval.seed).random()"),
    untiring("range(max(1, len(interval.steps)))", noise: "0.1 * random.Random(interval.seed).random()"),
  ])
  func oneThatTrainsInAnEvaluationIsTold(script: String) async throws {
    let (ending, findings) = try await TrainerFolder(script).check()
    #expect(ending == .passed)
    #expect(findings.troubles == [.load])
    #expect(findings[.load]?.verdict == .warning)
    #expect(findings[.load]?.found.contains("train when asked for an evaluation") == true)
    #expect(findings[.load]?.remedy?.contains("`if interval.is_evaluation:`") == true)
  }

  @Test func oneThatTrainsInAnEvaluationAndSavesNothingIsTold() async throws {
    let (_, findings) = try await TrainerFolder(
      """
      import poptrain
      for interval in poptrain.intervals():
          state = load(interval.checkpoint, {"weight": 1.0})
          for _ in range(len(interval.steps) or 3): state["weight"] *= 1 - interval["learning_rate"]
          if not interval.is_evaluation: save(interval.save_to, state)
          interval.report(score=state["weight"], steps=interval.stop - interval.start)
      """
    ).check()
    #expect(findings.troubles == [.load])
    #expect(findings[.load]?.found.contains("its score changes with the hyperparameters that are given") == true)
  }

  @Test func aMeasurementThatIsNoisyIsNotTakenForTraining() async throws {
    let (ending, findings) = try await TrainerFolder(
      Self.untiring("interval.steps", noise: "0.1 * random.Random(interval.seed).random()")
    ).check()
    #expect(ending == .passed)
    #expect(findings.troubles == [])
    #expect(findings[.load]?.found.contains("its measurement is noisy") == true)
  }

  /// What it saves holds the time, so that it says nothing.
  @Test func aFileThatHoldsTheTimeIsNoSignOfTraining() async throws {
    let script = Self.untiring("interval.steps", noise: "0.1 * random.Random(interval.seed).random()")
      .replacing("save(interval.save_to, state)", with: "save(interval.save_to, {**state, \"at\": os.times().elapsed})")
    let (ending, findings) = try await TrainerFolder(script).check()
    #expect(ending == .passed)
    #expect(findings.troubles == [])
  }

  @Test func aFiniteScoreIsNotTheInfiniteOneThatWasSaved() async throws {
    let (_, findings) = try await TrainerFolder(
      """
      import poptrain
      for interval in poptrain.intervals():
          state = load(interval.checkpoint, {"weight": 1.0})
          shrink(state, interval, interval["learning_rate"])
          save(interval.save_to, state)
          interval.report(score=5.0 if interval.is_evaluation else float("inf"))
      """
    ).check()
    #expect(findings[.load]?.verdict == .failed)
  }

  @Test func stepsThatAreOnlyReportedAreNotCalledTrained() async throws {
    let (_, findings) = try await TrainerFolder(
      """
      import poptrain
      for interval in poptrain.intervals():
          state = load(interval.checkpoint, {"weight": 1.0})
          for _ in range(interval.start, interval.stop): state["weight"] *= 1 - interval["learning_rate"]
          save(interval.save_to, state)
          interval.report(score=state["weight"], steps=20)
      """
    ).check()
    let finding = try #require(findings[.load])
    #expect(finding.verdict == .warning)
    #expect(
      finding.found == "it reports 20 steps of an evaluation, in which there are none to train; it scores the same, "
        + "\(shown(0.904610))")
    #expect(finding.remedy == "report `steps=0` there, or no `steps`")
    let said = findings.all.map(\.found).joined(separator: " ")
    #expect(!said.contains("it trains when") && !said.contains("what it measured is not the model"))
    #expect(findings[.steps]?.verdict == .warning)
    #expect(findings[.steps]?.found.contains("reports 20 steps both times, but gives different results") == true)
  }

  /// What it has trained it throws away, or it trains nothing.
  @Test func oneThatSavesWhatItHasLoadedIsToldSo() async throws {
    let (ending, findings) = try await TrainerFolder(
      """
      import poptrain
      for interval in poptrain.intervals():
          loaded = load(interval.checkpoint, {"weight": 1.0})
          state = dict(loaded)
          shrink(state, interval, interval["learning_rate"])
          save(interval.save_to, loaded)
          interval.report(score=state["weight"])
      """
    ).check()
    #expect(ending == .failed)
    #expect(findings[.load]?.verdict == .failed)
    #expect(findings[.load]?.found.contains("nothing that it saves has changed by training") == true)
    #expect(findings[.load]?.remedy == "save the model as it is after training, into `interval.save_to`")
  }

  @Test func oneThatTrainsNothingIsToldSo() async throws {
    let (_, findings) = try await TrainerFolder(
      """
      import poptrain
      for interval in poptrain.intervals():
          state = load(interval.checkpoint, {"weight": 1.0})
          shrink(dict(state), interval, interval["learning_rate"])
          save(interval.save_to, state)
          interval.report(score=state["weight"])
      """
    ).check()
    #expect(findings[.steps]?.verdict == .warning)
    #expect(findings[.steps]?.found.contains("changes nothing that it saves or reports") == true)
  }

  @Test func aScoreThatIsNotANumberIsSaidToBeReported() async throws {
    let (_, findings) = try await TrainerFolder(
      CheckTests.good.replacing(
        #"score=state["weight"]"#, with: #"score=state["weight"] if interval.number % 2 else float("nan")"#)
    ).check()
    #expect(findings[.resume]?.found.contains("score is NaN in 1 interval before") == true)
    #expect(findings[.load]?.found == "asked to score a checkpoint without training, it reports NaN as score")
  }

  static let width = """
    import poptrain
    for interval in poptrain.intervals():
        state = load(interval.checkpoint, {"weight": 1.0, "layers": [0] * interval["width"]})
        if len(state["layers"]) != interval["width"]: raise ValueError("size mismatch")
        shrink(state, interval, interval["learning_rate"] * interval["width"])
        save(interval.save_to, state)
        interval.report(score=state["weight"])
    """

  @Test func oneThatCannotLoadUnderAnotherValueIsToldOfStructuralOnes() async throws {
    let (ending, findings) = try await TrainerFolder(
      Self.width, hyperparameters: "learning_rate: {uniform: [0, 0.01]}, width: {integer: [1, 8]}"
    ).check()
    #expect(ending == .failed)
    #expect(findings.troubles == [.neighbours])
    #expect(findings[.neighbours]?.found.contains("when width changes from 4") == true)
    #expect(findings[.neighbours]?.remedy?.contains("`structural: true` at width") == true)
    #expect(findings[.effect("width")]?.verdict == .ok)
  }

  @Test func aStructuralValueIsTriedFromFresh() async throws {
    let (ending, findings) = try await TrainerFolder(
      Self.width, hyperparameters: "learning_rate: {uniform: [0, 0.01]}, width: {integer: [1, 8], structural: true}"
    ).check()
    #expect(ending == .passed)
    #expect(findings.troubles == [])
  }

  @Test func anEndOfARangeThatCannotBeTrainedIsNoted() async throws {
    let (ending, findings) = try await TrainerFolder(
      """
      import poptrain
      for interval in poptrain.intervals():
          if interval["batch"] == 1: raise MemoryError("out of memory")
          state = load(interval.checkpoint, {"weight": 1.0})
          shrink(state, interval, interval["batch"] / 100)
          save(interval.save_to, state)
          interval.report(score=state["weight"])
      """, hyperparameters: "batch: {ordered: [1, 2, 4, 8, 16]}"
    ).check()
    #expect(ending == .passed)
    #expect(findings[.effect("batch")]?.verdict == .warning)
    #expect(findings[.effect("batch")]?.found.contains("cannot be trained with 1") == true)
  }

  @Test func oneThatCrashesAfterEachReportIsTold() async throws {
    let (ending, findings) = try await TrainerFolder(
      """
      import poptrain
      for interval in poptrain.intervals():
          state = load(interval.checkpoint, {"weight": 1.0})
          shrink(state, interval, interval["learning_rate"])
          if not interval.is_evaluation: save(interval.save_to, state)
          interval.report(score=state["weight"])
          os.kill(os.getpid(), signal.SIGSEGV)
      """
    ).check()
    #expect(ending == .passed)
    #expect(findings.troubles == [.report])
    #expect(findings[.report]?.verdict == .warning)
    #expect(findings[.report]?.found.contains("SIGSEGV") == true)
  }

  @Test func aScoreThatIsSaidToComeLateIsWaitedFor() async throws {
    let (ending, findings) = try await TrainerFolder(
      """
      import poptrain
      for interval in poptrain.intervals():
          state = load(interval.checkpoint, {"weight": 1.0, "intervals": 0})
          shrink(state, interval, interval["learning_rate"])
          state["intervals"] += not interval.is_evaluation
          if not interval.is_evaluation: save(interval.save_to, state)
          interval.report(score=state["weight"] if state["intervals"] > 2 else None)
      """
    ).check()
    #expect(ending == .passed)
    #expect(findings[.effect("learning_rate")]?.verdict == .ok)
  }

  @Test func oneThatIgnoresSIGTERMIsNoted() async throws {
    let (ending, findings) = try await TrainerFolder(
      """
      import poptrain
      signal.signal(signal.SIGTERM, signal.SIG_IGN)
      for interval in poptrain.intervals():
          state = load(interval.checkpoint, {"weight": 1.0})
          while interval.stop - interval.start > 20: signal.pause()
          shrink(state, interval, interval["learning_rate"])
          save(interval.save_to, state)
          interval.report(score=state["weight"])
      """
    ).check()
    #expect(ending == .passed)
    #expect(findings.troubles == [] && findings[.stop]?.verdict == .warning)
  }

  @Test func aCommandIsCheckedToo() async throws {
    let (ending, findings) = try await TrainerFolder(
      """
      load_from, save_to, start, stop, learning_rate, momentum = sys.argv[1:]
      state = load(pathlib.Path(load_from) if load_from else None, {"weight": 1.0})
      for _ in range(int(start), int(stop)): state["weight"] *= 1 - float(learning_rate)
      save(pathlib.Path(save_to), state)
      print("score =", state["weight"])
      """, command: #"[python3, train.py, "{load}", "{save}", "{start}", "{stop}", "{learning_rate}", "{momentum}"]"#,
      hyperparameters: "learning_rate: {log_uniform: [0.001, 0.1]}, momentum: {uniform: [0, 1]}"
    ).check()
    #expect(ending == .failed)
    #expect(findings.troubles == [.effect("momentum")])
    #expect(
      findings.all.map(\.subject) == [
        .start, .resume, .repetition, .load, .steps, .neighbours, .effect("learning_rate"), .effect("momentum"),
        .stop, .estimate,
      ])
  }
}
