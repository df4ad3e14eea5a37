internal import PopulationBasedTraining
internal import PoptrainText

/// How much was lost to failed attempts?
enum Failures {
  /// The part of all attempts that may fail before it is a warning: training has then cost a tenth more.
  static let greatestShare = 0.1

  static func verdict(_ course: Course, in folder: String?) -> Verdict {
    let failed = course.attempts.count
    let forfeited = course.stretches.filter { !$0.isTrained }.reduce(0) { $0 + $1.steps }
    guard failed > 0 || forfeited > 0 else { return .nothing }
    let share = Double(failed) / Double(failed + course.stretches.count)
    let reasons = Dictionary(grouping: course.attempts, by: \.reason).mapValues(\.count)
    let common = reasons.sorted { ($1.value, $0.key.rawValue) < ($0.value, $1.key.rawValue) }
    let members = Dictionary(grouping: course.attempts, by: \.member).mapValues(\.count)
    let member = members.max { ($0.value, $1.key) < ($1.value, $0.key) }?.key
    var evidence: Evidence = [
      "failed_attempts": .integer(failed), "share": .number(share), "forfeited_steps": .integer(forfeited),
    ]
    if let reason = common.first { evidence["reason"] = .text(reason.key.rawValue) }
    if let member { evidence["member"] = .integer(member) }
    let counts = listed(common.prefix(3).map { "\($0.value) \($0.key.rawValue)" })
    let lost = forfeited > 0 ? "\(grouped(forfeited)) steps were forfeited" : ""
    let failures = """
      \(counted(failed, "attempt")) to train an interval failed, \(percent(share)) of all\(counts.isEmpty ? "" : " (\(counts))")
      """
    // Where none failed, the trainer has refused the values.
    let sentence =
      failed == 0
      ? "\(lost): the trainer refused one draw after the other" : lost.isEmpty ? failures : "\(failures); \(lost)"
    return .finding(
      Finding(
        .failures, forfeited > 0 || share >= greatestShare ? .warning : .note,
        "\(sentence).", evidence,
        advice: folder.flatMap { folder in
          member.map { "See why: `poptrain logs \(shellPath(folder)) --member \($0)`." }
        }))
  }
}
