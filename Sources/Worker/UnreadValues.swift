public import PopulationBasedTraining
internal import Store
internal import Synchronization

/// Finds the searched hyperparameters that trainers never read, and tells once of each.
public final class UnreadValues: Sendable {
  private let searched: Set<String>
  private let told = Mutex<Set<String>>([])

  /// Watches over the hyperparameters of a space.
  public init(_ space: Space) {
    searched = Set(space.hyperparameters.filter(\.domain.isSearched).map(\.name))
  }

  /// What to warn of after this news.
  public func warnings(_ news: Worker.News) -> [String] {
    guard case .unread(let names, let lease) = news else { return [] }
    return names.filter { name in
      searched.contains(name) && told.withLock { $0.insert(name).inserted }
    }.map { name in
      "\(name) is searched, but the trainer never read it (member \(lease.member), interval \(lease.number)): "
        + "it has no effect"
    }
  }
}
