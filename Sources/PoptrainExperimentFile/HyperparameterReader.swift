internal import PopulationBasedTraining

extension Draft {
  /// Reads `hyperparameters`; returns false where that is not even a mapping.
  mutating func readHyperparameters(_ item: Item) -> Bool {
    guard let section = Section(item, known: nil, kind: "a hyperparameter") else { return false }
    sections["hyperparameters"] = section
    let reader = HyperparameterReader(populationSize: reader.isRecorded ? nil : populationSize)
    experiment.rules.space = Space(reader.hyperparameters(section))
    return true
  }
}

/// Reads `hyperparameters`: names with a constant or a range each.
struct HyperparameterReader {
  /// How many values a list per member must have; nothing, if the population's size is wrong itself.
  let populationSize: Int?

  /// What a description may have beside its values.
  static let extras = ["transform", "initial", "structural", "explore", "bounds"]

  func hyperparameters(_ section: Section) -> [Hyperparameter] {
    section.entries.compactMap { name, place, value in
      if let problem = problem(withName: name, forbidden: "{}=") {
        value.findings.add(at: place, "the hyperparameter \(quoted(name)) \(problem)", remedy: "choose another name")
        return nil
      }
      return hyperparameter(name, value)
    }
  }

  private func hyperparameter(_ name: String, _ item: Item) -> Hyperparameter? {
    switch item.content {
    case .scalar:
      return item.value().map { Hyperparameter(name, .fixed($0)) }
    case .list:
      item.wrong(
        "is a list, which may mean two things",
        remedy: "write `\(name): {ordered: […]}` if neighbours in the list are alike, `\(name): {choice: […]}` if not")
      return nil
    case .mapping:
      return described(name, item)
    }
  }

  private func described(_ name: String, _ item: Item) -> Hyperparameter? {
    let known = DomainReader.domains + Self.extras
    guard let section = Section(item, known: known, kind: "a key of a hyperparameter", prefix: "\(name).") else {
      return nil
    }
    let given = section.entries.filter { DomainReader.domains.contains($0.key) }
    guard let first = given.first, given.count == 1 else {
      if given.count > 1 {
        item.wrong("has \(given.map { "`\($0.key)`" }.joined(separator: " and "))", remedy: "keep one of them")
      } else if !section.hasUnknownKeys {
        item.wrong("has no values", remedy: "write for example `\(name): {uniform: [0.0, 1.0]}`, or a constant")
      }
      return nil
    }
    let transform: DomainReader.Transform? = section["transform"].flatMap { $0.word() }
    let domain = DomainReader(name: name, populationSize: populationSize).domain(first.key, first.value, transform)
    let isStructural = section.optional("structural", default: false) { $0.boolean() }
    let explore = section["explore"].flatMap { RuleReader.explore.rule($0) }
    let bounds: Bounds? = section["bounds"].flatMap { $0.word() }
    refuseIdle(section, first.key, isStructural: isStructural ?? false)
    guard let domain else { return nil }
    guard domain.isSearched else { return Hyperparameter(name, domain) }
    var (initial, initials) = (Value?.none, [Value]())
    if let start = section["initial"] {
      if case .list = start.content {
        initials = self.initials(start, in: domain)
      } else {
        initial = self.initial(start, in: domain)
      }
    }
    guard let isStructural else { return nil }
    return Hyperparameter(
      name, domain, initial: initial, initials: initials, isStructural: isStructural, explore: explore, bounds: bounds)
  }

  /// Reports what says nothing about such values.
  private func refuseIdle(_ section: Section, _ domain: String, isStructural: Bool) {
    func refuse(_ keys: [String], _ values: String, _ why: String) {
      for key in keys { section[key]?.wrong("has no meaning for \(values)", remedy: "remove it; \(why)") }
    }
    let values = "`\(domain)` values"
    switch domain {
    case "per_member": refuse(Self.extras, values, "each member keeps its own value")
    case "schedule": refuse(Self.extras, values, "the schedule says every value")
    case "uniform": break
    case "choice": refuse(["transform", "bounds"], values, "a choice has no order and no ends")
    default: refuse(["transform"], values, "only `uniform` has one")
    }
    if isStructural, !["per_member", "schedule"].contains(domain) {
      refuse(["explore", "bounds"], "a structural hyperparameter", "it is never explored")
    }
  }

  /// One value for each of the first members.
  private func initials(_ item: Item, in domain: Domain) -> [Value] {
    let members = max(populationSize ?? .max, 1)
    return (item.list(of: 1...members, example: domain.example) ?? []).compactMap { initial($0, in: domain) }
  }

  private func initial(_ item: Item, in domain: Domain) -> Value? {
    guard let written = item.value() else { return nil }
    let value = domain.restored(written)
    guard domain.contains(value) else {
      item.wrong("is \(item.shown), which is not one of the values", remedy: "choose one of them: \(domain.shown)")
      return nil
    }
    return value
  }
}

extension Domain {
  /// Two of the values, as a list.
  fileprivate var example: String {
    switch self {
    case .uniform(let low, let high), .logUniform(let low, let high), .oneMinus(let low, let high):
      "[\(low), \(high)]"
    case .integer(let low, let high): "[\(low), \(high)]"
    case .ordered(let values), .choice(let values), .perMember(let values):
      "[\(values.prefix(2).map(\.description).joined(separator: ", "))]"
    case .fixed(let value): "[\(value)]"
    case .scheduled(let schedule): Domain.choice(schedule.values).example
    }
  }

  /// The values in a few words.
  fileprivate var shown: String {
    switch self {
    case .uniform(let low, let high), .logUniform(let low, let high), .oneMinus(let low, let high):
      "a number from \(low) to \(high)"
    case .integer(let low, let high): "an integer from \(low) to \(high)"
    case .ordered(let values), .choice(let values), .perMember(let values):
      values.prefix(8).map(\.description).joined(separator: ", ") + (values.count > 8 ? ", …" : "")
    case .fixed(let value): value.description
    case .scheduled(let schedule): Domain.choice(schedule.values).shown
    }
  }
}
