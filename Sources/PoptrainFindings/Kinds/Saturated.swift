internal import PopulationBasedTraining
internal import PoptrainText

/// Do many members have exactly the best score?
///
/// Then nothing but chance tells them apart.
enum Saturated {
  /// The part of the members that tie: as large as the part that the default rule copies from.
  static let leastShare = 0.2
  /// And so many of them, at least.
  static let leastMembers = 3

  static func verdict(_ course: Course) -> Verdict {
    guard course.rules.objectives.isEmpty else { return .nothing }
    var last: [Member.ID: Double] = [:]
    for stretch in course.stretches { if let score = stretch.score { last[stretch.member] = score } }
    let living = last.filter { course.models[$0.key] != nil }
    guard let best = course.stretches.compactMap(\.score).max() else { return .nothing }
    let tied = living.values.count { $0 == best }
    guard tied >= leastMembers, Double(tied) >= leastShare * Double(living.count) else { return .nothing }
    let metric = course.rules.metric(ofScore: best)
    return .finding(
      Finding(
        .saturated, .warning,
        "\(tied) of \(living.count) members have exactly the best \(course.rules.metric), \(shortScore(metric)): selection "
          + "cannot tell them apart.",
        ["tied": .integer(tied), "members": .integer(living.count), "best": .number(metric)],
        advice:
          "Select by a finer metric, such as a loss instead of an accuracy, or measure on more or harder data. If this "
          + "is as good as it gets, `stop: {target: \(shortScore(metric))}` ends such a run earlier."))
  }
}
