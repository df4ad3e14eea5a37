internal import PopulationBasedTraining
internal import PoptrainText

/// Do the values that are selected pile up at an end of their range?
///
/// Asked of the models that were copied last, in the scale in which values were drawn at first, where a tenth of them was
/// in each outer tenth. Where all have come to an end nobody is copied any more, so these are the last quarter of all
/// copies, whenever they were. What copies explore says nothing: from an end, most of them are
/// sent away from it. Values that descend from a lucky founder pile up too, so models must also have improved the more the
/// nearer their values were to that end.
enum RangeEnd {
  /// The part of a range that is its end.
  static let end = 0.1
  /// The part of the last donors that must have trained there: five times as many as at first.
  static let leastShare = 0.5
  /// How many stretches there must be.
  static let leastStretches = 80
  /// How many copies are looked at, at least.
  static let leastCopies = 10
  /// The level of the test, with two sides, whether improvement goes together with values towards that end.
  static let level = 0.01
  /// A grid of fewer values has much of its range at its ends.
  static let leastValues = 5

  /// - Parameter idle: the hyperparameters that show no effect.
  static func verdict(_ course: Course, _ transitions: [[Transition]], without idle: Set<String>) -> Verdict {
    let hyperparameters = course.rules.space.hyperparameters.filter { $0.domain.hasEnds && !$0.isStructural }
    guard course.isWithCopies, !hyperparameters.isEmpty else { return .nothing }
    guard course.stretches.count >= leastStretches, course.copies >= leastCopies else {
      return .tooEarly(whether: "values pile up at an end of their range")
    }
    let donors = course.stretches.compactMap { $0.isCopy ? $0.parent.map { course.stretches[$0] } : nil }
    let last = Array(donors.suffix(max(leastCopies, donors.count / 4)))
    guard last.count >= leastCopies else { return .nothing }
    return .findings(
      hyperparameters.filter { !idle.contains($0.name) }.compactMap { finding($0, of: last, in: course, transitions) }
    )
  }

  private static func finding(
    _ hyperparameter: Hyperparameter, of donors: [Course.Stretch], in course: Course, _ transitions: [[Transition]]
  ) -> Finding? {
    let (name, domain) = (hyperparameter.name, hyperparameter.domain)
    let values = donors.compactMap { donor -> (value: Double, place: Double)? in
      guard let value = donor.hyperparameters[name], let number = value.asNumber else { return nil }
      return domain.unit(of: value).map { (number, $0) }
    }
    let (low, high) = (values.count { $0.place <= end }, values.count { $0.place >= 1 - end })
    let isLow = low >= high
    let share = Double(max(low, high)) / Double(max(1, values.count))
    guard share >= leastShare, let limit = domain.ends.map({ isLow ? $0.lowerBound : $0.upperBound }),
      isBetter(hyperparameter, atLow: isLow, in: course, transitions)
    else { return nil }
    let bestPlace = course.best.flatMap { course.stretches[$0].hyperparameters[name] }.flatMap(domain.unit)
    let isBest = bestPlace.map { isLow ? $0 <= end : $0 >= 1 - end } ?? false
    let side = isLow ? "lower" : "upper"
    let middle = median(values.map(\.value)) ?? limit
    return Finding(
      .rangeEnd, isBest ? .warning : .note,
      "\(percent(share)) of the last \(counted(values.count, "copy")) were of models that had \(name) in the "
        + "\(isLow ? "lowest" : "highest") tenth of its range, which ends at \(short(limit)) (median \(short(middle)))"
        + "\(isBest ? "; so has the best model" : "").",
      [
        "hyperparameter": .text(name), "end": .text(side), "limit": .number(limit), "share": .number(share),
        "copies": .integer(values.count), "median": .number(middle),
      ],
      advice: "Extend the range of \(name) \(isLow ? "below" : "above") \(short(limit)), if such values make sense"
        + (isLow && domain.couldBeLogarithmic ? ", or tell small values apart by `log_uniform`." : "."))
  }

  /// Whether values nearer to an end went together with more improvement, in the whole run or, where the best value moves,
  /// in its second half.
  private static func isBetter(
    _ hyperparameter: Hyperparameter, atLow isLow: Bool, in course: Course, _ transitions: [[Transition]]
  ) -> Bool {
    func test(from age: Int) -> Bool {
      let groups = transitions.filter { group in
        group.count >= NoEffect.leastStretches && group.allSatisfy { course.stretches[$0.stretch].startAge >= age }
      }
      let test = StratifiedRankTest(
        groups.map { group in
          group.map { transition in
            let value = course.stretches[transition.stretch].hyperparameters[hyperparameter.name]
            return .init(weight: value.flatMap(hyperparameter.domain.unit) ?? 0.5, value: transition.gain)
          }
        })
      return test.twoSidedP < level && (test.statistic < 0) == isLow
    }
    return test(from: 0) || test(from: course.rules.steps / 2)
  }
}

extension Domain {
  /// The end at which a value lies, in words: `the upper end of its range, 1`; none where it lies between or the range has no ends.
  func end(near value: Value) -> String? {
    guard let ends, let number = value.asNumber, let place = unit(of: value) else { return nil }
    if place <= RangeEnd.end || number <= ends.lowerBound {
      return "the lower end of its range, \(short(ends.lowerBound))"
    }
    if place >= 1 - RangeEnd.end || number >= ends.upperBound {
      return "the upper end of its range, \(short(ends.upperBound))"
    }
    return nil
  }

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
