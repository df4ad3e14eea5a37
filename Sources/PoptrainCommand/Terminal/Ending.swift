import PoptrainText
import PoptrainExperimentFile
import PopulationBasedTraining

extension Experiment {
  /// Why a run has ended, in words.
  ///
  /// - Parameter forfeited: the steps of each member that were not trained, since every attempt at them failed.
  func words(for ending: Population.Ending, forfeited: [Member.ID: Int] = [:]) -> String {
    switch ending {
    case .budget where forfeited.isEmpty: "every member has trained its \(counted(rules.steps, "step"))"
    case .budget:
      """
      every member has reached its \(counted(rules.steps, "step")), but \(grouped(forfeited.values.reduce(0, +))) of them were \
      not trained, because every attempt at them failed (\(forfeited.listed))
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
  /// The first few members with their steps.
  fileprivate var listed: String {
    let members = sorted { ($1.value, $0.key) < ($0.value, $1.key) }
    let first = members.prefix(4).map { "member \($0.key): \(grouped($0.value))" }.joined(separator: ", ")
    return first + (count > 4 ? " and \(count - 4) more" : "")
  }
}

extension Population {
  /// Says by how much the models of members are younger or older than what their members have trained; nothing where they
  /// are as old.
  var wordsForAges: String? {
    let models = members.filter { $0.state != .retired && $0.checkpoint != nil }
    let (younger, older) = (models.count { $0.age < $0.steps }, models.count { $0.age > $0.steps })
    guard younger + older > 0, let least = models.map(\.age).min(), let most = models.map(\.age).max() else {
      return nil
    }
    let counts = [(younger, "younger"), (older, "older")].filter { $0.0 > 0 }.map { "\($0) \($1)" }
    return """
      models have trained \(grouped(least)) to \(grouped(most)) steps: of \(models.count), \(counts.joined(separator: " and ")) \
      than the steps of their members, since a copy takes over the age of its donor, and forfeited steps train nothing
      """
  }
}
