import PoptrainText
import PoptrainExperimentFile
import PopulationBasedTraining

extension Experiment {
  /// Why a run has ended, in words.
  ///
  /// - Parameter forfeited: the steps of each member that were not trained, since every attempt at them failed or was refused.
  func words(for ending: Population.Ending, forfeited: [Member.ID: Int] = [:]) -> String {
    switch ending {
    case .budget where forfeited.isEmpty: "every member has trained its \(counted(rules.steps, "step"))"
    case .budget:
      """
      every member is done, but some steps were not trained, because every attempt failed or was refused: \(forfeited.listed(of: rules.steps))
      """
    case .target: "reached \(metric) \(rules.stop.target.map { "\($0)" } ?? "")"
    case .stagnation: "no better score in \(counted(rules.stop.stagnation ?? 0, "interval")) per member"
    case .wallClock: "wall-clock limit reached (\(wallClock?.shown ?? ""))"
    }
  }

  /// What lets it go on from there.
  func remedy(for ending: Population.Ending) -> String {
    switch ending {
    case .budget: "a larger --steps"
    case .target: "a better `target` under `stop` in the experiment file"
    case .stagnation: "a larger `stagnation` under `stop` in the experiment file"
    case .wallClock: "a longer `wall_clock` under `stop` in the experiment file"
    }
  }
}

extension Rules.Order {
  /// A word for it.
  var name: String {
    switch self {
    case .asynchronous: "asynchronous"
    case .synchronous: "synchronous"
    }
  }
}

extension [Member.ID: Int] {
  /// How many of their steps the first few members have trained.
  fileprivate func listed(of steps: Int) -> String {
    let members = sorted { ($1.value, $0.key) < ($0.value, $1.key) }
    let first = members.prefix(4).map {
      "member \($0.key) trained \(grouped(Swift.max(0, steps - $0.value))) of \(grouped(steps))"
    }
    return first.joined(separator: ", ") + (count > 4 ? ", and \(count - 4) more" : "")
  }
}

extension Population {
  /// Says how many models are younger or older than what their members have trained, and why.
  func wordsForAges(_ forfeited: [Member.ID: Int]) -> [String] {
    let models = members.filter { $0.state != .retired && $0.checkpoint != nil }
    let younger = models.filter { $0.age < $0.steps }
    let older = models.filter { $0.age > $0.steps }
    func line(_ some: [Member], _ words: String, _ limit: Int?, _ reasons: String) -> String? {
      limit.map { "\(some.count) of \(counted(models.count, "model")) \(words) \(grouped($0)): \(reasons)" }
    }
    let reasons = [
      (younger.contains { $0.origin != nil && forfeited[$0.id] == nil }, "copied from younger donors"),
      (younger.contains { $0.origin == nil && forfeited[$0.id] == nil }, "begun again from fresh"),
      (younger.contains { forfeited[$0.id] != nil }, "forfeited steps train nothing"),
    ]
    return [
      line(
        younger, "\(younger.count == 1 ? "is" : "are") younger than the steps of the member, from age",
        younger.map(\.age).min(), reasons.filter(\.0).map(\.1).joined(separator: ", or ")),
      line(
        older, "\(older.count == 1 ? "is" : "are") older than the steps of the member, up to age",
        older.map(\.age).max(), "copied from older donors"),
    ].compactMap { $0 }
  }
}
