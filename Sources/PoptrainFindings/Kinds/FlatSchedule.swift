internal import PopulationBasedTraining
internal import PoptrainText

/// Was a hyperparameter all but constant along the line of the best model?
///
/// Then a schedule has found nothing that a constant would not do.
enum FlatSchedule {
  /// The part of its range within which it stayed.
  static let width = 0.1
  /// How many copies of the run must have tried other values.
  static let leastCopies = 20
  /// How many stretches the line must have.
  static let leastLength = 10

  /// - Parameter idle: the hyperparameters that show no effect, for which any constant would do.
  static func verdict(_ course: Course, without idle: Set<String>) -> Verdict {
    let rules = course.rules
    let hyperparameters = rules.space.hyperparameters.filter {
      $0.domain.isSearched && !$0.isStructural && ($0.explore ?? rules.explore).name != ExploreRules.none.name
        && !idle.contains($0.name)
    }
    guard course.isWithCopies, !hyperparameters.isEmpty, let best = course.best else { return .nothing }
    let line = course.line(to: best).map { course.stretches[$0] }
    guard line.count >= leastLength, course.copies >= leastCopies else { return .nothing }
    return .findings(hyperparameters.compactMap { finding($0, along: line, course.copies) })
  }

  private static func finding(
    _ hyperparameter: Hyperparameter, along line: [Course.Stretch], _ copies: Int
  ) -> Finding? {
    let (name, domain) = (hyperparameter.name, hyperparameter.domain)
    let values = line.compactMap { $0.hyperparameters[name] }
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
      "hyperparameter": .text(name), "width": .number(high - low), "copies": .integer(copies),
      "constant": .text(constant),
    ]
    var stayed = "was \(constant) throughout"
    if low < high, let least = numbers.min(), let most = numbers.max() {
      evidence["lowest"] = .number(least)
      evidence["highest"] = .number(most)
      stayed = "stayed between \(short(least)) and \(short(most)), \(percent(high - low)) of its range"
    }
    let end = values.last.flatMap(domain.end)
    return Finding(
      .flatSchedule, .note,
      "\(name) \(stayed) along the line of the best model, while \(counted(copies, "copy")) tried other values.",
      evidence,
      advice: end.map {
        "That is at \($0): extend the range, if values beyond make sense. Otherwise a constant of \(constant) would probably "
          + "do as well."
      } ?? "A constant of \(constant) would probably do as well: fix it, and spend the population on other values.")
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
