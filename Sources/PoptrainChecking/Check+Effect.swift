internal import PoptrainExperimentFile
internal import PoptrainText
internal import PopulationBasedTraining
internal import PoptrainTrainers

// Whether every hyperparameter has an effect.
//
// The checkpoint was trained under other values than those that are tried. So a trainer that restores its optimizer over
// the values it was given trains the same whatever they are, and is found out. One that does so a step later is found by
// what a value does that is given for a part of the interval: just as much. Where that cannot be told, the size of the
// effect is a hint: from fresh the same values do much more.
extension Check {
  /// What a hyperparameter does, under given values of the others.
  struct Judgement {
    var finding: Finding
    /// Whether it does nothing at all here, from fresh or from a checkpoint.
    var isAbsent = false
  }

  /// What a hyperparameter does under the values of `setting`.
  func judge(_ hyperparameter: Hyperparameter, isStructural: Bool, in setting: Setting) async -> Judgement {
    let name = hyperparameter.name
    let usual = setting.values[name]
    let start = isStructural ? nil : setting.first
    let repeats = isStructural ? await repeatsOfFirst(setting) : setting.repeats
    let values = usual.map(hyperparameter.domain.far(from:)) ?? []
    guard let usual, !values.isEmpty else {
      return Judgement(
        finding: finding(name, .warning, "has only one value", "write the value alone, or a wider range"))
    }
    var tried: [Tried] = []
    var refusals: [String] = []
    var untrainable: Finding?
    var remaining = values[...]
    trying: while let value = remaining.popFirst() {
      switch await probe(name, value, from: start, setting.values, against: repeats) {
      case .refused(let message):
        refusals.append("\(shown(value)) instead of \(shown(usual)) is refused: \(message)")
        if !hyperparameter.domain.isChoice { break trying }
      case .failed(let failure):
        let finding = await explain(failure, name, value, from: start, setting)
        if finding.verdict == .failed { return Judgement(finding: finding) }
        untrainable = finding
      case .differs(let difference, let trials):
        var one = Tried(value: value, loaded: difference)
        one.isCoarse = isCoarse(trials, from: start, repeats)
        if let start {
          await compareWithFresh(&one, trials, name, from: start, setting, repeats)
          if !hyperparameter.domain.isChoice, let trial = trials.first {
            one.lasting = await lasting(one, trial, name, from: start, setting)
          }
        }
        for trial in trials { await scratch.discard(trial) }
        tried.append(one)
        let isPlain = one.loaded.isImmediate && one.size?.isPlain ?? true && one.lasting ?? .lasts == .lasts
        if isPlain, !hyperparameter.domain.isChoice { break trying }
        // Where only one is told to be overwritten, values between may tell.
        let endings = tried.compactMap(\.lasting).filter(\.hasEnded).count
        if remaining.isEmpty, tried.count == values.count, values.count > 1, endings == 1 {
          remaining = hyperparameter.domain.between(usual, values)[...]
        }
      }
    }
    if let untrainable { return Judgement(finding: untrainable) }
    let lastings = tried.compactMap(\.lasting)
    if refusals.isEmpty, lastings.contains(where: \.hasEnded), !lastings.contains(.lasts),
      let finding = await overwritten(name, usual, tried, setting, isOnlyOne: values.count == 1)
    {
      return Judgement(finding: finding)
    }
    if !lastings.isEmpty, lastings.allSatisfy({ $0 == .delayed }) {
      return Judgement(finding: delayed(name, usual, tried, setting))
    }
    let isWeak = !lastings.contains(.lasts) && EffectSize.areWeak(tried.compactMap(\.size))
    return await verdict(name, usual, tried, refusals, isWeak: isWeak, setting, repeats)
  }

