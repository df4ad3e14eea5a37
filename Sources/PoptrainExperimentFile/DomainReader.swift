internal import PopulationBasedTraining

/// Reads the values of one hyperparameter: what stands after `uniform`, `ordered` and their like.
struct DomainReader {
  let name: String
  /// How many values a list per member must have; nothing, if the population's size is wrong itself.
  let populationSize: Int?

  /// The ways to describe values.
  static let domains = ["uniform", "log_uniform", "integer", "ordered", "choice", "per_member", "schedule"]

  /// By what a range of real numbers is measured.
  enum Transform: String, CaseIterable {
    case log
    case oneMinus = "one_minus"
  }

  /// - Parameters:
  ///   - key: one of ``domains``.
  ///   - transform: what the file gives beside `uniform`.
  func domain(_ key: String, _ item: Item, _ transform: Transform?) -> Domain? {
    switch key {
    case "uniform":
      return ends(item, "[0.0, 1.0]") { $0.number() }.flatMap { low, high in
        switch transform {
        case .log: logUniform(low, high, item, otherwise: "leave out `transform`")
        case .oneMinus: oneMinus(low, high, item)
        case nil: (high - low).isFinite ? .uniform(low, high) : tooWide(item)
        }
      }
    case "log_uniform":
      return ends(item, "[1e-4, 1.0]") { $0.number() }.flatMap { logUniform($0, $1, item, otherwise: "use `uniform`") }
    case "integer": return ends(item, "[1, 8]") { $0.integer() }.map { .integer($0, $1) }
    case "ordered": return values(item, "[16, 32, 64]").flatMap { isOfOneKind($0, item) ? .ordered($0) : nil }
    case "choice": return values(item, "[none, flip, crop]").map { .choice($0) }
    case "per_member": return perMember(item)
    default: return schedule(item)
    }
  }

  // MARK: Ranges

  /// The two ends of a range.
  private func ends<End: Comparable>(
    _ item: Item, _ example: String, _ read: (Item) -> End?
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

  private func logUniform(_ low: Double, _ high: Double, _ item: Item, otherwise other: String) -> Domain? {
    guard low > 0 else {
      item.wrong(
        "must be above zero, since zero and negative numbers have no logarithm",
        remedy: high > 0 ? "raise the lower end, for example to `\(high / 1000)`, or \(other)" : other)
      return nil
    }
    return (high / low).isFinite ? .logUniform(low, high) : tooWide(item)
  }

  private func oneMinus(_ low: Double, _ high: Double, _ item: Item) -> Domain? {
    guard high < 1 else {
      let other = "leave out `transform`"
      item.wrong(
        "must be below 1, since `one_minus` takes the logarithm of the distance to 1",
        remedy: low < 1 ? "lower the upper end, for example to `\(1 - (1 - low) / 1000)`, or \(other)" : other)
      return nil
    }
    return ((1 - low) / (1 - high)).isFinite ? .oneMinus(low, high) : tooWide(item)
  }

  private func tooWide(_ item: Item) -> Domain? {
    item.wrong("is too wide for a 64-bit float", remedy: "choose ends that are closer")
    return nil
  }

  // MARK: Lists

  /// At least two different values.
  private func values(_ item: Item, _ example: String) -> [Value]? {
    guard let items = item.list(of: 2...Int.max, example: example),
      let values = sameNumbers(items.map { $0.value() })
    else { return nil }
    var seen: Set<Value> = []
    var areDifferent = true
    for (value, entry) in zip(values, items) where !seen.insert(value).inserted {
      entry.wrong(
        "is a duplicate: \(entry.shown)", remedy: "remove one of them; a repeated value is not drawn more often")
      areDifferent = false
    }
    return areDifferent ? values : nil
  }

  private func isOfOneKind(_ values: [Value], _ item: Item) -> Bool {
    guard Set(values.map(\.kind)).count == 1 else {
      item.wrong(
        "mixes numbers, texts and booleans", remedy: "give values of one kind, or use `choice`, which has no order")
      return false
    }
    return true
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

  private func schedule(_ item: Item) -> Domain? {
    let reader = ScheduleReader(example: "{0: 0.1, 600: 0.01}")
    return reader.schedule(item) { sameNumbers($0.map { $0.value() }) }.map { .scheduled($0) }
  }

  /// The values; where one number is real, all are. Nothing, where one is missing.
  private func sameNumbers(_ values: [Value?]) -> [Value]? {
    let found = values.compactMap(\.self)
    guard found.count == values.count else { return nil }
    guard found.contains(where: { if case .number = $0 { true } else { false } }) else { return found }
    return found.map { value in value.asNumber.map { .number($0) } ?? value }
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
