import Neighbours

/// The accuracy at 40 % noise with and without RAFNI, and the quality of its decisions: means over five seeds.
func labelChecks() throws -> [Check] {
  let digits = try Digits()
  func runs(_ kind: LabelNoise.Kind, _ share: Double, _ settings: RelabelingFilter.Settings?) -> (
    accuracy: Double, quality: [LabelNoise.Quality], start: Double
  ) {
    var (accuracies, qualities, starts): ([Double], [LabelNoise.Quality], [Double]) = ([], [], [])
    for seed in UInt64(0)..<5 {
      let task = LabelNoise(digits, kind: kind, share: share, seed: seed)
      var learner = FilteredLearner(task: task, seed: seed)
      var start = 1.0
      for _ in 0..<60 {
        learner.trainEpoch(on: task, rate: 0.05, settings: settings, seed: seed)
        if !learner.filter.hasStarted { start += 1 }
      }
      accuracies.append(learner.classifier.accuracy(on: task.test))
      qualities.append(task.quality(of: learner.filter))
      starts.append(start)
    }
    return (mean(accuracies), qualities, mean(starts))
  }
  let (clean, plain, plainPair) = (runs(.symmetric, 0, nil), runs(.symmetric, 0.4, nil), runs(.pair, 0.4, nil))
  let filtered = runs(.symmetric, 0.4, .init())
  let pair = runs(.pair, 0.4, .init())
  let tuned = runs(.pair, 0.4, .init(lossQuantile: 0.95, probabilityQuantile: 0.9, quarantine: 2))
  let code = RelabelingFilter.Settings(reading: .code)
  let (codeFiltered, codePair) = (runs(.symmetric, 0.4, code), runs(.pair, 0.4, code))
  func precision(_ run: (accuracy: Double, quality: [LabelNoise.Quality], start: Double)) -> Double {
    mean(run.quality.map(\.removalPrecision))
  }
  return [
    Check("labels", "test accuracy with right labels", clean.accuracy, in: 0.96...0.99),
    Check("labels", "symmetric noise, no filter", plain.accuracy, in: 0.6...0.82),
    Check("labels", "symmetric noise, filtered", filtered.accuracy, in: 0.91...0.97),
    Check("labels", "pair noise, no filter", plainPair.accuracy, in: 0.58...0.72),
    Check("labels", "pair noise, filtered", pair.accuracy, in: 0.76...0.95),
    Check("labels", "pair noise, more relabelling", tuned.accuracy, in: 0.78...0.95),
    Check("labels", "precision of removal, symmetric", precision(filtered), in: 0.75...0.9),
    Check(
      "labels", "epoch of the start, symmetric and pair", wanted: "about 7 and 4", [filtered.start, pair.start],
      abs(filtered.start - 7) <= 1 && abs(pair.start - 4) <= 1),
    Check(
      "labels", "wrong labels that are removed, symmetric", mean(filtered.quality.map(\.removalRecall)), in: 0.8...1),
    Check(
      "labels", "wrong labels that are removed or corrected, symmetric", mean(filtered.quality.map(\.recall)),
      in: 0.85...1),
    Check(
      "labels", "share of new labels that are right, symmetric", mean(filtered.quality.map(\.relabelPrecision)),
      in: 0.8...1),
    Check("labels", "share of right labels, from 0.6, symmetric", mean(filtered.quality.map(\.purity)), in: 0.95...1),
    Check(
      "labels", "authors' code with one softmax, symmetric: accuracy, precision of removal, epoch of the start",
      wanted: "about .926, .73, 3.2", [codeFiltered.accuracy, precision(codeFiltered), codeFiltered.start],
      abs(codeFiltered.accuracy - 0.926) < 0.03 && abs(precision(codeFiltered) - 0.73) < 0.06
        && abs(codeFiltered.start - 3.2) <= 1),
    Check(
      "labels", "authors' code with one softmax, pair: accuracy, precision of removal, epoch of the start",
      wanted: "about .786, .57, 4.9", [codePair.accuracy, precision(codePair), codePair.start],
      abs(codePair.accuracy - 0.786) < 0.05 && abs(precision(codePair) - 0.57) < 0.06
        && abs(codePair.start - 4.9) <= 1),
  ]
}
