internal import PoptrainExperimentFile
internal import PopulationBasedTraining
internal import PoptrainTrainers

// The intervals that tell what a value does.
extension Check {
  /// One value that was tried.
  struct Tried {
    var value: Value
    /// How the interval from the checkpoint differs.
    var loaded: Repeats.Difference
    /// How the one from fresh differs; none where it was not asked, or could not be trained.
    var fresh: Repeats.Difference?
    var size: EffectSize?
    /// Whether all that is equal under another value are counts of examples, or the like.
    var isCoarse = false
    /// Whether it stays in force; none where that was not asked.
    var lasting: Lasting?
  }

  /// What came of training under another value.
  enum Probe {
    case differs(Repeats.Difference, [Trial])
    case refused(String)
    case failed(TrainerFailure)
  }

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

  /// Whether another value comes to something else from fresh than `first` did under `values`.
  ///
  /// - Parameter setting: one whose repetitions tell which metrics are the same each time.
  func hasEffectFromFresh(
    _ hyperparameter: Hyperparameter, _ first: Trial, _ values: Hyperparameters, asIn setting: Setting
  ) async -> Bool {
    guard let usual = values[hyperparameter.name] else { return false }
    var steady = first
    steady.metrics = first.metrics.filter { name, _ in setting.repeats.isSteady(name) }
    for value in hyperparameter.domain.far(from: usual) {
      switch await probe(hyperparameter.name, value, from: nil, values, against: Repeats(trials: [steady])) {
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
  func probe(
    _ name: String, _ value: Value, from start: Trial?, _ usual: Hyperparameters, against repeats: Repeats
  ) async -> Probe {
    var values = usual
    values[name] = value
    var trials: [Trial] = []
    var difference = Repeats.Difference.withinNoise
    while difference == .withinNoise, trials.count < 4 {
      switch await train("\(name) \(shown(value))\(start == nil ? ", from scratch" : "")", from: start, values) {
      case .trained(let trial): trials.append(trial)
      case .invalid(let message): return .refused(message)
      case .failed(let failure): return .failed(failure)
      }
      let echoes = trials[0].echoes(of: value, against: repeats.trials[0], of: usual[name])
      difference = repeats.difference(from: trials, echoes: echoes)
    }
    if repeats.isExact, let trial = trials.first {
      difference = await confirmed(difference, trial, usual, against: repeats)
    }
    return .differs(difference, trials)
  }

  /// Looks whether more differs than what was told of the value: then it shows when both go on under equal values.
  private func confirmed(
    _ difference: Repeats.Difference, _ trial: Trial, _ values: Hyperparameters, against repeats: Repeats
  ) async -> Repeats.Difference {
    let beside: [String]
    switch difference {
    case .saved(let files): beside = files
    case .metric(let metric, _, insteadOf: _): beside = [metric]
    case .onlyMetricsCompared: beside = []
    default: return difference
    }
    guard case .trained(let usual) = await trainOne("one interval more", from: repeats.trials[0], values),
      case .trained(let other) = await trainOne("one interval more", from: trial, values)
    else { return difference }
    let later = Repeats(trials: [usual]).difference(from: [other])
    for trial in [usual, other] { await scratch.discard(trial) }
    switch (difference, later) {
    case (.metric, .score), (.metric, .metric): return difference
    case (_, .score(let score, let other)): return .later(experiment.metric, score, insteadOf: other)
    case (_, .metric(let metric, let number, let other)): return .later(metric, number, insteadOf: other)
    default: return beside.isEmpty ? difference : .saved(beside)
    }
  }

  /// Trains the same value from fresh, and compares the sizes of the effects.
  func compareWithFresh(
    _ one: inout Tried, _ trials: [Trial], _ name: String, from start: Trial, _ setting: Setting, _ repeats: Repeats
  ) async {
    let firsts = await repeatsOfFirst(setting)
    let probe = await probe(name, one.value, from: nil, setting.values, against: firsts)
    guard case .differs(let fresh, let freshTrials) = probe else { return }
    for trial in freshTrials { await scratch.discard(trial) }
    one.fresh = fresh
    let metric = if case .metric(let name, _, insteadOf: _) = one.loaded { name } else { experiment.metric }
    let all = (trials + freshTrials + repeats.trials + firsts.trials).compactMap { $0.metrics[metric] }
    one.size = EffectSize(
      metric: metric, fresh: fresh == .withinNoise ? 0 : firsts.shift(of: freshTrials, in: metric),
      loaded: repeats.shift(of: trials, in: metric), progress: repeats.shift(of: [start], in: metric),
      grain: EffectSize.grain(of: all))
  }

  /// Whether no metric is proof by being equal: only one that training moves is, and that is no count of examples.
  func isCoarse(_ trials: [Trial], from start: Trial?, _ repeats: Repeats) -> Bool {
    !repeats.trials[0].metrics.contains { name, number in
      let before = start.map { $0.metrics[name] ?? .nan }
      let after = (repeats.trials + trials).map { $0.metrics[name] ?? .nan }
      let hasMoved = before.map { !same($0, number) } ?? true
      return hasMoved && after.allSatisfy { same($0, number) } && EffectSize.grain(of: after + [before ?? number]) == 0
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
        return products[0] != 0 && products[0].isClose(to: products[1], within: 1e-6)
      }.keys)
  }
}
