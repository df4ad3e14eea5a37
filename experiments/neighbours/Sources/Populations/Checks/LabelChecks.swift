import Neighbours

/// The accuracy at 40 % noise with and without RAFNI, and the quality of its decisions: means over five seeds.
func labelChecks() throws -> [Check] {
  let digits = try Digits()
  func runs(_ kind: LabelNoise.Kind, _ share: Double, _ settings: RelabelingFilter.Settings?) -> (
    accuracy: Double, quality: [LabelNoise.Quality]
  ) {
    var (accuracies, qualities): ([Double], [LabelNoise.Quality]) = ([], [])
    for seed in UInt64(0)..<5 {
      let task = LabelNoise(digits, kind: kind, share: share, seed: seed)
      var learner = FilteredLearner(task: task, seed: seed)
      for _ in 0..<60 { learner.trainEpoch(on: task, rate: 0.05, settings: settings, seed: seed) }
      accuracies.append(learner.classifier.accuracy(on: task.test))
      qualities.append(task.quality(of: learner.filter))
    }
    return (mean(accuracies), qualities)
  }
  let (clean, plain, plainPair) = (runs(.symmetric, 0, nil), runs(.symmetric, 0.4, nil), runs(.pair, 0.4, nil))
  let filtered = runs(.symmetric, 0.4, .init())
  let pair = runs(.pair, 0.4, .init())
  let tuned = runs(.pair, 0.4, .init(lossQuantile: 0.95, probabilityQuantile: 0.9, quarantine: 2))
  return [
    Check("labels", "test accuracy with right labels", clean.accuracy, in: 0.96...0.99),
    Check("labels", "symmetric noise, no filter", plain.accuracy, in: 0.65...0.82),
    Check("labels", "symmetric noise, filtered", filtered.accuracy, in: 0.91...0.97),
    Check("labels", "pair noise, no filter", plainPair.accuracy, in: 0.58...0.72),
    Check("labels", "pair noise, filtered", pair.accuracy, in: 0.76...0.95),
    Check("labels", "pair noise, more relabelling", tuned.accuracy, in: 0.78...0.95),
    Check(
      "labels", "precision of removal, symmetric", mean(filtered.quality.map(\.removalPrecision)), in: 0.8...1),
    Check("labels", "recall of wrong labels, symmetric", mean(filtered.quality.map(\.recall)), in: 0.85...1),
    Check(
      "labels", "share of new labels that are right, symmetric", mean(filtered.quality.map(\.relabelPrecision)),
      in: 0.8...1),
    Check("labels", "share of right labels, from 0.6, symmetric", mean(filtered.quality.map(\.purity)), in: 0.95...1),
  ]
}
