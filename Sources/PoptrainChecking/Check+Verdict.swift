internal import PoptrainExperimentFile
internal import PopulationBasedTraining

// What is told of a hyperparameter by what its values did.
extension Check {
  /// What is told of a hyperparameter whose values were all tried.
  func verdict(
    _ name: String, _ usual: Value, _ tried: [Tried], _ refusals: [String], isWeak: Bool, _ setting: Setting,
    _ repeats: Repeats
  ) async -> Judgement {
    let effects = tried.filter(\.loaded.isEffect)
    if effects.isEmpty, refusals.isEmpty {
      guard repeats.isExact else { return verdictWithinNoise(name, usual, tried, repeats) }
      return await verdictOnSameScores(name, usual, tried, setting)
    }
    if effects.contains(where: \.isLate), !effects.contains(where: \.loaded.isImmediate) {
      return await verdictOnLateEffects(name, usual, tried, effects, setting)
    }
    if isWeak {
      return Judgement(
        finding: finding(
          name, .warning, "weak after loading: " + tried.map { compared($0, usual) }.joined(separator: "; "),
          followingScheduler(name)))
    }
    let alike = tried.filter { !$0.loaded.isEffect && $0.loaded != .onlyMetricsCompared }
    if !repeats.isExact, alike.contains(where: { $0.loaded == .withinNoise }) {
      return verdictWithinNoise(name, usual, alike, repeats)
    }
    guard alike.isEmpty else {
      let lines = alike.map { one in
        one.loaded == .none ? "\(shown(one.value)) gives exactly the same result as \(shown(usual))" : found(one, usual)
      }
      return Judgement(
        finding: finding(name, .warning, lines.joined(separator: "; "), "see whether the trainer knows this value"))
    }
    let effective = refusals + effects.map { found($0, usual) }
    return Judgement(finding: finding(name, .ok, "has an effect: " + effective.joined(separator: "; ")))
  }

  /// No value has an effect, and what is repeated comes to the same score.
  private func verdictOnSameScores(
    _ name: String, _ usual: Value, _ tried: [Tried], _ setting: Setting
  ) async -> Judgement {
    let fromFresh = tried.filter { $0.fresh?.isEffect ?? false }
    let values = ([usual] + tried.map(\.value)).map { shown($0) }.joined(separator: ", ")
    let isSavedAlike = tried.allSatisfy { $0.loaded == .none }
    let hasMoved = tried.contains { ($0.size?.progress ?? 1) != 0 }
    // Equal counts of examples are no proof, however different the models are.
    let isFine = hasMoved && !tried.contains { $0.isCoarse }
    let isProof = isFine && fromFresh.contains { $0.size?.isLargeFromFresh ?? false }
    let isProofOfAbsence = isFine && tried.allSatisfy { $0.loaded == .none || $0.loaded == .onlyMetricsCompared }
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
      name, .inconclusive,
      tried.map { fromFresh.isEmpty ? found($0, usual) : compared($0, usual) }.joined(separator: "; "),
      hasMoved
        ? "\(finer); or make the interval longer"
        : "\(experiment.metric) is the same before and after the interval, so nothing can be told by it. \(finer), or use "
          + "a metric that does not saturate")
    return Judgement(finding: open, isAbsent: fromFresh.isEmpty)
  }

  /// Values have no effect beyond noise; that another one has may be chance.
  private func verdictWithinNoise(
    _ name: String, _ usual: Value, _ tried: [Tried], _ repeats: Repeats
  ) -> Judgement {
    let large = tried.filter { $0.fresh?.isEffect ?? false && ($0.size.map { $0.loaded * 2 < $0.fresh } ?? false) }
    let noise = "the difference is within the noise, \(shown(repeats.spread))"
    var open =
      large.isEmpty
      ? finding(
        name, .inconclusive, "\(tried.map { found($0, usual) }.joined(separator: "; ")); \(noise)",
        "seed the trainer as described under `repeat`, so that this can be tested exactly; longer intervals or a less noisy "
          + "metric also help")
      : finding(
        name, .warning,
        "may have no effect after loading: \(large.map { compared($0, usual) }.joined(separator: "; ")). After loading, \(noise)",
        "seed the trainer as described under `repeat`, so that this can be tested exactly. If it is so: \(settingAfterLoading(name))"
      )
    open.isHiddenByNoise = true
    return Judgement(finding: open)
  }

  /// From a checkpoint the values show no effect before the next interval.
  private func verdictOnLateEffects(
    _ name: String, _ usual: Value, _ tried: [Tried], _ effects: [Tried], _ setting: Setting
  ) async -> Judgement {
    let found = " before the next interval: " + tried.map { compared($0, usual) }.joined(separator: "; ")
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

  /// What is told of a value that lasts, but does much less after loading than from scratch.
  func partial(_ name: String, _ usual: Value, _ tried: [Tried]) -> Finding {
    finding(
      name, .warning, "weak after loading: " + tried.map { compared($0, usual) }.joined(separator: "; "),
      """
      a part of what is restored may still compute with the old value, such as another parameter group: give the new one to \
      everything. A value that matters early only looks the same
      """)
  }

  private func found(_ one: Tried, _ usual: Value) -> String {
    "\(shown(one.value)) instead of \(shown(usual)): \(described(one.loaded))"
  }

  private func compared(_ one: Tried, _ usual: Value) -> String {
    "\(found(one, usual)) from the checkpoint\(one.fresh.map { ", \(described($0)) from scratch" } ?? "")"
  }
}

extension Check.Tried {
  /// Whether it shows at once from scratch, but from a checkpoint not before the next interval.
  fileprivate var isLate: Bool {
    guard case .later = loaded else { return false }
    return fresh?.isImmediate ?? false
  }
}
