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
    var shares = [(part - usualInParts) / (whole - usual)]
    // A loss that shrinks by factors is as good as gone after a quarter; by how many orders of magnitude tells more.
    if [part, usualInParts, whole].allSatisfy({ $0 * usual > 0 }) {
      shares.append(log(part / usualInParts) / log(whole / usual))
    }
    if shares.contains(where: { $0 <= 0.5 }) {
      self = .lasts
    } else if shares.allSatisfy({ (0.8...1.25).contains($0) }) {
      self = .ends(steps: steps, part: part, usualInParts: usualInParts, whole: whole, usual: usual)
    } else {
      self = .untold
    }
  }

  var hasEnded: Bool {
    if case .ends = self { true } else { false }
  }
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
    guard firstPart > 1, case .ends? = early else { return early }
    // Where training gathers pace, a quarter may well decide. But what is overwritten by the next step is so after one.
    guard let first = await lasting(after: 1), case .ends = first else { return .untold }
    return first
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
    let trials = [start, usual, whole, usualInParts, part]
    let numbers = trials.map { $0.metrics[metric] ?? .nan }
    let (before, after, ofWhole, afterParts, ofPart) = (numbers[0], numbers[1], numbers[2], numbers[3], numbers[4])
    // A trainer that does not keep to the steps that it is asked for comes to something else in two parts.
    guard abs(afterParts - after) <= abs(after - before) / 2 else { return .untold }
    // Of a count of examples a few more or less are chance.
    if ofWhole.isFinite, abs(ofWhole - after) <= 10 * EffectSize.grain(of: numbers) { return .untold }
    return Lasting(steps: steps, part: ofPart, usualInParts: afterParts, whole: ofWhole, usual: after)
  }

  /// The first quarter of an interval.
  var firstPart: Int { max(1, experiment.rules.nextReady(after: 0) / 4) }

  /// Trains an interval in two parts, the first of some steps and with a value changed.
  private func inParts(
    _ steps: Int, _ change: (name: String, value: Value)?, from start: Trial, _ setting: Setting
  ) async -> Trial? {
    var values = setting.values
    if let change { values[change.name] = change.value }
    let changed = change.map { "\($0.name) \(shown($0.value)) for \(counted(steps, "step"))" }
    let what = changed ?? "an interval in two parts"
    guard case .trained(let early) = await trainOne(what, from: start, values, steps: steps) else { return nil }
    let rest = experiment.rules.nextReady(after: 0) - steps
    let outcome = await trainOne("and as usual from there", from: early, setting.values, steps: rest)
    await scratch.discard(early)
    if let late = outcome.trial { await scratch.discard(late) }
    return outcome.trial
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
}
