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
    var isWeak = EffectSize.areWeak(tried.compactMap(\.size))
    if isWeak, lastings.contains(.lasts) {
      if await areWeakBesideTraining(tried, setting) { return Judgement(finding: partial(name, usual, tried)) }
      isWeak = false
    }
    return await verdict(name, usual, tried, refusals, isWeak: isWeak, setting, repeats)
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
