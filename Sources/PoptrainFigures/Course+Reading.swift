internal import PoptrainExperimentFile
package import PoptrainRuns
package import PopulationBasedTraining

extension Course {
  /// Reads the course of a run, also while it goes on.
  package init(_ run: RecordedRun) throws(RunError) {
    // The best first, so that history holds how it was trained.
    let best = try run.population().best?.published.checkpoint
    var pages = run.pages()
    try self.init(run.experiment, best: best) { () throws(RunError) in try pages.next() }
  }

  /// The hyperparameters whose values differ, in the order of the experiment; all that are searched where none does yet.
  package var hyperparameters: [Hyperparameter] {
    let space = experiment.rules.space.hyperparameters
    let differing = space.filter { hyperparameter in
      let values = stretches.lazy.compactMap { $0.hyperparameters[hyperparameter.name] }
      return values.first.map { first in values.contains { $0 != first } } ?? false
    }
    return differing.isEmpty ? space.filter(\.domain.isSearched) : differing
  }

  /// The numbers of all members that there were.
  package var members: [Member.ID] { Set(lines.map(\.member)).sorted() }

  /// The last score of a line; where it has none of its own, that of what it was copied from.
  package func score(ofLine line: Int) -> Double? {
    lines[line].stretches.last { stretches[$0].score != nil }.flatMap { stretches[$0].score }
      ?? lines[line].parent.flatMap { stretches[$0].score }
  }

  /// Whether the first score is better than the second; any is better than none.
  package func isBetter(_ score: Double?, than other: Double?) -> Bool {
    guard let score else { return false }
    guard let other else { return true }
    return experiment.rules.mode == .max ? score > other : score < other
  }

  /// The last lines of all members, the best first.
  package var ranking: [Int] {
    lastLines.map { (line: $0.line, score: score(ofLine: $0.line)) }
      .sorted { isBetter($0.score, than: $1.score) }.map(\.line)
  }

  /// The line that each member has now, or had when it left, by member.
  package var lastLines: [(member: Member.ID, line: Int)] {
    Dictionary(lines.indices.map { (lines[$0].member, $0) }) { $1 }.sorted { $0.key < $1.key }
      .map { (member: $0.key, line: $0.value) }
  }

  /// The stretches that led to what a line has, by age.
  package func lineage(ofLine line: Int) -> [Int] {
    var lineage: [Int] = []
    var next =
      lines[line].stretches.last { stretches[$0].ages.upperBound > stretches[$0].ages.lowerBound }
      ?? lines[line].stretches.last ?? lines[line].parent
    while let stretch = next {
      lineage.append(stretch)
      next = stretches[stretch].parent
    }
    return lineage.reversed()
  }

  /// The greatest age of a model.
  var greatestAge: Int { stretches.map(\.ages.upperBound).max() ?? 0 }
  /// The most steps of a member.
  var mostSteps: Int { stretches.map(\.steps.upperBound).max() ?? 0 }
  /// The metric, and how to read it.
  var metricLabel: String { "\(experiment.metric) (\(experiment.rules.mode == .max ? "higher" : "lower") is better)" }
}
