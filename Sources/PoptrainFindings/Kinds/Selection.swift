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
    let endAge: Int
    let copies: [Double]
    let others: [Double]

    init?(_ transitions: [Transition], in course: Course) {
      let own = transitions.filter { !course.stretches[$0.stretch].isCopy && $0.start != nil }
      guard let first = own.first, let middle = median(own.compactMap(\.start)) else { return nil }
      endAge = course.stretches[first.stretch].endAge
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
    let all = Comparison(groups)
    let late = Comparison(groups.filter { $0.endAge > course.rules.steps / 2 })
    var evidence: Evidence = [
      "copies": .integer(all.copies), "others": .integer(all.others), "share_better": .number(all.share),
      "difference": .number(all.difference), "p": .number(all.test.twoSidedP),
    ]
    var later = ""
    if late.copies >= leastCopies, late.copies < all.copies {
      evidence["late_copies"] = .integer(late.copies)
      evidence["late_share_better"] = .number(late.share)
      evidence["late_p"] = .number(late.test.twoSidedP)
      later = " In the second half of the run it was \(percent(late.share)) (\(probability(late.test.twoSidedP)))."
    }
    let compared =
      "an interval after the copy, \(counted(copies, "copy")) scored better than the weaker half of the members that kept "
      + "their model in \(percent(all.share)) of comparisons"
    let p = probability(all.test.twoSidedP)
    if all.test.twoSidedP >= level {
      return Finding(
        .selection, .warning, "Selection cannot be told from noise: \(compared) (\(p)).\(later)", evidence,
        advice:
          "Make the score less noisy (more evaluation data, or a `score` window over several evaluations), or the "
          + "interval longer. Until then copies are chosen by luck.")
    }
    if all.test.statistic > 0 {
      let isLost = !later.isEmpty && late.test.twoSidedP >= level
      return Finding(
        .selection, .good,
        "Selection helps: \(compared), by \(short(all.difference)) on average (\(p)).\(later)", evidence,
        advice: isLost
          ? "Late copies cannot be told from luck: a less noisy score or longer intervals would help there." : nil)
    }
    return Finding(
      .selection, .warning,
      "Copies do badly: \(compared), \(short(-all.difference)) worse on average (\(p)).\(later)", evidence,
      advice:
        "Check that the trainer loads all of a checkpoint (`poptrain check` does), and make the steps of `explore` "
        + "smaller: what it changes costs more than the copy brings.")
  }

  /// What groups say together.
  private struct Comparison {
    let copies: Int
    let others: Int
    /// In which part of comparisons the copy was better.
    let share: Double
    /// By how much, on average over copies.
    let difference: Double
    let test: StratifiedRankTest

    init(_ groups: [Group]) {
      copies = groups.reduce(0) { $0 + $1.copies.count }
      others = groups.reduce(0) { $0 + $1.others.count }
      share = groups.reduce(0) { $0 + $1.wins } / groups.reduce(0) { $0 + $1.comparisons }
      difference = groups.reduce(0) { $0 + Double($1.copies.count) * $1.difference } / Double(copies)
      test = StratifiedRankTest(groups.map(\.points))
    }
  }
}
