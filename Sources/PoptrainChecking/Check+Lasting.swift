internal import PoptrainExperimentFile
internal import PoptrainText
internal import Foundation
internal import PopulationBasedTraining
internal import PoptrainTrainers

/// Whether a value that is given after loading stays in force until the interval ends.
enum Lasting: Hashable, Sendable {
  /// Given for the first steps alone, it does much less.
  case lasts
  /// Given for the first `steps` alone, it does the same to the metric.
  case ends(steps: Int, part: Double, usualInParts: Double, whole: Double, usual: Double)
  /// Given for the first steps alone, it does nothing in them, and the same in those that follow.
  case delayed
  /// It cannot be told.
  case untold

  /// Compares a value that was given for a part of the interval, or for the whole, with the usual one.
  ///
  /// - Parameters:
  ///   - steps: how long the first part is.
  ///   - part: the metric where the value was given for the first part, and the usual one for the rest; `usualInParts` where
  ///     the usual one was given for both.
  ///   - whole: the metric where it was given for the whole interval; `usual` where the usual one was.
  init(steps: Int, part: Double, usualInParts: Double, whole: Double, usual: Double) {
    guard part.isFinite, usualInParts.isFinite, usual.isFinite, whole != usual else {
      self = .untold
      return
    }
    guard whole.isFinite else {
      // The part is too short to diverge.
      self = .lasts
      return
    }
    let shares = Lasting.shares(part, usualInParts, of: whole, usual)
    if shares.contains(where: { $0 <= 0.5 }) {
      self = .lasts
    } else if shares.allSatisfy({ (0.8...1.25).contains($0) }) {
      self = .ends(steps: steps, part: part, usualInParts: usualInParts, whole: whole, usual: usual)
    } else {
      self = .untold
    }
  }

  /// How much of the effect of the whole there is after a part: in the metric, and in its orders of magnitude.
  static func shares(_ part: Double, _ usualInParts: Double, of whole: Double, _ usual: Double) -> [Double] {
    var shares = [(part - usualInParts) / (whole - usual)]
    // A loss that shrinks by factors is as good as gone after a quarter; by how many orders of magnitude tells more.
    if [part, usualInParts, whole].allSatisfy({ $0 * usual > 0 }) {
      shares.append(log(part / usualInParts) / log(whole / usual))
    }
    return shares
  }

  var hasEnded: Bool {
    if case .ends = self { true } else { false }
  }
}

/// An interval in two parts.
struct Parts: Sendable {
  var early: Trial
  var late: Trial
}

/// Values under which an interval is trained in two parts, and the steps of the first.
struct PartedValues: Hashable, Sendable {
  var values: Hyperparameters
  var steps: Int
}

// A restored scheduler overwrites a value with its next step. Until then the value may do a lot, so that the size of its
// effect does not tell. What tells is whether it matters how long the value is given.
extension Check {
  /// Whether a value stays in force; none where that cannot be asked.
  func lasting(_ one: Tried, _ whole: Trial, _ name: String, from start: Trial, _ setting: Setting) async -> Lasting? {
    let metric: String
    switch one.loaded {
    case .score: metric = experiment.metric
    case .metric(let name, _, insteadOf: _): metric = name
    default: return nil
    }
    let usual = setting.repeats.trials[0]
    guard setting.repeats.isExact, intervalsToNextScore == 1, firstPart < usual.steps else { return nil }
    func lasting(after steps: Int) async -> Lasting? {
      await self.lasting(after: steps, metric, (name, one.value), whole, from: start, setting)
    }
    let early = await lasting(after: firstPart)
    if early == .lasts, let size = one.size, !size.isPlain {
      return await grows(whole, one.value, name, metric, start, setting) ? early : .untold
    }
    guard firstPart > 1, let early, early.hasEnded || early == .delayed else { return early }
    // Where training gathers pace, a quarter may well decide. But what is overwritten by the next step is so after one.
    guard let first = await lasting(after: 1), first.hasEnded == early.hasEnded, first.hasEnded || first == .delayed
    else {
      return .untold
    }
    return first
  }

  /// Whether the effect of a value that is given throughout is several times as large after the interval as after a step.
  ///
  /// Each of the two is trained on the same data, so that an effect which is small is no chance of the data either.
  private func grows(
    _ whole: Trial, _ value: Value, _ name: String, _ metric: String, _ start: Trial, _ setting: Setting
  ) async -> Bool {
    var values = setting.values
    values[name] = value
    guard case .trained(let usual) = await trainOne("a step", from: start, setting.values, steps: 1),
      case .trained(let changed) = await trainOne("a step with \(name) \(shown(value))", from: start, values, steps: 1)
    else { return true }
    for trial in [usual, changed] { await scratch.discard(trial) }
    func difference(_ one: Trial, _ other: Trial) -> Double {
      abs((one.metrics[metric] ?? .nan) - (other.metrics[metric] ?? .nan))
    }
    return !(difference(whole, setting.repeats.trials[0]) <= 4 * difference(changed, usual))
  }

