import PoptrainText
import PoptrainEngine
import PoptrainExperimentFile
import Foundation
import PopulationBasedTraining

/// The table of members that a terminal shows while a run goes on.
enum LiveView {
  /// The lines of the view.
  ///
  /// - Parameter height: the lines that there is room for.
  static func lines(_ progress: RunProgress, _ population: Population, height: Int, width: Int, now: Double) -> [String]
  {
    let experiment = progress.engine.experiment
    let left = progress.secondsLeft(now: now).map { "\(spoken(.seconds($0))) left" } ?? ""
    let percent = "\(Int(progress.fraction * 100)) %"
    let counts = [
      counted(progress.intervals, "interval"), counted(progress.copies, "copy"),
    ]
    let failures = progress.failures > 0 ? [counted(progress.failures, "failure")] : []
    let tail = ([percent] + counts + failures + [left]).filter { !$0.isEmpty }.joined(separator: " · ")
    let barWidth = max(10, min(40, width - experiment.name.count - tail.count - 6))
    var lines = ["\(experiment.name)  \(bar(progress.fraction, width: barWidth))  \(tail)"]
    if let best = population.best {
      let metric = experiment.rules.metric(ofScore: best.published.score)
      lines.append(
        "best \(experiment.metric) \(short(metric)), member \(best.member) at age \(grouped(best.published.age))")
    }
    lines.append("")
    let rows = ranked(population)
    let room = max(3, height - lines.count - 3)
    lines += table(rows.prefix(room), progress, experiment).lines
    if rows.count > room { lines.append("… and \(counted(rows.count - room, "member")) more") }
    return lines
  }

  private static func bar(_ fraction: Double, width: Int) -> String {
    let full = Int(fraction * Double(width))
    return String(repeating: "━", count: full) + String(repeating: "╌", count: width - full)
  }

  /// The members that have not left, the best first; those without a score by id.
  private static func ranked(_ population: Population) -> [Member] {
    population.members.filter { $0.state != .retired }.sorted { left, right in
      let scores = (left.published?.score ?? -.infinity, right.published?.score ?? -.infinity)
      return scores.0 == scores.1 ? left.id < right.id : scores.0 > scores.1
    }
  }

  private static func table(
    _ members: ArraySlice<Member>, _ progress: RunProgress, _ experiment: Experiment
  ) -> Table {
    let space = experiment.rules.space
    let changing = space.hyperparameters.filter(\.domain.isChanging).map(\.name)
    var table = Table(header: ["member", "", "steps", experiment.metric] + changing + ["copied"])
    table.numeric = [0, 2, 3]
    for member in members {
      let score = member.published.map { short(experiment.rules.metric(ofScore: $0.score)) } ?? "–"
      let donor = progress.donors[member.id].map { "← \($0.member) at \(grouped($0.age))" } ?? ""
      let age = progress.ages[member.id]
      let steps = member.steps + (age.map { $0 - member.age } ?? 0)
      let values = space.inForce(member.hyperparameters, at: member.age)
      table.rows.append(
        ["\(member.id)", mark(member), grouped(max(steps, member.steps)), score]
          + changing.map { short(values[$0]) } + [donor])
    }
    return table
  }

  private static func mark(_ member: Member) -> String {
    let sign =
      switch member.state {
      case .leased: "▸"
      case .done: "✓"
      case .failed: "✗"
      case .ready, .due, .retired: " "
      }
    return "\(sign) \(member.state.word)"
  }
}

extension Member.State {
  /// What people call it.
  var word: String {
    switch self {
    case .leased: "training"
    case .ready, .due: "waiting"
    case .done, .failed, .retired: rawValue
    }
  }
}
