internal import PoptrainExperimentFile
internal import PopulationBasedTraining
internal import PoptrainTrainers

// Why a value has no effect after loading, though it has one from scratch: the old value is brought back, or it matters in
// a young model only, as a warm-up does, or a limit that is not reached any more.
//
// A younger checkpoint tells: there a value that matters early has an effect, and one that is overwritten has none.
extension Check {
  /// Why a value has no effect from the checkpoint of the first interval.
  enum Absence: Sendable {
    /// It has one from a checkpoint of this age.
    case early(age: Int, Repeats.Difference)
    /// It has none from one of this age either. From scratch it does more and more (`grows`), or the checkpoint holds the
    /// value that it was trained under (`isHeld`), or both.
    case broughtBack(age: Int, isHeld: Bool, grows: Bool)
    /// It cannot be told.
    case untold
  }

  /// Why the value that was tried has no effect from a checkpoint.
  func absence(of one: Tried, _ name: String, _ setting: Setting) async -> Absence {
    guard setting.repeats.isExact, intervalsToFirstScore == 1, intervalsToNextScore == 1 else { return .untold }
    var values = setting.values
    values[name] = one.value
    guard case .trained(let usual) = await trainOne("a step from scratch", from: nil, setting.values, steps: 1),
      case .trained(let other) = await trainOne("a step with \(name) \(shown(one.value))", from: nil, values, steps: 1)
    else { return .untold }
    let absence = await absence(of: one, values, name, (usual, other), setting)
    for trial in [usual, other] { await scratch.discard(trial) }
    return absence
  }

  /// The same, where a step from scratch came to `usual`, and to `other` under the value that was tried.
  private func absence(
    of one: Tried, _ values: Hyperparameters, _ name: String, _ young: (usual: Trial, other: Trial), _ setting: Setting
  ) async -> Absence {
    let usual = young.usual
    let isYounger = usual.age < setting.first.age
    if isYounger, let difference = await difference(one.value, name, from: usual, setting) {
      return .early(age: usual.age, difference)
    }
    // One that is compressed does not show what it holds.
    let isHeld = holdsValue(usual, setting.values[name], notOf: young.other, one.value)
    let grows = await grows(from: young, values, setting)
    // Where what is saved is the same whatever is given, what it holds is no note of that.
    guard grows || isHeld && one.loaded == .none else { return .untold }
    return .broughtBack(age: usual.age, isHeld: isHeld, grows: grows)
  }

  /// What is told of a value that has no effect from a checkpoint, though it has one from scratch.
  ///
  /// - Parameter found: what follows "no effect".
  func absent(
    _ name: String, _ usual: Value, _ tried: [Tried], _ found: String, _ setting: Setting
  ) async -> Finding {
    let fresh = tried.compactMap { one in
      one.fresh.map { "\(shown(one.value)) instead of \(shown(usual)): \(described($0))" }
    }
    var youngest: (age: Int, isHeld: Bool, grows: Bool)?
    for one in tried {
      switch await absence(of: one, name, setting) {
      case .early(let age, let difference):
        return finding(
          name, .ok,
          """
          has an effect early only: from a checkpoint of age \(age), \(shown(one.value)) instead of \(shown(usual)): \
          \(described(difference)). At age \(setting.first.age) it has none
          """)
      case .broughtBack(let age, let isHeld, let grows): youngest = (age, isHeld, grows)
      case .untold: break
      }
    }
    let fromFresh = "From scratch it has an effect: \(fresh.first ?? "")"
    guard let youngest else {
      let isLate = tried.contains { $0.loaded.isLater }
      return finding(
        name, .inconclusive, "no effect\(found). \(fromFresh)",
        isLate ? "either the value works through what is saved, or \(settingAfterLoading(name))" : matteringEarly(name))
    }
    let ages = Set([youngest.age, setting.first.age]).sorted().map(String.init).joined(separator: " and ")
    let held = youngest.isHeld ? ", which hold the value that they were trained under" : ""
    let remedy = settingAfterLoading(name)
    return finding(
      name, .failed, "NO EFFECT\(found). So it is from checkpoints of age \(ages)\(held). \(fromFresh)",
      youngest.isHeld && youngest.grows
        ? remedy : "either the value matters only where a model is made, or \(remedy)")
  }

  /// How the value comes to something else at once from a young checkpoint; none where it does not.
  private func difference(
    _ value: Value, _ name: String, from start: Trial, _ setting: Setting
  ) async -> Repeats.Difference? {
    guard case .trained(var usual) = await train("an interval from a young checkpoint", from: start, setting.values)
    else { return nil }
    usual.metrics = usual.metrics.filter { name, _ in setting.repeats.isSteady(name) }
    let probe = await probe(name, value, from: start, setting.values, against: Repeats(trials: [usual]))
    guard case .differs(let difference, _) = probe else { return nil }
    return difference.isImmediate ? difference : nil
  }

  /// Whether the effect that `values` have from scratch on some metric is larger after the first interval than after a step;
  /// of a trainer that trains no fewer steps than an interval has, after twice as many than after the first interval.
  private func grows(
    from young: (usual: Trial, other: Trial), _ values: Hyperparameters, _ setting: Setting
  ) async -> Bool {
    let age = setting.first.age
    let steps = young.usual.age < age ? age : 2 * age
    var older = [setting.first]
    for values in steps == age ? [values] : [setting.values, values] {
      let outcome = await trainOne("\(steps) steps from scratch", from: nil, values, steps: steps)
      guard case .trained(let trial) = outcome else { return false }
      await scratch.discard(trial)
      older.append(trial)
    }
    let trials = [young.other, young.usual, older[older.count - 1], older[older.count - 2]]
    return setting.first.metrics.keys.contains { metric in
      let numbers = trials.map { $0.metrics[metric] ?? .nan }
      return setting.repeats.isSteady(metric) && Lasting.grows(from: numbers[0], numbers[1], to: numbers[2], numbers[3])
    }
  }

  /// What to do where it cannot be told why a value has no effect after loading.
  func matteringEarly(_ name: String) -> String {
    """
    a value may matter early only, such as a warm-up, or a limit that is not reached any more: then all is well. Or \
    loading a checkpoint may bring back the value that it was trained under. To tell, print the value in use after loading: \
    it should be \(experiment.trainer.contract == .session ? "`interval[\"\(name)\"]`" : "the value of {\(name)}")
    """
  }
}

extension Lasting {
  /// Whether an effect grows from a part of the interval to the whole, and keeps its direction.
  fileprivate static func grows(
    from part: Double, _ usualInParts: Double, to whole: Double, _ usual: Double
  ) -> Bool {
    guard part.isFinite, usualInParts.isFinite, usual.isFinite, whole != usual else { return false }
    guard whole.isFinite else { return true }
    // After twice as many steps a constant rate has done twice as much. By factors it has done as much as before where the
    // metric grows from nothing, and less where a value matters only when a model is made.
    let shares = shares(part, usualInParts, of: whole, usual)
    return (0..<0.75).contains(shares[0]) && shares.dropFirst().allSatisfy { (0...1.05).contains($0) }
  }
}

extension Repeats.Difference {
  /// Whether a metric differs an interval later.
  fileprivate var isLater: Bool {
    if case .later = self { true } else { false }
  }

  /// Whether a metric differs, and not an interval later.
  var isImmediate: Bool {
    switch self {
    case .score, .metric: true
    case .later, .saved, .onlyMetricsCompared, .none, .withinNoise: false
    }
  }
}
