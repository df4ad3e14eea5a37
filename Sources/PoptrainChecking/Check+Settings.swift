internal import PoptrainExperimentFile
internal import PoptrainText
internal import PopulationBasedTraining
internal import PoptrainTrainers

/// Values of all hyperparameters, and what was trained under them.
struct Setting: Sendable {
  var values: Hyperparameters
  /// Those that are not the usual ones.
  var changed: Hyperparameters
  /// The first interval.
  var first: Trial
  /// The second, from the checkpoint of the first.
  var repeats: Repeats

  /// The hyperparameters of which the trainer said nothing.
  var unread: Set<String> { repeats.trials.reduce(Set(first.unread)) { $0.intersection($1.unread) } }
}

// Hyperparameters that matter in some choices only: a momentum that only one of the optimizers has.
extension Check {
  /// How many combinations of other values are tried.
  private static let mostCombinations = 24

  /// What a hyperparameter does: under the usual values of the others, and where that is nothing, under further ones.
  func effect(of hyperparameter: Hyperparameter, isStructural: Bool, usually setting: Setting) async -> Finding {
    let name = hyperparameter.name
    let isUnread = setting.unread.contains(name)
    let usual = isUnread ? neverRead(name) : await judge(hyperparameter, isStructural: isStructural, in: setting)
    guard usual.isAbsent else { return usual.finding }
    var combinations = combinations(besides: name)
    var tried: [Hyperparameters] = []
    var (attempts, failures) = (0, 0)
    while attempts < Check.mostCombinations, let changed = combinations.next() {
      attempts += 1
      if isUnread, await isUnreadAtFirst(name, changed) {
        combinations.lastWasTrained()
        tried.append(changed)
        continue
      }
      let outcome = await firstInterval(changed)
      if case .failed = outcome {
        failures += 1
        continue
      }
      combinations.lastWasTrained()
      // What it refuses matters nowhere.
      guard case .trained(let first) = outcome else { continue }
      tried.append(changed)
      if first.unread.contains(name) { continue }
      // From fresh it can be told with fewer intervals.
      if setting.repeats.isExact, !isStructural,
        await !hasEffectFromFresh(hyperparameter, first, base.merging(changed) { $1 }, asIn: setting)
      {
        continue
      }
      guard let other = await otherSetting(changed, first) else { continue }
      let judgement = await judge(hyperparameter, isStructural: isStructural, in: other)
      guard judgement.isAbsent else {
        var finding = judgement.finding
        let isKnown = finding.verdict == .ok && finding.found.hasPrefix("has an effect")
        finding.found =
          isKnown
          ? finding.found.replacing("has an effect", with: "has an effect with \(named(changed))", maxReplacements: 1)
          : "with \(named(changed)): \(finding.found)"
        return finding
      }
    }
    return absent(usual.finding, combinations, tried, failures)
  }

  /// What is told of a hyperparameter that has no effect in what was tried.
  private func absent(
    _ usual: Finding, _ combinations: Combinations, _ tried: [Hyperparameters], _ failures: Int
  ) -> Finding {
    var finding = usual
    let names = combinations.names.joined(separator: ", ")
    switch tried.count {
    case 0: break
    case ...3: finding.found += "; the same holds with \(tried.map(named).joined(separator: "; "))"
    default: finding.found += "; the same holds in \(tried.count) further combinations of \(names)"
    }
    if failures > 0 { finding.found += "; \(counted(failures, "combination")) could not be trained" }
    if combinations.isComplete {
      if tried.count > 3 { finding.found += ", in which every two of their values meet" }
      return finding
    }
    finding.verdict = .inconclusive
    finding.found =
      "\(finding.found.replacing("NO EFFECT", with: "no effect in what was tried", maxReplacements: 1)); there are more "
      + "combinations of their values"
    finding.remedy =
      "if it matters only where certain values meet, make these the usual ones for the check, as `initial`. "
      + "If it never does: \(usual.remedy ?? "take it out of `hyperparameters`")"
    return finding
  }

  /// The values of other hyperparameters that may decide whether one matters: of choices, lists and whole numbers.
  private func combinations(besides name: String) -> Combinations {
    let space = experiment.rules.space
    let factors = space.hyperparameters.filter { $0.name != name }.compactMap { other -> Combinations.Factor? in
      let domain = other.domain
      let isChoice = domain.isChoice || domain.isPerMember
      guard let usual = base[other.name], isChoice || domain.isStepped else { return nil }
      let others = domain.others(than: usual)
      return others.isEmpty ? nil : .init(name: other.name, values: [usual] + others, isChoice: isChoice)
    }
    return Combinations(factors) { [base] changes in space.allows(base.merging(changes) { $1 }) }
  }

  /// Whether a hyperparameter is not read within one step, which costs little to look at.
  private func isUnreadAtFirst(_ name: String, _ changed: Hyperparameters) async -> Bool {
    if let known = unreadAtFirst[changed] { return known.contains(name) }
    let values = base.merging(changed) { $1 }
    guard case .trained(let trial) = await trainOne("a step with \(named(changed))", from: nil, values, steps: 1)
    else { return false }
    await scratch.discard(trial)
    unreadAtFirst[changed] = Set(trial.unread)
    return trial.unread.contains(name)
  }

  /// Trains from fresh under other values.
  private func firstInterval(_ changed: Hyperparameters) async -> Scratch.Outcome {
    if let known = otherFirsts[changed] { return known }
    let outcome = await train("the first interval with \(named(changed))", from: nil, base.merging(changed) { $1 })
    otherFirsts[changed] = outcome
    return outcome
  }

  /// Trains the second interval under other values; nothing where that cannot be trained.
  private func otherSetting(_ changed: Hyperparameters, _ first: Trial) async -> Setting? {
    if let known = otherSettings[changed] { return known }
    let setting = await trained(changed, first)
    otherSettings[changed] = .some(setting)
    return setting
  }

  private func trained(_ changed: Hyperparameters, _ first: Trial) async -> Setting? {
    let values = base.merging(changed) { $1 }
    guard case .trained(let second) = await train("the second interval with \(named(changed))", from: first, values)
    else { return nil }
    var repeats = Repeats(trials: [second])
    while repeats.trials.count < (repeats.isExact ? 2 : 4) {
      guard case .trained(let again) = await train("the second interval again", from: first, values) else { return nil }
      repeats.trials.append(again)
    }
    return Setting(values: values, changed: changed, first: first, repeats: repeats)
  }

  private func named(_ changed: Hyperparameters) -> String {
    changed.sorted { $0.key < $1.key }.map { "\($0.key)=\(shown($0.value))" }.joined(separator: ", ")
  }
}

extension Domain {
  fileprivate var isPerMember: Bool {
    if case .perMember = self { true } else { false }
  }

  fileprivate var isStepped: Bool {
    switch self {
    case .integer, .ordered: true
    default: false
    }
  }

  /// The values that may change which others matter.
  fileprivate func others(than value: Value) -> [Value] {
    guard case .perMember(let values) = self else { return far(from: value) }
    return values.reduce(into: []) { if $1 != value, !$0.contains($1) { $0.append($1) } }
  }
}
