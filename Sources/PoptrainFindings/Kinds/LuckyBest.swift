internal import PopulationBasedTraining
internal import PoptrainText

/// Is the best score one lucky evaluation?
///
/// It is compared with the score of the model that it was trained from, and with the median of the scores of all that went
/// on from it. The higher of both is what to expect of the model.
enum LuckyBest {
  /// By how many standard deviations of a score it is above what to expect. Of single scores 2 % are.
  static let leastDeviations = 2.0

  static func verdict(_ course: Course, _ noise: ScoreNoise?) -> Verdict {
    guard course.rules.score.length == 1, course.rules.objectives.isEmpty, let best = course.best,
      let score = course.stretches[best].score
    else { return .nothing }
    let before = course.stretches[best].parent.flatMap { course.stretches[$0].score }
    let after = median(
      course.stretches.dropFirst(best + 1).filter { $0.parent == best }.compactMap(\.score))
    guard let noise, let before, let after else {
      return course.isOver ? .nothing : .tooEarly(whether: "the best score is luck")
    }
    let expected = max(before, after)
    let deviation = noise.deviation(near: course.stretches[best].endAge)
    guard deviation > 0, score - expected > leastDeviations * deviation else { return .nothing }
    let (rules, stretch) = (course.rules, course.stretches[best])
    return .finding(
      Finding(
        .luckyBest, .warning,
        "The best \(rules.metric), \(shortScore(rules.metric(ofScore: score))) of member \(stretch.member) at age "
          + "\(grouped(stretch.endAge)), is luck: before and after, its line had at most about "
          + "\(shortScore(rules.metric(ofScore: expected))), and a score varies by \(short(deviation)).",
        [
          "best": .number(rules.metric(ofScore: score)), "expected": .number(rules.metric(ofScore: expected)),
          "noise": .number(deviation), "deviations": .number((score - expected) / deviation),
          "member": .integer(stretch.member), "age": .integer(stretch.endAge),
        ],
        advice:
          "Do not report it: test the model on data that selected nothing, or `replay` its schedule with `--seeds`. "
          + "A `score` window keeps such scores from winning."))
  }
}
