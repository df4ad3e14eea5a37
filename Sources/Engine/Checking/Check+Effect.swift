internal import ExperimentFile
internal import PopulationBasedTraining
internal import Trainers

// Whether every hyperparameter has an effect.
//
// The checkpoint was trained under other values than those that are tried. So a trainer that restores its optimizer over
// the values it was given trains the same whatever they are, and is found out. One that does so a step later is found by
// the size of the effect: from fresh the same values do much more.
extension Check {
  /// What a hyperparameter does, under given values of the others.
  struct Judgement {
    var finding: Finding
    /// Whether it does nothing at all here, from fresh or from a checkpoint.
    var isAbsent = false
  }

  /// One value that was tried.
  private struct Tried {
    var value: Value
    /// How the interval from the checkpoint differs.
    var loaded: Repeats.Difference
    /// How the one from fresh differs; none where it was not asked, or could not be trained.
    var fresh: Repeats.Difference?
    var size: EffectSize?
  }

  /// What came of training under another value.
  private enum Probe {
    case differs(Repeats.Difference, [Trial])
    case refused(String)
    case failed(TrainerFailure)
  }

  /// What a hyperparameter does under the values of `setting`.
  func judge(_ hyperparameter: Hyperparameter, isStructural: Bool, in setting: Setting) async -> Judgement {
    let name = hyperparameter.name
    let usual = setting.values[name]
    let start = isStructural ? nil : setting.first
    let repeats = isStructural ? await repeatsOfFirst(setting) : setting.repeats
    let values = usual.map(hyperparameter.domain.far(from:)) ?? []
    guard let usual, !values.isEmpty else {
      return Judgement(finding: finding(name, .warning, "has only one value", "write the value alone, or a wider range"))
    }
    var tried: [Tried] = []
    var refusals: [String] = []
    var untrainable: Finding?
    trying: for value in values {
      switch await probe(name, value, from: start, setting, against: repeats) {
      case .refused(let message):
        refusals.append("\(shown(value)) instead of \(shown(usual)) is refused: \(message)")
        if !hyperparameter.domain.isChoice { break trying }
      case .failed(let failure):
        let finding = await explain(failure, name, value, from: start, setting)
        if finding.verdict == .failed { return Judgement(finding: finding) }
        untrainable = finding
      case .differs(let difference, let trials):
        var one = Tried(value: value, loaded: difference)
        if let start { await compareWithFresh(&one, trials, name, from: start, setting, repeats) }
        for trial in trials { await scratch.discard(trial) }
        tried.append(one)
        let isStrong = one.loaded.isEffect && one.size?.standing ?? .strong == .strong
        if isStrong, !hyperparameter.domain.isChoice { break trying }
      }
    }
    if let untrainable { return Judgement(finding: untrainable) }
    return verdict(name, usual, tried, refusals, isExact: repeats.isExact, repeats.spread)
  }

