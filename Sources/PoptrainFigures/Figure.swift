internal import PoptrainPages
internal import PoptrainRuns

/// A figure of a run, as data.
package struct Figure: Sendable {
  /// What is drawn.
  package let title: String
}
