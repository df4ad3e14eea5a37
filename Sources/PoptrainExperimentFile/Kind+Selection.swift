internal import PopulationBasedTraining

extension Kind<IntervalLength> {
  static var interval: Kind {
    Kind(
      "integer, mapping or list", read: { item, draft in readInterval(item, steps: draft.steps) }, yaml: { $0.yaml })
  }

  private static func readInterval(_ item: Item, steps: Int?) -> IntervalLength? {
    switch item.content {
    case .scalar:
      return length(item, steps: steps).map { .every($0) }
    case .list:
      return item.list(of: 1...Int.max, example: "[20, 40, 80]") { length($0, steps: steps) }.map { .listed($0) }
    case .mapping:
      let example = "[20, 100]"
      let section = Section(item, known: ["linear"], kind: "a way to change `interval`", prefix: "interval.")
      guard let section, !section.hasUnknownKeys else { return nil }
      return section.required("linear", remedy: "write for example `interval: {linear: \(example)}`") { ends in
        ends.list(of: 2...2, example: example) { length($0, steps: steps) }.map { .linear(from: $0[0], to: $0[1]) }
      }
    }
  }

  private static func length(_ item: Item, steps: Int?) -> Int? {
    guard let length = item.integer(from: 1) else { return nil }
    if let steps, length > steps {
      item.wrong(
        "is \(length), more than the \(steps) `steps` of a member", remedy: "a tenth of `steps` or less is usual")
    }
    return length
  }
}

extension Kind<Int> {
  static var burnIn: Kind {
    Kind(
      "integer, below `steps`", read: { item, draft in readBurnIn(item, steps: draft.steps) }, yaml: { "\($0)" })
  }

  private static func readBurnIn(_ item: Item, steps: Int?) -> Int? {
    guard let burnIn = item.integer(from: 0) else { return nil }
    if let steps, burnIn >= steps {
      item.wrong(
        "is \(burnIn), and a member trains \(steps) `steps`: it would never decide",
        remedy: "a few times `interval` is usual")
    }
    return burnIn
  }
}

extension Kind<Rules.ImprovementGap> {
  static var improvementGap: Kind {
    Kind(
      "number, or a mapping",
      read: { item, draft in
        guard case .mapping = item.content else {
          return item.number(from: 0).map { Rules.ImprovementGap(absolute: $0) }
        }
        var draft = draft
        let isRead = draft.read(Key.improvementGap, of: "improvement_gap", kind: "a setting", in: item)
        return isRead ? draft.experiment.rules.improvementGap : nil
      }, yaml: { $0.yaml })
  }
}

extension Kind<Rules> {
  /// What is left out is as it was in the version of the rules, so this is read before everything else.
  static var version: Kind {
    Kind(
      (1...Rules.currentVersion).map(String.init).joined(separator: " or "),
      read: { item, _ in
        item.integer(from: 1, to: Rules.currentVersion).map { Experiment.standard(rulesVersion: $0).rules }
      }, yaml: { "\($0.version)" })
  }

  /// Its words say something else in each version of the rules.
  static var order: Kind {
    Kind(
      "`asynchronous`, `synchronous` or a mapping",
      read: { item, draft in
        var rules = draft.experiment.rules
        guard let order = readOrder(item, version: rules.version) else { return nil }
        rules.order = order
        return rules
      }, yaml: { $0.order.yaml(version: $0.version) })
  }

  private static func readOrder(_ item: Item, version: Int) -> Rules.Order? {
    guard case .mapping = item.content else {
      let name: OrderName? = item.word()
      return name.map { $0 == .synchronous ? .synchronous : .asynchronous(copiesYounger: version == 1) }
    }
    let names = OrderName.allCases.map(\.rawValue)
    let orders = Section(item, known: names, kind: "an order with settings", prefix: "order.")
    let only = orders?.only("order", example: "order: {synchronous: {fraction: 0.75}}")
    guard let (name, settings) = only else { return nil }
    let kind = "a setting of `\(name)`"
    if name == OrderName.synchronous.rawValue {
      let section = Section(settings, known: ["fraction"], kind: kind, prefix: "synchronous.")
      return section?.optional("fraction", default: .synchronous) { item in
        item.number(from: 0.001, to: 1).map { .synchronous(fraction: $0) }
      }
    }
    let section = Section(settings, known: ["younger_donors"], kind: kind, prefix: "asynchronous.")
    return section?.optional("younger_donors", default: .asynchronous(copiesYounger: version == 1)) { item in
      item.boolean().map { .asynchronous(copiesYounger: $0) }
    }
  }
}

private enum OrderName: String, CaseIterable {
  case asynchronous, synchronous
}