  private func verdict(
    _ name: String, _ usual: Value, _ tried: [Tried], _ refusals: [String], isExact: Bool, _ spread: Double
  ) -> Judgement {
    func change(_ one: Tried) -> String { "\(shown(one.value)) instead of \(shown(usual))" }
    func found(_ one: Tried) -> String { "\(change(one)): \(described(one.loaded))" }
    func compared(_ one: Tried) -> String {
      "\(found(one)) from the checkpoint\(one.fresh.map { ", \(described($0)) from fresh" } ?? "")"
    }
    let effects = tried.filter(\.loaded.isEffect)
    let silent = tried.filter { !$0.loaded.isEffect }
    let fromFresh = silent.filter { $0.fresh?.isEffect ?? false }
    let values = ([usual] + tried.map(\.value)).map { shown($0) }.joined(separator: ", ")

    if effects.isEmpty, refusals.isEmpty, isExact {
      let isSavedAlike = silent.allSatisfy { $0.loaded == .none }
      let hasMoved = silent.contains { ($0.size?.progress ?? 1) != 0 }
      let isProof = fromFresh.contains { $0.size?.isLargeFromFresh ?? false } && hasMoved
      if isSavedAlike, fromFresh.isEmpty {
        return Judgement(
          finding: finding(
            name, .failed, "NO EFFECT: the same checkpoint and seed came to exactly the same under \(values)",
            "the trainer takes the value but does not use it, or not within one interval"), isAbsent: true)
      }
      if isSavedAlike || isProof, let fresh = fromFresh.first {
        let same = isSavedAlike ? "exactly the same" : "the same score to the last bit"
        return Judgement(
          finding: finding(
            name, .failed,
            """
            NO EFFECT: the same checkpoint and seed came to \(same) under \(values). From fresh it has an effect: \
            \(change(fresh)): \(fresh.fresh.map(described) ?? "")
            """, settingAfterLoading(name)))
      }
      var open = finding(
        name, .inconclusive, silent.map(fromFresh.isEmpty ? found : compared).joined(separator: "; "),
        hasMoved
          ? "longer intervals, or a metric that is finer, would tell"
          : "\(experiment.metric) is the same before and after the interval, so nothing can be told by it: a metric that is "
            + "finer, or does not saturate, would tell")
      open.isUntold = true
      return Judgement(finding: open, isAbsent: fromFresh.isEmpty)
    }
    if effects.isEmpty, refusals.isEmpty {
      let large = silent.filter { $0.fresh?.isEffect ?? false && ($0.size.map { $0.loaded * 2 < $0.fresh } ?? false) }
      let noise = "scores differ by no more than they do anyway, \(shown(spread))"
      var open =
        large.isEmpty
        ? finding(
          name, .inconclusive, "\(silent.map(found).joined(separator: "; ")); \(noise)",
          "seed as said at `repeat`, then this can be told exactly; longer intervals, or a metric that is less noisy, help too")
        : finding(
          name, .warning,
          "may have no effect after loading: \(large.map(compared).joined(separator: "; ")). After loading, \(noise)",
          "seed as said at `repeat`, then this can be told exactly. If it is so: \(settingAfterLoading(name))")
      open.isUntold = true
      return Judgement(finding: open)
    }
    if EffectSize.areWeak(tried.compactMap(\.size)) {
      return Judgement(
        finding: finding(
          name, .warning, "weak after loading: " + tried.map(compared).joined(separator: "; "), followingScheduler(name)))
    }
    guard silent.isEmpty else {
      let lines = silent.map { one in
        one.loaded == .none ? "\(shown(one.value)) comes to exactly the same as \(shown(usual))" : found(one)
      }
      return Judgement(
        finding: finding(name, .warning, lines.joined(separator: "; "), "see whether the trainer knows this value"))
    }
    return Judgement(
      finding: finding(name, .ok, "has an effect: " + (refusals + effects.map(found)).joined(separator: "; ")))
  }

  /// A hyperparameter that the trainer has not even asked for.
  func neverRead(_ name: String) -> Judgement {
    let remedy =
      experiment.trainer.contract == .session
      ? "read interval[\"\(name)\"] and use it, or take it out of `hyperparameters`"
      : "give it to the command, or take it out of `hyperparameters`"
    return Judgement(
      finding: finding(name, .failed, "NO EFFECT: it is searched, but the trainer never read it", remedy), isAbsent: true)
  }

  /// A hyperparameter whose effect cannot be seen in a score, since there is none.
  func effectWithoutScore(_ hyperparameter: Hyperparameter) -> Finding {
    var finding = finding(
      hyperparameter.name, .inconclusive,
      "not tested: there was no \(experiment.metric) within \(Check.patienceForScore) intervals")
    finding.isUntold = true
    return finding
  }

  private func finding(_ name: String, _ verdict: Finding.Verdict, _ found: String, _ remedy: String? = nil) -> Finding {
    Finding(subject: .effect(name), verdict: verdict, found: found, remedy: remedy)
  }

  private func described(_ difference: Repeats.Difference) -> String {
    switch difference {
    case .score(let score, let other): "\(experiment.metric) \(shown(score)) instead of \(shown(other))"
    case .metric(let metric, let number, let other): "\(metric) \(shown(number)) instead of \(shown(other))"
    case .later(let metric, let number, let other):
      "\(metric) one interval later \(shown(number)) instead of \(shown(other))"
    case .saved(let files): "the same score; only what it saved or reports beside it differs (\(files.joined(separator: ", ")))"
    case .none: "exactly the same"
    case .withinNoise: "nothing beyond noise"
    }
  }

  // MARK: Intervals

  /// The first interval with repetitions, as many as its noise demands.
  func repeatsOfFirst(_ setting: Setting) async -> Repeats {
    if let known = firstRepeats[setting.values] { return known }
    var repeats = Repeats(trials: [setting.first])
    while repeats.trials.count < (repeats.isExact ? 2 : 4) {
      guard case .trained(let again) = await train("the first interval again", from: nil, setting.values) else { break }
      repeats.trials.append(again)
    }
    firstRepeats[setting.values] = repeats
    return repeats
  }

  /// Whether another value comes to something else from fresh.
  func hasEffectFromFresh(_ hyperparameter: Hyperparameter, in setting: Setting) async -> Bool {
    guard let usual = setting.values[hyperparameter.name] else { return false }
    let repeats = await repeatsOfFirst(setting)
    for value in hyperparameter.domain.far(from: usual) {
      switch await probe(hyperparameter.name, value, from: nil, setting, against: repeats) {
      case .differs(let difference, let trials):
        for trial in trials { await scratch.discard(trial) }
        if difference.isEffect { return true }
      case .refused: return true
      case .failed: continue
      }
    }
    return false
  }

