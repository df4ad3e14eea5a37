internal import PopulationBasedTraining
internal import PoptrainText

/// Has one founder taken over?
///
/// Every population comes to descend from one founder in the end, by chance alone. Selection that looks only at the next
/// interval brings that about early, and the rest of the budget then compares descendants of a single start.
enum Takeover {
  /// Before which part of the budget it is early: the rest is then most of the search.
  static let early = 1.0 / 3
  /// And before which part it is a warning. Where every best model doubles with each decision, 20 members descend from one
  /// after 5 of them, a sixth of 30.
  static let veryEarly = 1.0 / 5
  /// Smaller populations have hardly anything to lose.
  static let leastMembers = 4

  static func verdict(_ course: Course) -> Verdict {
    guard course.founders >= leastMembers, course.copies > 0, course.livingFounders == 1,
      let takeover = course.takeover
    else { return .nothing }
    let share = Double(takeover) / Double(course.plannedSteps)
    guard share < early else { return .nothing }
    var evidence: Evidence = [
      "founders": .integer(course.founders), "living_founders": .integer(1), "takeover_share": .number(share),
      "trained_share": .number(Double(course.trainedSteps) / Double(course.plannedSteps)),
    ]
    var ancestor = ""
    if let intervals = generationsToAncestor(course) {
      evidence["intervals_to_common_ancestor"] = .number(intervals)
      ancestor = "; their last common ancestor is \(short(intervals)) intervals back"
    }
    return .finding(
      Finding(
        .takeover, share < veryEarly ? .warning : .note,
        "Since \(percent(share)) of the budget all models descend from 1 of \(course.founders) founders\(ancestor).",
        evidence,
        advice: "Selection that looks at the next interval only is greedy: what starts slowly was lost. Where that may "
          + "matter, copy less (a smaller `quantile_fraction`), decide later (a longer `interval`, `burn_in`), or use "
          + "`subpopulations`."))
  }

  /// How many intervals were trained since the models that live now had one ancestor: the median over their lines.
  private static func generationsToAncestor(_ course: Course) -> Double? {
    let tips = course.models.values.compactMap { $0 }
    guard tips.count == course.models.count, !tips.isEmpty else { return nil }
    // How many of them descend from each stretch. A model comes after the one that it was trained from.
    var descendants = Array(repeating: 0, count: course.stretches.count)
    for tip in tips { descendants[tip] += 1 }
    for index in course.stretches.indices.reversed() where descendants[index] > 0 {
      if descendants[index] == tips.count { return depth(of: tips, below: index, in: course) }
      if let parent = course.stretches[index].parent { descendants[parent] += descendants[index] }
    }
    return nil
  }

  private static func depth(of tips: [Int], below ancestor: Int, in course: Course) -> Double? {
    var depths: [Int: Int] = [ancestor: 0]
    return median(
      tips.map { tip in
        var path: [Int] = []
        var next = tip
        while depths[next] == nil, let parent = course.stretches[next].parent {
          path.append(next)
          next = parent
        }
        var depth = depths[next, default: 0]
        for stretch in path.reversed() {
          depth += 1
          depths[stretch] = depth
        }
        return Double(depth)
      })
  }
}
