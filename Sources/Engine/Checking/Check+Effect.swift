internal import ExperimentFile
internal import PopulationBasedTraining
internal import Trainers

// Whether every hyperparameter has an effect.
//
// The checkpoint was trained under other values than those that are tried. So a trainer that restores its optimizer over
// the values it was given trains the same whatever they are, and is found out.
extension Check {
  static let settingAfterLoading = """
    loading a checkpoint brings back the value that it was trained under: an optimizer's state holds the learning rate, for \
    one. Set the given value after loading: `for group in optimizer.param_groups: group["lr"] = interval["learning_rate"]`
    """

  /// What came of training under another value.
  private enum Probe {
    case differs(Repeats.Difference)
    case refused(String)
    case failed(TrainerFailure)
  }

  /// What a hyperparameter does to the interval that `repeats` has under the usual values.
  ///
  /// - Parameter start: the interval from whose checkpoint it starts; none: fresh.
  func effect(of hyperparameter: Hyperparameter, from start: Trial?, against repeats: Repeats) async -> Finding {
    let name = hyperparameter.name
    guard let usual = base[name] else { preconditionFailure("\(name) has a value") }
    let values = hyperparameter.domain.far(from: usual)
    var effects: [String] = []
    var same: [Value] = []
    var unclear: [String] = []
    var untrainable: Finding?
    for value in values {
      let change = "\(shown(value)) instead of \(shown(usual))"
      switch await probe(name, value, from: start, against: repeats) {
      case .differs(.score(let score, let other)):
        effects.append("\(change): \(experiment.metric) \(shown(score)) instead of \(shown(other))")
      case .differs(.metric(let metric, let number, let other)):
        effects.append("\(change): \(metric) \(shown(number)) instead of \(shown(other))")
      case .differs(.later(let score, let other)):
        effects.append("\(change): \(experiment.metric) one interval later \(shown(score)) instead of \(shown(other))")
      case .refused(let message):
        effects.append("\(change) is refused: \(message)")
      case .differs(.none):
        same.append(value)
      case .differs(.saved(let files)):
        unclear.append("\(change): the same score; only what it saved differs (\(files.joined(separator: ", ")))")
      case .differs(.withinNoise):
        unclear.append("\(change): scores differ by no more than they do anyway, \(shown(repeats.spread))")
      case .failed(let failure):
        let finding = await explain(failure, name, value, from: start)
        if finding.verdict == .failed { return finding }
        untrainable = finding
      }
      if !hyperparameter.domain.isChoice, !effects.isEmpty { break }
    }

    func finding(_ verdict: Finding.Verdict, _ found: String, _ remedy: String? = nil) -> Finding {
      Finding(subject: .effect(name), verdict: verdict, found: found, remedy: remedy)
    }
    if let untrainable { return untrainable }
    if values.isEmpty { return finding(.warning, "has only one value", "write the value alone, or a wider range") }
    if effects.isEmpty, !unclear.isEmpty {
      return finding(
        .inconclusive, unclear.joined(separator: "; "),
        "longer intervals, or a metric that is finer or less noisy, would tell")
    }
    if effects.isEmpty {
      return finding(.failed, "NO EFFECT: " + noEffect(values, usual), await cause(name, same, from: start))
    }
    let found = "has an effect: " + effects.joined(separator: "; ")
    guard same.isEmpty, unclear.isEmpty else {
      let silent = same.map { "\(shown($0)) comes to exactly the same as \(shown(usual))" } + unclear
      return finding(.warning, silent.joined(separator: "; "), "see whether the trainer knows this value")
    }
    return finding(.ok, found)
  }

  /// A hyperparameter that the trainer has not even asked for.
  func neverRead(_ hyperparameter: Hyperparameter) -> Finding {
    Finding(
      subject: .effect(hyperparameter.name), verdict: .failed,
      found: "NO EFFECT: it is searched, but the trainer never read it",
      remedy: "read interval[\"\(hyperparameter.name)\"] and use it, or take it out of `hyperparameters`")
  }

  /// The first interval with repetitions, as many as its noise demands.
  func repeatsOfFirst(_ first: Trial) async -> Repeats {
    if let firstRepeats { return firstRepeats }
    var repeats = Repeats(trials: [first])
    while repeats.trials.count < (repeats.isExact ? 2 : 4) {
      guard case .trained(let again) = await train("the first interval again", from: nil, base) else { break }
      repeats.trials.append(again)
    }
    firstRepeats = repeats
    return repeats
  }

  private func noEffect(_ values: [Value], _ usual: Value) -> String {
    let list = ([usual] + values).map { shown($0) }.joined(separator: ", ")
    return "the same checkpoint and seed came to exactly the same under \(list)"
  }

  /// Trains under one other value, several times where that is needed to tell it from noise.
  private func probe(
    _ name: String, _ value: Value, from start: Trial?, against repeats: Repeats
  ) async -> Probe {
    var values = base
    values[name] = value
    var trials: [Trial] = []
    var difference = Repeats.Difference.withinNoise
    while difference == .withinNoise, trials.count < 3 {
      switch await train("\(name) \(shown(value))", from: start, values) {
      case .trained(let trial): trials.append(trial)
      case .invalid(let message): return .refused(message)
      case .failed(let failure): return .failed(failure)
      }
      difference = repeats.difference(from: trials)
    }
    if case .saved = difference, let trial = trials.first {
      // It may be the value itself that was saved. If more differs, it shows when both go on under equal values.
      let usual = await train("one interval more", from: repeats.trials[0], base)
      let other = await train("one interval more", from: trial, base)
      if case .trained(let usual) = usual, case .trained(let other) = other, !same(usual.metric, other.metric) {
        difference = .later(other.metric, insteadOf: usual.metric)
      }
    }
    for trial in trials { await scratch.discard(trial) }
    return .differs(difference)
  }

  /// Why a value that does nothing from a checkpoint does nothing: because of the loading, or anyway.
  private func cause(_ name: String, _ values: [Value], from start: Trial?) async -> String {
    if let start, let value = values.first,
      case .differs(let difference) = await probe(name, value, from: nil, against: await repeatsOfFirst(start)),
      difference != .none
    {
      return "from fresh it has an effect; " + Check.settingAfterLoading
    }
    return "the trainer takes the value but does not use it, or not within one interval"
  }

  /// What it means that an interval failed under another value.
  private func explain(_ failure: TrainerFailure, _ name: String, _ value: Value, from start: Trial?) async -> Finding {
    func finding(_ verdict: Finding.Verdict, _ found: String, _ remedy: String?) -> Finding {
      Finding(
        subject: .effect(name), verdict: verdict, found: found, remedy: remedy, logTail: failure.logTail)
    }
    if failure.reason == .notInForce { return finding(.failed, failure.message, Check.settingAfterLoading) }
    var values = base
    values[name] = value
    if start != nil, case .trained(let trial) = await train("\(name) \(shown(value)), from fresh", from: nil, values) {
      await scratch.discard(trial)
      return finding(
        .failed, "cannot go on from a checkpoint with \(shown(value)), but trains from fresh: \(failure.message)",
        "if it changes the shape of the model, write `structural: true` at \(name)")
    }
    return finding(
      .warning, "cannot be trained with \(shown(value)), which is in its range: \(failure.message)",
      "make the range narrower, or let the trainer call such values invalid")
  }
}

extension Domain {
  fileprivate var isChoice: Bool {
    if case .choice = self { true } else { false }
  }
}
