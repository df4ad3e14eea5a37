internal import PopulationBasedTraining

/// Reads `exploit` or `explore`: the name of a rule, or `{name: {settings}}`. What there is to give follows from the
/// declarations of the rules.
struct RuleReader {
  let rules: [any Rule.Type]
  /// Completes "is not …".
  let kind: String

  static var exploit: RuleReader { RuleReader(rules: ExploitRules.all.map { $0 }, kind: "an exploit rule") }
  static var explore: RuleReader { RuleReader(rules: ExploreRules.all.map { $0 }, kind: "an explore rule") }

  func rule(_ item: Item) -> RuleChoice? {
    let names = rules.map { $0.name }
    switch item.content {
    case .scalar(let written, let isQuoted) where isQuoted || Scalar(written) != .null:
      guard let rule = rules.first(where: { $0.name == written }) else {
        item.findings.addUnknown(written, at: item.place, isNot: kind, known: names)
        return nil
      }
      return RuleChoice(rule)
    case .scalar, .list:
      item.wrong(
        "must be a rule, not \(item.shown)", remedy: "write \(names.map { "`\($0)`" }.joined(separator: " or "))")
      return nil
    case .mapping:
      guard let entry = Section(item, known: names, kind: kind)?.only("rule", example: names[0]) else { return nil }
      return rules.first { $0.name == entry.key }.flatMap { settings(of: $0, entry.value) }
    }
  }

  private func settings(of rule: any Rule.Type, _ item: Item) -> RuleChoice? {
    let known = rule.settings.map(\.name)
    guard
      let section = Section(item, known: known, kind: "a setting of `\(rule.name)`", prefix: "\(rule.name).")
    else { return nil }
    var given: [String: Setting.Value] = [:]
    for setting in rule.settings {
      guard let item = section[setting.name], let value = value(of: setting, item) else { continue }
      given[setting.name] = value
      if let objection = setting.objection(value) { item.wrong(objection.message, remedy: objection.remedy) }
    }
    return RuleChoice(rule, given)
  }

  private func value(of setting: Setting, _ item: Item) -> Setting.Value? {
    func number(_ item: Item) -> Double? {
      guard let number = item.number() else { return nil }
      guard setting.limits.contains(number), !setting.isWhole || number.rounded() == number else {
        let (least, greatest) = (setting.limits.lowerBound.formatted, setting.limits.upperBound.formatted)
        item.wrong(
          "must be \(setting.isWhole ? "an integer " : "")from \(least) to \(greatest), not \(item.shown)",
          remedy: setting.summary)
        return nil
      }
      return number
    }
    switch setting.standard {
    case .number: return number(item).map { .number($0) }
    case .numbers(let standard): return item.list(of: 1...Int.max, example: "\(standard)", number).map { .numbers($0) }
    }
  }
}

extension Double {
  /// Without `.0`.
  var formatted: String { Int(exactly: self).map(String.init) ?? description }
}
