internal import PopulationBasedTraining
internal import PoptrainText

/// Was a hyperparameter all but constant along the line of the best model?
///
/// Then a schedule has found nothing that a constant would not do.
enum FlatSchedule {
  /// The part of its range within which it stayed.
  static let width = 0.1
  /// How often it must have been explored along the line. A step of the default explore rule is 0.024 of a range of four
  /// decades; after 8 of them, a value that goes up or down by chance has on average been in more than ``width`` of it.
  static let leastExplored = 8

  static func verdict(_ course: Course) -> Verdict {
    let rules = course.rules
    let hyperparameters = rules.space.hyperparameters.filter {
      $0.domain.isSearched && !$0.isStructural && ($0.explore ?? rules.explore).name != ExploreRules.none.name
    }
    guard course.isWithCopies, !hyperparameters.isEmpty, let best = course.best else { return .nothing }
    let line = course.line(to: best).map { course.stretches[$0] }
    let explored = line.count(where: \.isCopy)
    guard explored >= leastExplored else { return .nothing }
    return .findings(hyperparameters.compactMap { finding($0, along: line, explored) })
  }

  private static func finding(
    _ hyperparameter: Hyperparameter, along line: [Course.Stretch], _ explored: Int
  ) -> Finding? {
    let (name, domain) = (hyperparameter.name, hyperparameter.domain)
    let values = line.compactMap { $0.interval.hyperparameters[name] }
    let places = values.compactMap(domain.unit)
    guard places.count == values.count, let low = places.min(), let high = places.max(), let first = values.first
    else { return nil }
    var isOrdered = true
    if case .choice = domain { isOrdered = false }
    guard isOrdered ? high - low <= width : low == high else { return nil }
    let numbers = values.compactMap(\.asNumber)
    let middle = median(numbers)
    let constant = low == high ? "\(domain.isReal ? short(middle ?? 0) : first.description)" : short(middle ?? 0)
    var evidence: Evidence = [
      "hyperparameter": .text(name), "width": .number(high - low), "explored": .integer(explored),
      "constant": .text(constant),
    ]
    var stayed = "was \(constant) throughout"
    if low < high, let least = numbers.min(), let most = numbers.max() {
      evidence["lowest"] = .number(least)
      evidence["highest"] = .number(most)
      stayed = "stayed between \(short(least)) and \(short(most)), \(percent(high - low)) of its range"
    }
    return Finding(
      .flatSchedule, .note,
      "\(name) \(stayed) along the line of the best model, though \(explored) copies explored it.", evidence,
      advice: "A constant of \(constant) would probably do as well: fix it, and spend the population on other values.")
  }
}

extension Domain {
  /// Whether its values are real numbers.
  fileprivate var isReal: Bool {
    switch self {
    case .uniform, .logUniform, .oneMinus: true
    case .integer, .ordered, .choice, .perMember, .fixed, .scheduled: false
    }
  }
}
