internal import PopulationBasedTraining
internal import PoptrainText

/// Did copying do anything?
///
/// What a copy gains over the score that its member had before says nothing: who is replaced had a low score, partly by bad
/// luck, and would have scored better the next time anyway. What it loses against its donor says as little. So copies are
/// compared, an interval later, with members that kept their own model from the same age to the same age: with the half
/// of them that had the lower scores, since those of a still lower score are the ones that copies replaced. Where scores
/// are pure noise, all of these are drawn alike.
enum Selection {
  /// How many copies have to be compared.
  static let leastCopies = 10
  /// The level of the test with two sides, so that pure noise is taken for help in 1 of 40 runs.
  static let level = 0.05

  static func verdict(_ course: Course, _ transitions: [[Transition]]) -> Verdict {
    guard course.rules.objectives.isEmpty, course.isWithCopies else { return .nothing }
    let groups = transitions.compactMap { Group($0, in: course) }
    let copies = groups.reduce(0) { $0 + $1.copies.count }
    guard copies >= leastCopies else { return .tooEarly(whether: "selection helps") }
    return .finding(finding(course, groups, copies))
  }

  /// Copies and those that they are compared with.
  private struct Group {
    let copies: [Double]
    let others: [Double]

    init?(_ transitions: [Transition], in course: Course) {
      let own = transitions.filter { !course.stretches[$0.stretch].isCopy && $0.start != nil }
      guard let middle = median(own.compactMap(\.start)) else { return nil }
      copies = transitions.filter { course.stretches[$0.stretch].isCopy }.map(\.end)
      others = own.filter { ($0.start ?? .infinity) <= middle }.map(\.end)
      if copies.isEmpty || others.isEmpty { return nil }
    }

    var points: [StratifiedRankTest.Point] {
      copies.map { .init(weight: 1, value: $0) } + others.map { .init(weight: 0, value: $0) }
    }

    /// How often a copy is above another member, ties counted as half.
    var wins: Double {
      let ranks = midranks(copies + others).prefix(copies.count).reduce(0, +)
      return ranks - Double(copies.count * (copies.count + 1)) / 2
    }

    var comparisons: Double { Double(copies.count * others.count) }

    /// By how much the median copy is above the median of the others.
    var difference: Double { (median(copies) ?? 0) - (median(others) ?? 0) }
  }

  private static func finding(_ course: Course, _ groups: [Group], _ copies: Int) -> Finding {
    let test = StratifiedRankTest(groups.map(\.points))
    let share = groups.reduce(0) { $0 + $1.wins } / groups.reduce(0) { $0 + $1.comparisons }
    let difference = groups.reduce(0) { $0 + Double($1.copies.count) * $1.difference } / Double(copies)
    let evidence: Evidence = [
      "copies": .integer(copies), "others": .integer(groups.reduce(0) { $0 + $1.others.count }),
      "share_better": .number(share), "difference": .number(difference), "p": .number(test.twoSidedP),
    ]
    let compared =
      "an interval after the copy, \(counted(copies, "copy")) scored better than the weaker half of the members that kept "
      + "their model in \(percent(share)) of comparisons"
    if test.twoSidedP >= level {
      return Finding(
        .selection, .warning, "Selection cannot be told from noise: \(compared) (\(probability(test.twoSidedP))).",
        evidence,
        advice: "Make the score less noisy (more evaluation data, or a `score` window over several evaluations), or the "
          + "interval longer. Until then copies are chosen by luck.")
    }
    if test.statistic > 0 {
      return Finding(
        .selection, .good,
        "Selection helps: \(compared), by \(short(difference)) on average (\(probability(test.twoSidedP))).", evidence)
    }
    return Finding(
      .selection, .warning,
      "Copies do badly: \(compared), \(short(-difference)) worse on average (\(probability(test.twoSidedP))).", evidence,
      advice: "Check that the trainer loads all of a checkpoint (`poptrain check` does), and make the steps of `explore` "
        + "smaller: what it changes costs more than the copy brings.")
  }
}