  /// Trains under one other value, several times where that is needed to tell it from noise.
  private func probe(
    _ name: String, _ value: Value, from start: Trial?, _ setting: Setting, against repeats: Repeats
  ) async -> Probe {
    var values = setting.values
    values[name] = value
    var trials: [Trial] = []
    var difference = Repeats.Difference.withinNoise
    while difference == .withinNoise, trials.count < 4 {
      switch await train("\(name) \(shown(value))\(start == nil ? ", from fresh" : "")", from: start, values) {
      case .trained(let trial): trials.append(trial)
      case .invalid(let message): return .refused(message)
      case .failed(let failure): return .failed(failure)
      }
      let echoes = trials[0].echoes(of: value, against: repeats.trials[0], of: setting.values[name])
      difference = repeats.difference(from: trials, echoes: echoes)
    }
    if repeats.isExact, let trial = trials.first {
      difference = await confirmed(difference, trial, setting, against: repeats)
    }
    return .differs(difference, trials)
  }

  /// Looks whether more differs than what was told of the value: then it shows when both go on under equal values.
  private func confirmed(
    _ difference: Repeats.Difference, _ trial: Trial, _ setting: Setting, against repeats: Repeats
  ) async -> Repeats.Difference {
    let beside: [String]
    switch difference {
    case .saved(let files): beside = files
    case .metric(let metric, _, insteadOf: _): beside = [metric]
    default: return difference
    }
    guard case .trained(let usual) = await trainOne("one interval more", from: repeats.trials[0], setting.values),
      case .trained(let other) = await trainOne("one interval more", from: trial, setting.values)
    else { return difference }
    let later = Repeats(trials: [usual]).difference(from: [other])
    for trial in [usual, other] { await scratch.discard(trial) }
    switch (difference, later) {
    case (.metric, .score), (.metric, .metric): return difference
    case (_, .score(let score, let other)): return .later(experiment.metric, score, insteadOf: other)
    case (_, .metric(let metric, let number, let other)): return .later(metric, number, insteadOf: other)
    default: return .saved(beside)
    }
  }

  /// Trains the same value from fresh, and compares the sizes of the effects.
  private func compareWithFresh(
    _ one: inout Tried, _ trials: [Trial], _ name: String, from start: Trial, _ setting: Setting, _ repeats: Repeats
  ) async {
    let firsts = await repeatsOfFirst(setting)
    guard case .differs(let fresh, let freshTrials) = await probe(name, one.value, from: nil, setting, against: firsts)
    else { return }
    for trial in freshTrials { await scratch.discard(trial) }
    one.fresh = fresh
    let metric = if case .metric(let name, _, insteadOf: _) = one.loaded { name } else { experiment.metric }
    let all = (trials + freshTrials + repeats.trials + firsts.trials).compactMap { $0.metrics[metric] }
    one.size = EffectSize(
      fresh: fresh == .withinNoise ? 0 : firsts.shift(of: freshTrials, in: metric),
      loaded: repeats.shift(of: trials, in: metric), progress: repeats.shift(of: [start], in: metric),
      grain: EffectSize.grain(of: all))
  }

  /// What it means that an interval failed under another value.
  private func explain(
    _ failure: TrainerFailure, _ name: String, _ value: Value, from start: Trial?, _ setting: Setting
  ) async -> Finding {
    func finding(_ verdict: Finding.Verdict, _ found: String, _ remedy: String?) -> Finding {
      Finding(
        subject: .effect(name), verdict: verdict, found: found, remedy: remedy, logTail: failure.logTail)
    }
    if failure.reason == .notInForce { return finding(.failed, failure.message, settingAfterLoading(name)) }
    var values = setting.values
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
  var isChoice: Bool {
    if case .choice = self { true } else { false }
  }
}

extension Repeats.Difference {
  /// Whether the value has done something.
  var isEffect: Bool {
    switch self {
    case .score, .metric, .later: true
    case .saved, .none, .withinNoise: false
    }
  }
}

extension Trial {
  /// The metrics that only say which value was given: they are as large a multiple of it in both.
  fileprivate func echoes(of value: Value, against other: Trial, of otherValue: Value?) -> Set<String> {
    guard let value = value.asNumber, let otherValue = otherValue?.asNumber else { return [] }
    return Set(
      metrics.filter { name, number in
        guard let otherNumber = other.metrics[name] else { return false }
        let products = [number * otherValue, otherNumber * value]
        return products[0] != 0 && abs(products[0] - products[1]) <= 1e-6 * abs(products[0])
      }.keys)
  }
}