  /// The same, by what the value does that is given for the first steps only.
  private func lasting(
    after steps: Int, _ metric: String, _ change: (name: String, value: Value), _ whole: Trial, from start: Trial,
    _ setting: Setting
  ) async -> Lasting? {
    let usual = setting.repeats.trials[0]
    let known = PartedValues(values: setting.values, steps: steps)
    if usualInParts[known] == nil { usualInParts[known] = await inParts(steps, nil, from: start, setting) }
    guard let usualInParts = usualInParts[known],
      let part = await inParts(steps, change, from: start, setting)
    else { return nil }
    let trials = [start, usual, whole, usualInParts.late, part.late]
    let numbers = trials.map { $0.metrics[metric] ?? .nan }
    let (before, after, ofWhole, afterParts, ofPart) = (numbers[0], numbers[1], numbers[2], numbers[3], numbers[4])
    // A trainer that does not keep to the steps that it is asked for comes to something else in two parts.
    guard abs(afterParts - after) <= abs(after - before) / 2 else { return .untold }
    // Of a count of examples a few more or less are chance.
    let grain = EffectSize.grain(of: numbers)
    if ofWhole.isFinite, abs(ofWhole - after) <= 10 * grain { return .untold }
    let lasting = Lasting(steps: steps, part: ofPart, usualInParts: afterParts, whole: ofWhole, usual: after)
    let isSameEarly = same(part.early.metrics[metric] ?? .nan, usualInParts.early.metrics[metric] ?? .nan)
    return lasting.hasEnded && isSameEarly && grain == 0 ? .delayed : lasting
  }

  /// The first quarter of an interval.
  var firstPart: Int { max(1, experiment.rules.nextReady(after: 0) / 4) }

  /// Trains an interval in two parts, the first of some steps and with a value changed.
  private func inParts(
    _ steps: Int, _ change: (name: String, value: Value)?, from start: Trial, _ setting: Setting
  ) async -> Parts? {
    var values = setting.values
    if let change { values[change.name] = change.value }
    let changed = change.map { "\($0.name) \(shown($0.value)) for \(counted(steps, "step"))" }
    let what = changed ?? "an interval in two parts"
    guard case .trained(let early) = await trainOne(what, from: start, values, steps: steps) else { return nil }
    let rest = experiment.rules.nextReady(after: 0) - steps
    let outcome = await trainOne("and as usual from there", from: early, setting.values, steps: rest)
    await scratch.discard(early)
    guard let late = outcome.trial else { return nil }
    await scratch.discard(late)
    return Parts(early: early, late: late)
  }

  /// Whether values that last do much less after loading than from fresh, beside what training itself does to the metric
  /// in the same interval. Where a model has learned what it can, both are small; where a value reaches only
  /// some of the parameters, training continues without it.
  func areWeakBesideTraining(_ tried: [Tried], _ setting: Setting) async -> Bool {
    guard intervalsToFirstScore == 1,
      case .trained(let young) = await trainOne("a step from scratch", from: nil, setting.values, steps: 1)
    else { return false }
    await scratch.discard(young)
    return tried.allSatisfy { one in
      guard let size = one.size, size.standing == .weak else { return true }
      let progress = abs((setting.first.metrics[size.metric] ?? .nan) - (young.metrics[size.metric] ?? .nan))
      return 5 * size.loaded / size.progress < size.fresh / progress
    }
  }

  /// Whether the effect that a value has from scratch keeps growing after the first quarter of an interval.
  ///
  /// One that only matters early in each interval does not last either, and is as it should be.
  func growsFromFresh(_ one: Tried, _ name: String, _ setting: Setting) async -> Bool {
    guard intervalsToFirstScore == 1, case .score(let whole, insteadOf: let usual)? = one.fresh else { return false }
    var values = setting.values
    values[name] = one.value
    var scores: [Double] = []
    for values in [values, setting.values] {
      let outcome = await trainOne("\(firstPart) steps from scratch", from: nil, values, steps: firstPart)
      guard case .trained(let early) = outcome else { return false }
      await scratch.discard(early)
      scores.append(early.metric)
    }
    return Lasting(steps: firstPart, part: scores[0], usualInParts: scores[1], whole: whole, usual: usual) == .lasts
  }

  /// What is told of a value that does no more in the whole interval than in a part of it; none where it may be chance.
  ///
  /// - Parameter isOnlyOne: whether there is no other value to try, so that one is enough for a proof.
  func overwritten(
    _ name: String, _ usual: Value, _ tried: [Tried], _ setting: Setting, isOnlyOne: Bool
  ) async -> Finding? {
    var found: [String] = []
    var grows = false
    for one in tried {
      guard case .ends(let steps, let part, let parts, let whole, let before)? = one.lasting else { continue }
      let change = "\(shown(one.value)) instead of \(shown(usual))"
      found.append(
        "\(change): \(shown(part)) instead of \(shown(parts)) if given for \(counted(steps, "step")), \(shown(whole)) "
          + "instead of \(shown(before)) if given for all \(setting.repeats.trials[0].steps)")
      if !grows { grows = await growsFromFresh(one, name, setting) }
    }
    let isSure = found.count > 1 || isOnlyOne
    guard isSure || grows else { return nil }
    return finding(
      name, isSure && grows ? .failed : .warning,
      """
      \(isSure && grows ? "USED ONLY AT FIRST" : "may be used only at first") after loading. \
      \(found.joined(separator: "; "))\(grows ? ". From scratch the effect keeps growing" : "")
      """, followingScheduler(name))
  }

  /// What is told of a value that does nothing in the steps for which it is given, but as much in those that follow.
  func delayed(_ name: String, _ usual: Value, _ tried: [Tried], _ setting: Setting) -> Finding {
    let changes = tried.map { "\(shown($0.value)) instead of \(shown(usual))" }.joined(separator: ", and ")
    return finding(
      name, .failed,
      """
      NOT USED AT FIRST after loading: \(changes): given for the first \(counted(firstPart, "step")) only, it changes \
      nothing in these, and then, where it is not given any more, as much as if it were given for all \
      \(setting.repeats.trials[0].steps)
      """, settingAfterLoading(name))
  }
}
