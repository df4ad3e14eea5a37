internal import PopulationBasedTraining
internal import PoptrainText

/// Do values pile up at an end of their range?
///
/// Asked of the last quarter of all stretches, in the scale in which values were drawn at first, where a tenth of them was
/// in each outer tenth.
enum RangeEnd {
  /// The part of a range that is its end.
  static let end = 0.1
  /// The part of the last stretches that must have trained there: five times as many as at first.
  static let leastShare = 0.5
  /// Of how many stretches there must be a quarter.
  static let leastStretches = 80
  /// How many copies there must have been: values of the beginning were drawn.
  static let leastCopies = 10
  /// A grid of fewer values has much of its range at its ends.
  static let leastValues = 5

  static func verdict(_ course: Course) -> Verdict {
    let hyperparameters = course.rules.space.hyperparameters.filter { $0.domain.hasEnds && !$0.isStructural }
    guard course.isWithCopies, !hyperparameters.isEmpty else { return .nothing }
    guard course.stretches.count >= leastStretches, course.copies >= leastCopies else {
      return .tooEarly(whether: "values pile up at an end of their range")
    }
    return .findings(hyperparameters.compactMap { finding($0, in: course) })
  }

  private static func finding(_ hyperparameter: Hyperparameter, in course: Course) -> Finding? {
    let (name, domain) = (hyperparameter.name, hyperparameter.domain)
    let last = course.stretches.suffix(course.stretches.count / 4)
    let values = last.compactMap { stretch -> (value: Double, place: Double)? in
      guard let value = stretch.hyperparameters[name], let number = value.asNumber else { return nil }
      return domain.unit(of: value).map { (number, $0) }
    }
    let (low, high) = (values.count { $0.place <= end }, values.count { $0.place >= 1 - end })
    let isLow = low >= high
    let share = Double(max(low, high)) / Double(max(1, values.count))
    guard share >= leastShare, let limit = domain.ends.map({ isLow ? $0.lowerBound : $0.upperBound }) else {
      return nil
    }
    let bestPlace = course.best.flatMap { course.stretches[$0].hyperparameters[name] }.flatMap(domain.unit)
    let isBest = bestPlace.map { isLow ? $0 <= end : $0 >= 1 - end } ?? false
    let side = isLow ? "lower" : "upper"
    let middle = median(values.map(\.value)) ?? limit
    return Finding(
      .rangeEnd, isBest ? .warning : .note,
      "\(percent(share)) of the last \(grouped(values.count)) intervals had \(name) in the \(isLow ? "lowest" : "highest") "
        + "tenth of its range, which ends at \(short(limit)) (median \(short(middle)))"
        + "\(isBest ? "; so has the best model" : "").",
      [
        "hyperparameter": .text(name), "end": .text(side), "limit": .number(limit), "share": .number(share),
        "intervals": .integer(values.count),
        "median": .number(middle),
      ],
      advice: "Extend the range of \(name) \(isLow ? "below" : "above") \(short(limit)), if such values make sense"
        + (isLow && domain.couldBeLogarithmic ? ", or tell small values apart by `log_uniform`." : "."))
  }
}

extension Domain {
  /// Whether it has a lower and an upper end with enough values between.
  fileprivate var hasEnds: Bool {
    switch self {
    case .uniform, .logUniform, .oneMinus: true
    case .integer(let low, let high): high - low + 1 >= RangeEnd.leastValues
    case .ordered(let values): values.count >= RangeEnd.leastValues && values.allSatisfy { $0.asNumber != nil }
    case .choice, .perMember, .fixed, .scheduled: false
    }
  }

  /// Whether a logarithmic range could take the place of this one.
  fileprivate var couldBeLogarithmic: Bool { if case .uniform(let low, _) = self { low > 0 } else { false } }

  /// The first and the last value.
  fileprivate var ends: ClosedRange<Double>? {
    switch self {
    case .uniform(let low, let high), .logUniform(let low, let high), .oneMinus(let low, let high): low...high
    case .integer(let low, let high): Double(low)...Double(high)
    case .ordered(let values):
      // A list may fall.
      values.compactMap(\.asNumber).min().flatMap { low in values.compactMap(\.asNumber).max().map { low...$0 } }
    case .choice, .perMember, .fixed, .scheduled: nil
    }
  }
}
