package import PopulationBasedTraining
internal import PoptrainStore
internal import Synchronization
internal import PoptrainTrainers

/// Finds what looks wrong in the reports of all trainers of a run, and tells once of each.
package final class ReportWatch: Sendable {
  private struct State {
    /// The searched hyperparameters that nobody has read yet.
    var unread: Set<String>
    var reports = 0
    var told: Set<String> = []
  }

  private let populationSize: Int
  private let state: Mutex<State>

  /// Watches over the reports of a population.
  package init(_ rules: Rules) {
    populationSize = rules.populationSize
    let searched = rules.space.hyperparameters.filter(\.domain.isSearched).map(\.name)
    state = Mutex(State(unread: Set(searched)))
  }

  /// What to warn of after this news.
  ///
  /// A hyperparameter may matter for some choices only, so one is warned of when nobody has read it for a whole round.
  package func warnings(_ news: Worker.News) -> [String] {
    guard case .reported(let trained, let lease) = news else { return [] }
    return state.withLock { state in
      func isNew(_ warning: String) -> Bool { state.told.insert(kind(ofWarning: warning)).inserted }
      var warnings = trained.trainerWarnings.filter(isNew)
      warnings += trained.warnings.filter(isNew).map {
        "member \(lease.member), interval \(lease.number): \($0)"
      }
      guard !state.unread.isEmpty else { return warnings }
      state.reports += 1
      state.unread.formIntersection(trained.unread)
      if state.reports >= populationSize {
        warnings += state.unread.sorted().map {
          "\($0) is searched, but no member's trainer has read it: it has no effect"
        }
        state.unread = []
      }
      return warnings
    }
  }
}
