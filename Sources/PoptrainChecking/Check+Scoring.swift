internal import PoptrainCheckpoints
internal import PoptrainExperimentFile
internal import PoptrainText
internal import PopulationBasedTraining
internal import PoptrainTrainers

// Whether a fresh process scores a checkpoint as the one that saved it, and trains nothing meanwhile.
extension Check {
  /// Compares the score that the trainer reported with that of a fresh process which has only loaded the checkpoint.
  func compareScore(_ first: Trial, _ second: Trial) async -> Finding {
    let metric = experiment.metric
    let evaluated: Trial
    switch await evaluate(first, seededAt: first.age) {
    case .trained(let trial): evaluated = trial
    case .invalid(let message):
      return Finding(subject: .load, verdict: .inconclusive, found: "it refuses to score a checkpoint: \(message)")
    case .failed(let failure):
      return Finding(
        subject: .load, verdict: .inconclusive,
        found: "it does not score a checkpoint without training: \(failure.message)",
        remedy: "an evaluation is an interval of no steps: load, measure, report", logTail: failure.logTail)
    }
    let isSame = evaluated.metric.isClose(to: first.metric, within: 1e-6) || same(evaluated.metric, first.metric)
    let numbers = "\(metric) \(shown(evaluated.metric)) after loading, \(shown(first.metric)) when it was saved"
    if evaluated.hasTrained { return toldOfSteps(evaluated, isSame: isSame, numbers) }
    if isSame {
      return finding(.ok, "a fresh process loads the checkpoint and scores the same, \(shown(evaluated.metric))")
    }
    if evaluated.metric.isNaN {
      return finding(
        .inconclusive,
        evaluated.metrics[metric] == nil
          ? "it does not score a checkpoint without training: it reports no \(metric)"
          : "asked to score a checkpoint without training, it reports NaN as \(metric)",
        "an evaluation is an interval of no steps: load, measure, report")
    }
    return await differing(evaluated, first, second, numbers)
  }

  /// What is told of an evaluation in which steps are told of.
  private func toldOfSteps(_ evaluated: Trial, isSame: Bool, _ numbers: String) -> Finding {
    let score = isSame ? "it scores the same, \(shown(evaluated.metric))" : numbers
    let steps = counted(evaluated.steps, "step")
    let reporting = "report `steps=0` there, or no `steps`"
    return evaluated.hasProgressed
      ? finding(
        .warning, "it counts steps in an evaluation, in which there are none to train; \(score)",
        Check.guardingEvaluations)
      : finding(
        .warning, "it reports \(steps) of an evaluation, in which there are none to train; \(score)",
        isSame ? reporting : "\(reporting); if it has trained them: \(Check.guardingEvaluations)")
  }

  /// What is told of a fresh process that scores a checkpoint otherwise than it was scored when it was saved.
  private func differing(_ evaluated: Trial, _ first: Trial, _ second: Trial, _ numbers: String) async -> Finding {
    let metric = experiment.metric
    if case .trained(let other) = await evaluate(second, seededAt: first.age), same(other.metric, evaluated.metric) {
      let found = "a fresh process scores every checkpoint the same, \(shown(other.metric))"
      guard await !savesWhatItHad(first, second) else {
        return finding(
          .failed, "\(found): nothing that it saves has changed by training",
          "save the model as it is after training, into `interval.save_to`")
      }
      return finding(
        .failed, "\(found): it does not load it", "load the checkpoint before anything is measured or trained")
    }
    let causes = """
      it may be training although it was asked for an evaluation (\(Check.guardingEvaluations)); or something that the \
      score depends on is not saved or not loaded; or \(metric) is measured while training: measure it afterwards, on the \
      model as it is saved
      """
    if let evidence = await evidenceOfTraining(evaluated, first, second) {
      return finding(
        .warning, "it may train when asked for an evaluation: \(evidence); \(numbers)", causes)
    }
    // Two scores of one checkpoint may be near each other by chance.
    for seed in 1...4 {
      guard case .trained(let other) = await evaluate(first, seededAt: first.age + seed) else { break }
      if abs(evaluated.metric - first.metric) <= 6 * abs(evaluated.metric - other.metric) {
        return finding(.ok, "a fresh process loads the checkpoint; its measurement is noisy: \(numbers)")
      }
    }
    return finding(
      .warning, "a fresh process scores the checkpoint differently: \(numbers)", causes)
  }

  private func finding(_ verdict: Finding.Verdict, _ found: String, _ remedy: String? = nil) -> Finding {
    Finding(subject: .load, verdict: verdict, found: found, remedy: remedy)
  }

  /// Whether checkpoints are the same, however many steps were trained.
  private func savesWhatItHad(_ first: Trial, _ second: Trial) async -> Bool {
    guard first.contents == second.contents,
      case .trained(let single) = await trainOne("a single step, from scratch", from: nil, base, steps: 1)
    else { return false }
    await scratch.discard(single)
    return single.contents == first.contents
  }

  /// What hints that an evaluation has trained, where its score is not that of the checkpoint.
  private func evidenceOfTraining(_ evaluated: Trial, _ first: Trial, _ second: Trial) async -> String? {
    if same(evaluated.metric, second.metric) { return "it scores what the next interval of training scores" }
    // What is only measured does not depend on how it would be trained.
    var far = base
    for hyperparameter in experiment.rules.space.hyperparameters where !hyperparameter.isStructural {
      if let usual = base[hyperparameter.name], let value = hyperparameter.domain.far(from: usual).first {
        far[hyperparameter.name] = value
      }
    }
    guard far != base, case .trained(let again) = await evaluate(first, seededAt: first.age),
      same(again.metric, evaluated.metric),
      case .trained(let other) = await evaluate(first, seededAt: first.age, under: far),
      !same(other.metric, evaluated.metric)
    else { return nil }
    return "its score changes with the hyperparameters that are given, to \(shown(other.metric))"
  }
}
