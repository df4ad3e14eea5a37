internal import PoptrainRuns
internal import PoptrainExperimentFile
package import PopulationBasedTraining

/// What a comparison has come to: `poptrain compare --json`.
package struct ComparisonSummary: Codable, Hashable, Sendable {
  /// What is known of one alternative, or of the baseline.
  package struct Row: Codable, Hashable, Sendable {
    /// The name of the alternative, or `baseline`.
    package let name: String
    /// How many of its runs have a value.
    package let n: Int
    /// The mean of the values of their best checkpoints.
    package let mean: Double?
    /// The standard deviation of these.
    package let sd: Double?
    /// The mean of the median members' values.
    package let medianMember: Double?
    /// How the best checkpoints do against those of the baseline; none for the baseline.
    package let againstBase: AgainstBase?
    /// The same of the checkpoints that were the best when the runs were over.
    package let atEnd: AtEnd
    /// Its runs by seed.
    package let runs: [Run]
  }

  /// What is known of the checkpoints that were the best when the runs were over.
  package struct AtEnd: Codable, Hashable, Sendable {
    /// How many of the runs have a value.
    package let n: Int
    /// The mean of the values.
    package let mean: Double?
    /// The standard deviation of these.
    package let sd: Double?
    /// How they do against those of the baseline; none for the baseline.
    package let againstBase: AgainstBase?
  }

  /// An alternative and the baseline in pairs of one seed.
  package struct AgainstBase: Codable, Hashable, Sendable {
    /// How many pairs there are.
    package let pairs: Int
    /// With how many seeds the alternative is better.
    package let wins: Int
    /// With how many both are equal.
    package let ties: Int
    /// With how many it is worse.
    package let losses: Int
    /// The mean of the alternative's value minus that of the baseline.
    package let meanDifference: Double
    /// The confidence of the interval.
    package let confidence: Double
    /// In which the mean difference lies, from and to; none for a single pair.
    package let confidenceInterval: [Double]?
    /// Wilcoxon's signed-rank test with two sides.
    package let wilcoxonP: Double
    /// The least p that it could give with so many seeds.
    package let leastWilcoxonP: Double
    /// The sign test with two sides.
    package let signP: Double
    /// What the signed-rank test shows; none where that is nothing.
    package let verdict: Pairs.Verdict?
    /// The same in words.
    package let sentence: String
  }

  /// One run of a comparison.
  package struct Run: Codable, Hashable, Sendable {
    /// Its seed.
    package let seed: Int
    /// Its folder.
    package let run: String
    /// The value of the best checkpoint; none where there is none.
    package let value: Double?
    /// The value of the checkpoint that was the best when the run was over.
    package let valueAtEnd: Double?
    /// The median of the members' last values.
    package let medianMember: Double?
    /// The steps that its members trained together.
    package let steps: Int
    /// How many attempts at an interval failed.
    package let failedAttempts: Int
    /// Why there is no value.
    package let failure: String?
  }

  /// The experiment's name.
  package let name: String
  /// The folder of the runs.
  package let run: String
  /// The metric that is compared.
  package let metric: String
  /// Whether more of it is better.
  package let mode: Rules.Mode
  /// The metric by which selection chose.
  package let selectedBy: String
  /// Whether the checkpoints were tested when the runs were over.
  package let tested: Bool
  /// The steps that the members of each run train together.
  package let stepsPerRun: Int
  /// The seeds.
  package let seeds: [Int]
  /// The baseline, and the alternatives in the order in which they were asked for.
  package let alternatives: [Row]
  /// What has to be known to judge it.
  package let notes: [String]

  /// Sums up a comparison.
  package init(_ comparison: Comparison) {
    let plan = comparison.plan
    name = plan.experiment.name
    run = plan.directory.path
    metric = plan.reported.name
    mode = plan.reported.mode
    selectedBy = plan.experiment.metric
    tested = plan.isTested
    stepsPerRun = plan.stepsPerRun
    seeds = plan.seeds.map { Int($0) }
    alternatives = comparison.rows.map { row in
      Row(
        name: row.alternative.name, n: row.values?.values.count ?? 0, mean: row.values?.mean,
        sd: row.values?.standardDeviation, medianMember: row.medianMembers?.mean,
        againstBase: row.pairs.map { AgainstBase($0, sentence: comparison.sentence(row)) },
        atEnd: AtEnd(
          n: row.valuesAtEnd?.values.count ?? 0, mean: row.valuesAtEnd?.mean, sd: row.valuesAtEnd?.standardDeviation,
          againstBase: row.pairsAtEnd.map { AgainstBase($0, sentence: comparison.sentenceAtEnd(row)) }),
        runs: row.results.map(Run.init))
    }
    notes = comparison.notes
  }
}

extension ComparisonSummary.AgainstBase {
  fileprivate init(_ pairs: Pairs, sentence: String) {
    self.pairs = pairs.count
    wins = pairs.wins
    ties = pairs.ties
    losses = pairs.losses
    meanDifference = pairs.differences.mean
    confidence = Pairs.confidence
    confidenceInterval = pairs.interval.map { [$0.lowerBound, $0.upperBound] }
    wilcoxonP = pairs.test.twoSidedP
    leastWilcoxonP = pairs.leastP
    signP = pairs.signTest.twoSidedP
    verdict = pairs.verdict
    self.sentence = sentence
  }
}

extension ComparisonSummary.Run {
  fileprivate init(_ result: RunResult) {
    seed = Int(result.seed)
    run = result.directory.path
    value = result.value
    valueAtEnd = result.valueAtEnd
    medianMember = result.medianMember
    steps = result.steps
    failedAttempts = result.failedAttempts
    failure = result.failure
  }
}
