internal import PopulationBasedTraining

/// Reads `hyperparameters`: names with a constant or a range each.
struct HyperparameterReader {
  /// How many values a list per member must have; nothing, if the population's size is wrong itself.
  let populationSize: Int?

  /// The ways to describe values.
  static let domains = ["uniform", "log_uniform", "integer", "ordered", "choice", "per_member"]
  /// What else a description may have.
  static let extras = ["initial", "structural"]

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
    let kind = "a key of a hyperparameter"
    guard let section = Section(item, known: Self.domains + Self.extras, kind: kind, prefix: "\(name).") else {
      return nil
    }
    let given = section.entries.filter { Self.domains.contains($0.key) }
    guard let first = given.first, given.count == 1 else {
      if given.count > 1 {
        item.wrong("has \(given.map { "`\($0.key)`" }.joined(separator: " and "))", remedy: "keep one of them")
      } else if !section.hasUnknownKeys {
        item.wrong("has no values", remedy: "write for example `\(name): {uniform: [0.0, 1.0]}`, or a constant")
      }
      return nil
    }
    let domain = self.domain(first.key, first.value, of: name)
    let isStructural = section.optional("structural", default: false) { $0.boolean() }
    guard let domain else { return nil }
    if !domain.isSearched {
      for key in Self.extras {
        section[key]?.wrong(
          "has no meaning for `per_member` values", remedy: "remove it; each member keeps its own value")
      }
      return Hyperparameter(name, domain)
    }
    let initial = section["initial"].flatMap { self.initial($0, in: domain) }
    guard let isStructural else { return nil }
    return Hyperparameter(name, domain, initial: initial, isStructural: isStructural)
  }

  private func domain(_ key: String, _ item: Item, of name: String) -> Domain? {
    switch key {
    case "uniform":
      return ends(item, of: name, "[0.0, 1.0]") { $0.number() }.flatMap { low, high in
        guard (high - low).isFinite else { return tooWide(item) }
        return .uniform(low, high)
      }
    case "log_uniform":
      return ends(item, of: name, "[1e-4, 1.0]") { $0.number() }.flatMap { low, high in
        guard low > 0 else {
          item.wrong(
            "must be above zero, since zero and negative numbers have no logarithm",
            remedy: high > 0
              ? "raise the lower end, for example to `\(high / 1000)`, or use `uniform`" : "use `uniform`")
          return nil
        }
        guard (high / low).isFinite else { return tooWide(item) }
        return .logUniform(low, high)
      }
    case "integer":
      return ends(item, of: name, "[1, 8]") { $0.integer() }.map { .integer($0, $1) }
    case "ordered":
      return values(item, "[16, 32, 64]").flatMap { values in
        guard Set(values.map(\.kind)).count == 1 else {
          item.wrong(
            "mixes numbers, texts and booleans", remedy: "give values of one kind, or use `choice`, which has no order")
          return nil
        }
        return .ordered(values)
      }
    case "choice":
      return values(item, "[none, flip, crop]").map { .choice($0) }
    default:
      return perMember(item)
    }
  }

  /// The two ends of a range.
  private func ends<End: Comparable>(
    _ item: Item, of name: String, _ example: String, _ read: (Item) -> End?
  ) -> (low: End, high: End)? {
    guard let ends = item.list(of: 2...2, example: example, read) else { return nil }
    if ends[0] == ends[1] {
      item.wrong("has equal ends", remedy: "write the constant `\(name): \(ends[0])`, or move an end")
      return nil
    }
    if ends[0] > ends[1] {
      item.wrong("ends below its start", remedy: "write the lower end first: `[\(ends[1]), \(ends[0])]`")
      return nil
    }
    return (ends[0], ends[1])
  }

  private func tooWide<T>(_ item: Item) -> T? {
    item.wrong("is wider than numbers can measure", remedy: "choose ends that are closer")
    return nil
  }

  /// At least two different values.
  private func values(_ item: Item, _ example: String) -> [Value]? {
    guard let items = item.list(of: 2...Int.max, example: example),
      let values = sameNumbers(items.map { $0.value() })
    else { return nil }
    var seen: Set<Value> = []
    var areDifferent = true
    for (value, entry) in zip(values, items) where !seen.insert(value).inserted {
      entry.wrong(
        "is there already: \(entry.shown)", remedy: "remove one of them; a repeated value is not drawn more often")
      areDifferent = false
    }
    return areDifferent ? values : nil
  }

  private func perMember(_ item: Item) -> Domain? {
    let count = populationSize ?? 2
    guard let items = item.list(example: "[\((1...count).prefix(3).map(String.init).joined(separator: ", ")), …]"),
      let values = sameNumbers(items.map { $0.value() })
    else { return nil }
    guard values.count == populationSize ?? values.count else {
      item.wrong(
        "has \(values.count) values for \(count) members",
        remedy: "give one value for each of the `population_size` members")
      return nil
    }
    return .perMember(values)
  }

  /// The values; where one number is real, all are. Nothing, where one is missing.
  private func sameNumbers(_ values: [Value?]) -> [Value]? {
    let found = values.compactMap(\.self)
    guard found.count == values.count else { return nil }
    guard found.contains(where: { if case .number = $0 { true } else { false } }) else { return found }
    return found.map { value in value.asNumber.map { .number($0) } ?? value }
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

extension Value {
  /// Numbers, texts and booleans.
  fileprivate var kind: Int {
    switch self {
    case .number, .integer: 0
    case .text: 1
    case .boolean: 2
    }
  }
}

extension Domain {
  /// The values in a few words.
  fileprivate var shown: String {
    switch self {
    case .uniform(let low, let high), .logUniform(let low, let high): "a number from \(low) to \(high)"
    case .integer(let low, let high): "a whole number from \(low) to \(high)"
    case .ordered(let values), .choice(let values), .perMember(let values):
      values.prefix(8).map(\.description).joined(separator: ", ") + (values.count > 8 ? ", …" : "")
    case .fixed(let value): value.description
    }
  }
}
