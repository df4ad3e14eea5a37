internal import PopulationBasedTraining

/// Which checkpoint of a run is compared.
enum ChosenCheckpoint: Hashable, Sendable, CaseIterable {
  /// That with the best score of the whole run.
  case bestEver
  /// The latest that the best member has published when the run is over.
  case bestAtEnd

  /// The checkpoint in a population; none where nobody has a score.
  func published(in population: Population) -> Published? {
    switch self {
    case .bestEver: population.best?.published
    case .bestAtEnd: population.ranking.entries.first.flatMap { population.members[$0.member].published }
    }
  }
}
