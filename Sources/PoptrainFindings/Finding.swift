internal import PoptrainRuns
internal import PopulationBasedTraining

/// Something that the history of a run shows, with what shows it and what to do about it.
package struct Finding: Codable, Hashable, Sendable {
  /// What was found, as a name for programs.
  package let kind: String
}
