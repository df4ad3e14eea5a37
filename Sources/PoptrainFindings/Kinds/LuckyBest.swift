internal import PopulationBasedTraining
internal import PoptrainText

/// Is the best score one lucky evaluation?
///
/// It is compared with the scores of the same model line before and after it: with the median of the two before, and with
/// the median of the next two of the member that went on from it; where that copied another, of all that went on from
/// it. The higher of both is what to expect of the model.
enum LuckyBest {
  /// By how many standard deviations of a score it is above what to expect. Of single scores 2 % are.
  static let leastDeviations = 2.0

  static func verdict(_ course: Course, _ noise: ScoreNoise?) -> Verdict {
    guard course.rules.score.length == 1, course.rules.objectives.isEmpty, let best = course.best,
      let score = course.stretches[best].score
    else { return .nothing }
    let before = course.line(to: best).dropLast().suffix(2).compactMap { course.stretches[$0].score }
    let after = next(after: best, in: course)
    guard let noise, let past = median(before), let future = median(after) else {
      return course.isOver ? .nothing : .tooEarly(whether: "the best score is luck")
    }
    let expected = max(past, future)
    let deviation = noise.deviation(near: course.stretches[best].interval.endAge)
    guard deviation > 0, score - expected > leastDeviations * deviation else { return .nothing }
    let (rules, interval) = (course.rules, course.stretches[best].interval)
    return .finding(
      Finding(
        .luckyBest, .warning,
        "The best \(rules.metric), \(shortScore(rules.metric(ofScore: score))) of member \(interval.member) at age "
          + "\(grouped(interval.endAge)), is luck: its line had about \(shortScore(rules.metric(ofScore: expected))) before "
          + "and after, and a score varies by \(short(deviation)).",
        [
          "best": .number(rules.metric(ofScore: score)), "expected": .number(rules.metric(ofScore: expected)),
          "noise": .number(deviation), "deviations": .number((score - expected) / deviation),
          "member": .integer(interval.member), "age": .integer(interval.endAge),
        ],
        advice: "Do not report it: test the model on data that selected nothing, or `replay` its schedule with `--seeds`. "
          + "A `score` window keeps such scores from winning."))
  }

  private static func next(after best: Int, in course: Course) -> [Double] {
    let children = course.stretches.indices.dropFirst(best + 1).filter { course.stretches[$0].parent == best }
    let own = children.first { !course.stretches[$0].isCopy }
    guard let own, let score = course.stretches[own].score else {
      return children.compactMap { course.stretches[$0].score }
    }
    let second = course.stretches.indices.dropFirst(own + 1).first {
      course.stretches[$0].parent == own && !course.stretches[$0].isCopy
    }
    return [score] + [second.flatMap { course.stretches[$0].score }].compactMap(\.self)
  }
}
