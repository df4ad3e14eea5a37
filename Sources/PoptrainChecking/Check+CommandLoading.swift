internal import PoptrainExperimentFile
internal import PopulationBasedTraining
internal import PoptrainTrainers

// Whether a command, which has a new process for each interval, resumes from the given checkpoint.
extension Check {
  /// Trains the second interval from another checkpoint than that of the first.
  func checkLoading(_ first: Trial, _ second: Trial, _ repeats: Repeats) async {
    guard experiment.trainer.contract == .command else { return }
    func other(_ start: Trial, steps: Int? = nil) async -> Trial? {
      let stop = first.age + (steps ?? experiment.rules.nextReady(after: 0))
      return await run(
        "from another checkpoint", batch: [assignment(.train, from: start, first.age..<stop, base)])[0].trial
    }
    var others: [Trial] = []
    var difference = Repeats.Difference.withinNoise
    while difference == .withinNoise, others.count < 4 {
      // One that it does not train from is not ignored.
      guard let trial = await other(second) else { return tellThatItLoads() }
      others.append(trial)
      difference = repeats.difference(from: others)
    }
    switch difference {
    case .score, .metric, .later, .saved: return tellThatItLoads()
    case .withinNoise:
      return tell(
        .load, .inconclusive,
        "whether it resumes from the given checkpoint is hidden by noise, \(shown(repeats.spread))",
        remedy: seeding)
    case .onlyMetricsCompared where isCoarse(others, from: first, repeats):
      return tell(
        .load, .inconclusive,
        "another checkpoint gives the same \(experiment.metric), which is too coarse to tell whether it loads it",
        remedy: "report a loss too, since every metric that is reported is compared")
    case .none, .onlyMetricsCompared: break
    }
    // A whole interval may lead to the same from anywhere.
    if let single = await other(first, steps: 1), let otherSingle = await other(second, steps: 1),
      Repeats(trials: [single]).difference(from: [otherSingle]).isEffect
    {
      return tellThatItLoads()
    }
    tell(
      .load, .failed,
      "gives the same result whatever checkpoint it is given, \(experiment.metric) \(shown(second.metric)): "
        + "it does not load it",
      remedy: "load what is in the folder that replaces {load}, all of it, and end with an error if it is not there")
  }

  private func tellThatItLoads() { tell(.load, .ok, "resumes from the given checkpoint") }
}
