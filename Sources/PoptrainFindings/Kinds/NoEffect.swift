internal import PopulationBasedTraining
internal import PoptrainText

/// Did a hyperparameter never matter?
///
/// Within each group of stretches from one age to another, the improvement of the score is compared with the value, in the
/// scale in which values were drawn at first: with its place in the range, for values that should be higher or lower; with
/// the square of the distance of that place from the middle of the group, for values that should be neither; and for
/// values without an order with each of them by itself. So groups whose values lie far apart, as at the beginning, tell the
/// most. There is no sign of an effect where no such correlation can be told from chance, Bonferroni's correction made
/// for all of them, and where none can be large.
enum NoEffect {
  /// The least probability of all tests together: what is near the usual 0.05 is no sign of no effect either.
  static let leastP = 0.2
  /// A correlation below this explains less than 7 % of the variance of ranks.
  static let greatestCorrelation = 0.25
  /// How many standard errors around a correlation contain the true one, with 95 % confidence.
  static let errors = 1.96
  /// The standard error of a correlation with which so small a one can be recognized at all.
  static let greatestError = 0.1
  /// How many stretches a group must have.
  static let leastStretches = 4

  static func verdict(_ course: Course, _ transitions: [[Transition]]) -> Verdict {
    let groups = transitions.filter { $0.count >= leastStretches }
    let searched = course.rules.space.hyperparameters.filter(\.domain.isSearched)
    let tests = searched.map { hyperparameter in
      (hyperparameter.name, contrasts(of: hyperparameter, in: course, groups))
    }
    let count = tests.reduce(0) { $0 + $1.1.count }
    guard count > 0 else { return .nothing }
    let telling = tests.filter { $0.1.allSatisfy { $0.standardError <= greatestError } && !$0.1.isEmpty }
    guard !telling.isEmpty else { return .tooEarly(whether: "every hyperparameter matters") }
    return .findings(telling.compactMap { finding($0.0, $0.1, count, groups.reduce(0) { $0 + $1.count }) })
  }

  private static func finding(
    _ name: String, _ contrasts: [StratifiedRankTest], _ count: Int, _ intervals: Int
  ) -> Finding? {
    guard let strongest = contrasts.max(by: { $0.statistic.magnitude < $1.statistic.magnitude }) else { return nil }
    let p = min(1, strongest.twoSidedP * Double(count))
    let limit = contrasts.map { $0.correlation.magnitude + errors * $0.standardError }.max() ?? 1
    guard p >= leastP, limit < greatestCorrelation else { return nil }
    return Finding(
      .noEffect, .note,
      "\(name) shows no effect on what an interval improves: over \(counted(intervals, "interval")) the rank correlation is "
        + "\(short(strongest.correlation)) (\(probability(p))), and hardly beyond \(short(limit)).",
      [
        "hyperparameter": .text(name), "correlation": .number(strongest.correlation), "p": .number(p),
        "limit": .number(limit), "intervals": .integer(intervals),
      ],
      advice:
        "Fix \(name), or widen its range if it should matter. It may still matter in the long run, or together with "
        + "another value; `poptrain check` tests whether the trainer uses it at all.")
  }

  /// What of a hyperparameter may go together with improvement; nothing where its values do not vary.
  private static func contrasts(
    of hyperparameter: Hyperparameter, in course: Course, _ groups: [[Transition]]
  ) -> [StratifiedRankTest] {
    let (name, domain) = (hyperparameter.name, hyperparameter.domain)
    func test(_ weights: @escaping ([Double]) -> [Double]) -> StratifiedRankTest {
      StratifiedRankTest(
        groups.lazy.map { group in
          let places = group.map { transition in
            course.stretches[transition.stretch].hyperparameters[name].flatMap(domain.unit) ?? 0.5
          }
          return zip(weights(places), group).map { .init(weight: $0, value: $1.gain) }
        })
    }
    if case .choice(let values) = domain {
      let places = values.compactMap(domain.unit)
      // Of two values, the second says nothing more.
      return places.prefix(places.count == 2 ? 1 : places.count).map { place in
        test { $0.map { $0 == place ? 1 : 0 } }
      }.filter { $0.statistic != 0 }
    }
    return [
      test(\.self),
      test { places in
        let mean = places.reduce(0, +) / Double(places.count)
        return places.map { ($0 - mean) * ($0 - mean) }
      },
    ].filter { $0.statistic != 0 }
  }
}
