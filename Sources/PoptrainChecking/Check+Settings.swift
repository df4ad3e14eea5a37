internal import PoptrainExperimentFile
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
  private static let mostSettings = 12

  /// What a hyperparameter does: under the usual values of the others, and where that is nothing, under further ones.
  func effect(of hyperparameter: Hyperparameter, isStructural: Bool, usually setting: Setting) async -> Finding {
    let name = hyperparameter.name
    let isUnread = setting.unread.contains(name)
    let usual = isUnread ? neverRead(name) : await judge(hyperparameter, isStructural: isStructural, in: setting)
    guard usual.isAbsent else { return usual.finding }
    var tried: [String] = []
    for changed in changes(besides: name) {
      guard let other = await otherSetting(changed) else { continue }
      tried.append(named(changed))
      if other.unread.contains(name) { continue }
      // From fresh it can be told with fewer intervals.
      if other.repeats.isExact, !isStructural, await !hasEffectFromFresh(hyperparameter, in: other) { continue }
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
    var finding = usual.finding
    if !tried.isEmpty { finding.found += "; nor is it otherwise with \(tried.joined(separator: "; "))" }
    return finding
  }

  /// Other values of the hyperparameters that may decide whether one matters: of choices first, then of whole numbers
  /// and lists; one at a time, then choices by two.
  private func changes(besides name: String) -> [Hyperparameters] {
    let others = experiment.rules.space.hyperparameters.filter { $0.name != name }
    func changes(where isMeant: (Domain) -> Bool) -> [[Hyperparameters]] {
      others.filter { isMeant($0.domain) }.map { other -> [Hyperparameters] in
        guard let usual = base[other.name] else { return [] }
        return other.domain.others(than: usual).map { [other.name: $0] }
      }
    }
    let choices = changes { $0.isChoice || $0.isPerMember }
    let numbers = changes { $0.isStepped }
    var pairs: [Hyperparameters] = []
    for (position, first) in choices.enumerated() {
      for second in choices[(position + 1)...] {
        for one in first { pairs += second.map { one.merging($0) { $1 } } }
      }
    }
    let all = choices.flatMap(\.self) + numbers.flatMap(\.self) + pairs
    let allowed = all.filter { experiment.rules.space.allows(base.merging($0) { $1 }) }
    return Array(allowed.prefix(Check.mostSettings))
  }

  /// Trains two intervals under other values; nothing where they cannot be trained.
  private func otherSetting(_ changed: Hyperparameters) async -> Setting? {
    if let known = otherSettings[changed] { return known }
    let setting = await trained(changed)
    otherSettings[changed] = .some(setting)
    return setting
  }

  private func trained(_ changed: Hyperparameters) async -> Setting? {
    let values = base.merging(changed) { $1 }
    guard case .trained(let first) = await train("the first interval with \(named(changed))", from: nil, values),
      case .trained(let second) = await train("the second interval with \(named(changed))", from: first, values)
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
