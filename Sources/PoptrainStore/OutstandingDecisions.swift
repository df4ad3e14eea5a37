internal import Dispatch
package import PopulationBasedTraining

/// Decisions that are computed on the population as it was, while the store takes other calls.
package struct OutstandingDecisions: Sendable {
  /// Tells those of one ledger apart.
  let number: Int
  /// The process that computes them.
  package let process: String
  let population: Population
  let members: [Member.ID]

  /// Computes them.
  package func compute() -> [Decision] { decideAll(members, in: population) }

  /// What must not be removed until they are recorded.
  var references: [CheckpointID?] {
    population.members.flatMap(\.references) + [population.best?.published.checkpoint]
  }
}

/// The decisions of these members, on one population.
func decideAll(_ members: [Member.ID], in population: Population) -> [Decision] {
  members.reduce(into: []) { $0.append(decide($1, in: population, after: $0)) }
}

/// Computes away from the threads that all tasks share, which must not be busy for long.
@Sendable package func computeOnOwnThread(_ body: @escaping @Sendable () -> [Decision]) async -> [Decision] {
  await withCheckedContinuation { continuation in
    DispatchQueue.global(qos: .utility).async { continuation.resume(returning: body()) }
  }
}
