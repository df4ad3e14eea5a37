internal import PoptrainExperimentFile
internal import PoptrainText
internal import PopulationBasedTraining
internal import PoptrainTrainers

// Whether the trainer trains the steps that it is asked for.
//
// Its steps cannot be counted from outside. But from the same checkpoint and seed, one step and a whole interval must give
// different results, unless it always trains the same number of steps.
extension Check {
  /// Trains a single step, and compares it with the second interval.
  func checkSteps(_ first: Trial, _ repeats: Repeats) async {
    let asked = experiment.rules.nextReady(after: 0)
    let whole = repeats.trials[0]
    guard whole.steps >= asked else {
      return tell(
        .steps, .warning,
        """
        it trains \(whole.steps) of the \(asked) steps that it is asked for. Such an interval is partial: the member continues \
        without a decision, and takes \((asked + whole.steps - 1) / whole.steps) times as many intervals
        """,
        remedy: "train from the age `start` to the age `stop`, and count every step; or write as `interval` what it "
          + "trains")
    }
    guard asked > 1, repeats.isExact, intervalsToNextScore == 1 else { return }
    switch await trainOne("a single step", from: first, base, steps: 1) {
    case .trained(let single):
      await scratch.discard(single)
      if let finding = comparison(of: single, with: whole, from: first, repeats) { tell(finding) }
    case .invalid(let message):
      tell(.steps, .failed, "refuses the same values when it is asked for a single step: \(message)")
    case .failed(let failure):
      tell(
        .steps, .warning, "cannot train a single step: \(failure.message)",
        remedy: "an interval may have any number of steps: after preemption a member resumes from where it was saved",
        logTail: failure.logTail)
    }
  }

  /// What is told of a single step and a whole interval; none where nothing can be compared.
  private func comparison(of single: Trial, with whole: Trial, from first: Trial, _ repeats: Repeats) -> Finding? {
    let asked = experiment.rules.nextReady(after: 0)
    func finding(_ verdict: Finding.Verdict, _ found: String, _ remedy: String? = nil) -> Finding {
      Finding(subject: .steps, verdict: verdict, found: found, remedy: remedy)
    }
    let difference = repeats.difference(from: [single])
    guard single.steps < whole.steps else {
      guard difference.isEffect else {
        return finding(.ok, "trains \(counted(single.steps, "step")) at a time, and says so")
      }
      return finding(
        .warning,
        """
        asked for 1 step and for \(asked), it reports \(counted(single.steps, "step")) both times, but gives different \
        results, \(experiment.metric) \(shown(single.metric)) and \(shown(whole.metric))
        """,
        "report the steps that it has trained, or leave them out where that is what it is asked for")
    }
    let score = "\(experiment.metric) \(shown(single.metric))"
    let remedy =
      experiment.trainer.contract == .session
      ? "loop over `interval.steps`, or train from `interval.start` to `interval.stop`; where it trains fewer, report "
        + "`steps=n`"
      : "give the command {start} and {stop}, and train from the one to the other; where it trains fewer, report `steps`"
    let hasMoved = repeats.difference(from: [first]) != .none
    if difference == .none, !hasMoved {
      return finding(
        .warning,
        "training changes nothing that it saves or reports: \(score) before and after \(counted(whole.steps, "step"))",
        "train the model that is saved and measured. If it is as good as it can be, nothing is wrong")
    }
    let isFine = !isCoarse([single], from: first, repeats)
    switch difference {
    case .none where hasMoved:
      return finding(
        .failed,
        "asked for 1 step and for \(whole.steps), it gives exactly the same result, \(score): it trains the same "
          + "whatever it is asked for", remedy)
    case .saved where isFine, .onlyMetricsCompared where isFine:
      return finding(
        .warning,
        "asked for 1 step and for \(whole.steps), it gives the same \(score), to the last bit: it may train the same "
          + "whatever it is asked for", remedy)
    case .none, .onlyMetricsCompared: return nil
    default: return finding(.ok, "1 step and \(whole.steps) give different results")
    }
  }
}