  private func verdict(
    _ name: String, _ usual: Value, _ tried: [Tried], _ refusals: [String], isWeak: Bool, _ setting: Setting,
    _ repeats: Repeats
  ) async -> Judgement {
    func change(_ one: Tried) -> String { "\(shown(one.value)) instead of \(shown(usual))" }
    func found(_ one: Tried) -> String { "\(change(one)): \(described(one.loaded))" }
    func compared(_ one: Tried) -> String {
      "\(found(one)) from the checkpoint\(one.fresh.map { ", \(described($0)) from scratch" } ?? "")"
    }
    let effects = tried.filter(\.loaded.isEffect)
    let silent = tried.filter { !$0.loaded.isEffect }
    let fromFresh = silent.filter { $0.fresh?.isEffect ?? false }
    let values = ([usual] + tried.map(\.value)).map { shown($0) }.joined(separator: ", ")

    if effects.isEmpty, refusals.isEmpty, repeats.isExact {
      let isSavedAlike = silent.allSatisfy { $0.loaded == .none }
      let hasMoved = silent.contains { ($0.size?.progress ?? 1) != 0 }
      // Equal counts of examples are no proof, however different the models are.
      let isFine = hasMoved && !silent.contains { $0.isCoarse }
      let isProof = isFine && fromFresh.contains { $0.size?.isLargeFromFresh ?? false }
      let isProofOfAbsence = isFine && silent.allSatisfy { $0.loaded == .none || $0.loaded == .onlyMetricsCompared }
      let same = isSavedAlike ? "exactly the same" : "the same score to the last bit"
      if isSavedAlike || isProofOfAbsence, fromFresh.isEmpty {
        return Judgement(
          finding: finding(
            name, .failed, "NO EFFECT: the same checkpoint and seed gave \(same) under \(values)",
            "the trainer takes the value but does not use it, or not within one interval"), isAbsent: true)
      }
      if isSavedAlike || isProof, !fromFresh.isEmpty {
        return Judgement(
          finding: await absent(
            name, usual, fromFresh, ": the same checkpoint and seed gave \(same) under \(values)", setting))
      }
      let finer = "report a loss too, since every metric that is reported is compared"
      let open = finding(
        name, .inconclusive, silent.map(fromFresh.isEmpty ? found : compared).joined(separator: "; "),
        hasMoved
          ? "\(finer); or make the interval longer"
          : "\(experiment.metric) is the same before and after the interval, so nothing can be told by it. \(finer), or use "
            + "a metric that does not saturate")
      return Judgement(finding: open, isAbsent: fromFresh.isEmpty)
    }
    if effects.isEmpty, refusals.isEmpty {
      let large = silent.filter { $0.fresh?.isEffect ?? false && ($0.size.map { $0.loaded * 2 < $0.fresh } ?? false) }
      let noise = "the difference is within the noise, \(shown(repeats.spread))"
      var open =
        large.isEmpty
        ? finding(
          name, .inconclusive, "\(silent.map(found).joined(separator: "; ")); \(noise)",
          "seed the trainer as described under `repeat`, so that this can be tested exactly; longer intervals or a less noisy "
            + "metric also help")
        : finding(
          name, .warning,
          "may have no effect after loading: \(large.map(compared).joined(separator: "; ")). After loading, \(noise)",
          "seed the trainer as described under `repeat`, so that this can be tested exactly. If it is so: \(settingAfterLoading(name))"
        )
      open.isHiddenByNoise = true
      return Judgement(finding: open)
    }
    if effects.contains(where: \.isLate), !effects.contains(where: \.loaded.isImmediate) {
      let found = " before the next interval: " + tried.map(compared).joined(separator: "; ")
      guard tried.contains(where: \.isCoarse) else {
        return Judgement(finding: await absent(name, usual, effects, found, setting))
      }
      return Judgement(
        finding: finding(
          name, .inconclusive, "no effect\(found)",
          """
          either \(experiment.metric) is too coarse to show it at once: report a loss too. Or the value is only saved, and in \
          force when that is loaded: \(settingAfterLoading(name))
          """))
    }
    if isWeak {
      return Judgement(
        finding: finding(
          name, .warning, "weak after loading: " + tried.map(compared).joined(separator: "; "), followingScheduler(name)
        ))
    }
    let alike = silent.filter { $0.loaded != .onlyMetricsCompared }
    guard alike.isEmpty else {
      let lines = alike.map { one in
        one.loaded == .none ? "\(shown(one.value)) gives exactly the same result as \(shown(usual))" : found(one)
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
      finding: finding(name, .failed, "NO EFFECT: it is searched, but the trainer never read it", remedy),
      isAbsent: true)
  }

  /// A hyperparameter whose effect cannot be seen in a score, since there is none.
  func effectWithoutScore(_ hyperparameter: Hyperparameter) -> Finding {
    finding(
      hyperparameter.name, .inconclusive,
      "not tested: there was no \(experiment.metric) within \(Check.patienceForScore) intervals")
  }

  func finding(_ name: String, _ verdict: Finding.Verdict, _ found: String, _ remedy: String? = nil) -> Finding {
    Finding(subject: .effect(name), verdict: verdict, found: found, remedy: remedy)
  }

  func described(_ difference: Repeats.Difference) -> String {
    switch difference {
    case .score(let score, let other): "\(experiment.metric) \(shown(score)) instead of \(shown(other))"
    case .metric(let metric, let number, let other): "\(metric) \(shown(number)) instead of \(shown(other))"
    case .later(let metric, let number, let other):
      "\(metric) one interval later \(shown(number)) instead of \(shown(other))"
    case .saved(let files):
      "the same score; only what it saved or reports beside it differs (\(files.joined(separator: ", ")))"
    case .onlyMetricsCompared:
      "the same \(experiment.metric), and no more can be compared: its checkpoint differs each time"
    case .none: "exactly the same"
    case .withinNoise: "nothing beyond noise"
    }
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
    if start != nil, case .trained(let trial) = await train("\(name) \(shown(value)), from scratch", from: nil, values)
    {
      await scratch.discard(trial)
      return finding(
        .failed, "cannot resume from a checkpoint with \(shown(value)), but trains from scratch: \(failure.message)",
        "if it changes the shape of the model, write `structural: true` at \(name)")
    }
    return finding(
      .warning, "cannot be trained with \(shown(value)), which is in its range: \(failure.message)",
      "make the range narrower, or let the trainer call such values invalid")
  }
}

extension Check.Tried {
  /// Whether it shows at once from scratch, but from a checkpoint not before the next interval.
  fileprivate var isLate: Bool {
    guard case .later = loaded else { return false }
    return fresh?.isImmediate ?? false
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
    case .saved, .onlyMetricsCompared, .none, .withinNoise: false
    }
  }
}
