internal import PopulationBasedTraining
internal import PoptrainText

/// Which members have never trained a model?
enum NeverTrained {
  /// How many intervals there must have been for each member since it joined: the least advanced is trained first.
  static let leastRounds = 2

  static func verdict(_ course: Course, in folder: String?) -> Verdict {
    let trained = Set(course.stretches.filter { $0.hasModel }.map(\.member))
    let idle = course.joined.filter { member, stretches in
      !trained.contains(member) && course.stretches.count - stretches >= leastRounds * course.joined.count
    }.keys.sorted()
    guard let first = idle.first else { return .nothing }
    let shown = listed(idle.prefix(5).map { "\($0)" } + (idle.count > 5 ? ["\(idle.count - 5) more"] : []))
    return .finding(
      Finding(
        .neverTrained, .warning,
        "\(idle.count) of \(counted(course.joined.count, "member")) \(idle.count == 1 ? "has" : "have") never completed an "
          + "interval with a model: \(shown).",
        [
          "members": .integer(idle.count), "of": .integer(course.joined.count),
          "ids": .text(idle.map { "\($0)" }.joined(separator: " ")),
        ],
        advice: folder.map { "See why: `poptrain logs \(shellPath($0)) --member \(first)`." }))
  }
}
