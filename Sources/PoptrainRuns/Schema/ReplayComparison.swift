package import PopulationBasedTraining

/// What replays of a schedule have come to beside the original: the event `compared` of `poptrain replay --json`.
package struct ReplayComparison: Codable, Hashable, Sendable {
  /// A model at the end of a training.
  package struct Model: Codable, Hashable, Sendable {
    /// Who trained it last.
    package let member: Member.ID
    /// Its age, in steps.
    package let age: Int
    /// The selection metric as its last interval reported it; none where that is no finite number.
    package let score: Double?
  }

  /// The metric that selection compares.
  package let metric: String
  /// The model whose schedule was replayed.
  package let original: Model
  /// The replays that have not left, by member.
  package let replays: [Model]
}
