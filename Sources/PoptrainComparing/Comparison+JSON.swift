internal import PoptrainRuns
package import PoptrainJSON
internal import PoptrainExperimentFile
internal import PopulationBasedTraining

extension Comparison {
  /// The comparison as a program reads it.
  package var json: JSON {
    let reported = plan.reported
    return .object([
      "name": .text(plan.experiment.name),
      "run": .text(plan.directory.path),
      "metric": .text(reported.name),
      "mode": .text(reported.mode.rawValue),
      "selected_by": .text(plan.experiment.metric),
      "tested": .boolean(plan.isTested),
      "steps_per_run": .integer(plan.stepsPerRun),
      "seeds": .array(plan.seeds.map { .integer(Int($0)) }),
      "alternatives": .array(rows.map(json)),
      "notes": .array(notes.map(JSON.text)),
    ])
  }

  private func json(_ row: Row) -> JSON {
    .object([
      "name": .text(row.alternative.name),
      "n": .integer(row.values?.values.count ?? 0),
      "mean": number(row.values?.mean),
      "sd": number(row.values?.standardDeviation),
      "median_member": number(row.medianMembers?.mean),
      "against_base": row.pairs.map { json($0, sentence(row)) } ?? .null,
      "at_end": .object([
        "n": .integer(row.valuesAtEnd?.values.count ?? 0),
        "mean": number(row.valuesAtEnd?.mean),
        "sd": number(row.valuesAtEnd?.standardDeviation),
        "against_base": row.pairsAtEnd.map { json($0, sentenceAtEnd(row)) } ?? .null,
      ]),
      "runs": .array(row.results.map(json)),
    ])
  }

  private func json(_ pairs: Pairs, _ sentence: String) -> JSON {
    .object([
      "pairs": .integer(pairs.count),
      "wins": .integer(pairs.wins),
      "ties": .integer(pairs.ties),
      "losses": .integer(pairs.losses),
      "mean_difference": .number(pairs.differences.mean),
      "confidence": .number(Pairs.confidence),
      "interval": pairs.interval.map { .array([.number($0.lowerBound), .number($0.upperBound)]) } ?? .null,
      "wilcoxon_p": .number(pairs.test.twoSidedP),
      "least_wilcoxon_p": .number(pairs.leastP),
      "sign_p": .number(pairs.signTest.twoSidedP),
      "verdict": pairs.verdict.map { .text($0.rawValue) } ?? .null,
      "sentence": .text(sentence),
    ])
  }

  private func json(_ result: RunResult) -> JSON {
    .object([
      "seed": .integer(Int(result.seed)),
      "run": .text(result.directory.path),
      "value": number(result.value),
      "value_at_end": number(result.valueAtEnd),
      "median_member": number(result.medianMember),
      "steps": .integer(result.steps),
      "failed_attempts": .integer(result.failedAttempts),
      "failure": result.failure.map(JSON.text) ?? .null,
    ])
  }

  private func number(_ value: Double?) -> JSON { value.map(JSON.number) ?? .null }
}
