internal import PoptrainText
internal import PopulationBasedTraining

/// How the value of a key is read, written and described.
struct Kind<T>: Sendable {
  /// What may be written, for the documentation.
  let type: String
  /// Reads a value, which may depend on what has been read before; reports what is wrong with it.
  let read: @Sendable (Item, Draft) -> T?
  /// The value as it is written; nothing, where there is none.
  let yaml: @Sendable (T) -> String?

  init(
    _ type: String, read: @escaping @Sendable (Item, Draft) -> T?, yaml: @escaping @Sendable (T) -> String?
  ) {
    self.type = type
    self.read = read
    self.yaml = yaml
  }

  /// The same for a property that may have no value.
  var optional: Kind<T?> {
    Kind<T?>(type, read: { item, draft in read(item, draft).map { $0 } }, yaml: { $0.flatMap(yaml) })
  }
}

extension Kind<Int> {
  static func integer(from least: Int, to greatest: Int = Scalar.greatest) -> Kind {
    let limits = greatest == Scalar.greatest ? "at least \(least)" : "\(least) to \(short(greatest))"
    return Kind("integer, \(limits)", read: { item, _ in item.integer(from: least, to: greatest) }, yaml: { "\($0)" })
  }

  /// Digits in groups of three, or a power of two.
  private static func short(_ number: Int) -> String {
    number >= 1 << 20 && number.nonzeroBitCount == 1 ? "2^\(number.trailingZeroBitCount)" : grouped(number)
  }
}

extension Kind<UInt64> {
  static var seed: Kind {
    Kind(
      "integer, at least 0", read: { item, _ in item.integer(from: 0).map { UInt64($0) } }, yaml: { "\($0)" })
  }
}

extension Kind<Double> {
  static var number: Kind { Kind("number", read: { item, _ in item.number() }, yaml: { "\($0)" }) }

  static func number(from least: Double) -> Kind {
    Kind(
      "number, at least \(least.formatted)", read: { item, _ in item.number(from: least) }, yaml: { "\($0)" })
  }
}

extension Kind<Bool> {
  static var boolean: Kind { Kind("boolean", read: { item, _ in item.boolean() }, yaml: { "\($0)" }) }
}

extension Kind<Duration> {
  static func timeSpan(from least: Duration) -> Kind {
    Kind("duration", read: { item, _ in item.duration(from: least) }, yaml: { $0.shown })
  }
}

extension Kind where T: RawRepresentable<String> & CaseIterable & Sendable {
  /// One of the words of an enumeration.
  static func word(because reason: String = "") -> Kind {
    let words = T.allCases.map { "`\($0.rawValue)`" }
    let first = words.dropLast().joined(separator: ", ")
    return Kind(
      "\(first) or \(words.last ?? "")", read: { item, _ in item.word(because: reason) }, yaml: { $0.rawValue })
  }
}

extension Kind<RuleChoice> {
  static var exploit: Kind {
    Kind(
      "rule", read: { item, _ in RuleReader.exploit.rule(item) }, yaml: { $0.yaml(ExploitRules.all.map { $0 }) })
  }
  static var explore: Kind {
    Kind(
      "rule", read: { item, _ in RuleReader.explore.rule(item) }, yaml: { $0.yaml(ExploreRules.all.map { $0 }) })
  }
}
