internal import PoptrainText
internal import PoptrainExperimentFile
internal import PopulationBasedTraining
internal import PoptrainTrainers

// Whether the trainer goes on from what it has saved.
extension Check {
  /// Trains the second interval in the process that trained the first.
  func checkResume(_ first: Trial) async -> Trial? {
    switch await train("the second interval, from the checkpoint of the first", from: first, base) {
    case .trained(let next):
      var second = next
      if !first.metric.isNaN, let scored = await untilScored(next) {
        (second, intervalsToNextScore) = scored
      }
      let metric = experiment.metric
      var score = second.metric.isNaN ? "no \(metric) yet" : "\(metric) \(shown(second.metric))"
      if intervalsToNextScore > 1 {
        let before = counted(intervalsToNextScore - 1, "interval")
        score += "; \(next.metrics[metric] == nil ? "there is no \(metric)" : "\(metric) is NaN") in \(before) before"
      }
      tell(.resume, .ok, "given its checkpoint, trained the second interval in \(spoken(second.duration)); \(score)")
      return second
    case .invalid(let message):
      tell(.resume, .failed, "refuses the same values once it starts from a checkpoint: \(message)", remedy: nil)
    case .failed(let failure):
      tell(
        .resume, .failed, "cannot continue from its own checkpoint: \(failure.message)",
        remedy: "load what it has saved, all of it, whenever a checkpoint is given", logTail: failure.logTail)
    }
    return nil
  }

  /// Scores the checkpoint and trains the second interval again, each in a fresh process; the last one goes on.
  ///
  /// - Returns: the second interval with its repetitions.
  func checkLoad(_ first: Trial, _ second: Trial) async -> Repeats? {
    if experiment.trainer.contract == .session {
      await scratch.endProcess()
      tell(await compareScore(first, second))
    }
    await scratch.endProcess()
    guard let again = trained(await repetition(from: first)) else { return nil }
    var repeats = Repeats(trials: [second, again])
    guard !repeats.isExact else {
      tell(.repetition, .ok, "deterministic: the same interval again, in a fresh process, gave the same score")
      return repeats
    }
    if experiment.trainer.contract == .session {
      await scratch.endProcess()
      guard let third = trained(await repetition(from: first)) else { return nil }
      if same(third.metric, again.metric), !repeats.isExactButRounding {
        needsFreshProcesses = true
        leftOver = abs(again.metric - second.metric)
        tell(
          .repetition, .warning,
          """
          each fresh process comes to \(experiment.metric) \(shown(again.metric)), but the process that had trained before \
          came to \(shown(second.metric)): something is left over from one interval to the next
          """,
          remedy: Check.leavingNothingOver)
        return Repeats(trials: [again, third])
      }
      repeats.trials.append(third)
    }
    while repeats.trials.count < 4 {
      if experiment.trainer.contract == .session { await scratch.endProcess() }
      guard let further = trained(await repetition(from: first)) else { return nil }
      repeats.trials.append(further)
    }
    tell(
      .repetition, .ok,
      repeats.isExactButRounding
        ? "deterministic but for rounding: \(experiment.metric) differs by at most \(shown(repeats.spread))"
        : "noisy: \(repeats.trials.count) times the same interval, scores differ by up to \(shown(repeats.spread))",
      remedy: repeats.isExactButRounding ? nil : seeding)
    return repeats
  }

  private func repetition(from first: Trial) async -> Scratch.Outcome {
    await train("the second interval again", from: first, base)
  }

  /// The repetition, or nothing where it failed, which is told.
  private func trained(_ repetition: Scratch.Outcome) -> Trial? {
    switch repetition {
    case .trained(let again):
      return again
    case .invalid(let message):
      tell(.load, .failed, "refuses the same values in a fresh process: \(message)")
    case .failed(let failure):
      tell(
        .load, .failed, "a fresh process does not go on from the checkpoint: \(failure.message)",
        remedy: "save all that is needed; nothing in memory or in other files outlives the process",
        logTail: failure.logTail)
    }
    return nil
  }

  /// Loads the checkpoint under the values that explore makes of its own, as every copy does.
  ///
  /// - Returns: the hyperparameters under whose change it cannot be loaded.
  func checkNeighbours(_ first: Trial) async -> Set<String> {
    let moved = experiment.rules.neighbours(of: base)
    guard !moved.isEmpty else { return [] }
    guard let failure = await failureToLoad(first, moved) else {
      tell(.neighbours, .ok, "loads a checkpoint when explore has changed its hyperparameters")
      return []
    }
    var guilty: Set<String> = []
    if failure.reason != .notInForce {
      for hyperparameter in experiment.rules.space.hyperparameters {
        guard let value = moved[hyperparameter.name], let own = base[hyperparameter.name] else { continue }
        guard let alone = await failureToLoad(first, [hyperparameter.name: value]) else { continue }
        guilty.insert(hyperparameter.name)
        tell(
          .neighbours, .failed,
          "cannot go on from a checkpoint when \(hyperparameter.name) changes from \(own) to \(value): \(alone.message)",
          remedy: "if it changes the shape of the model, write `structural: true` at \(hyperparameter.name)",
          logTail: alone.logTail)
      }
    }
    if guilty.isEmpty {
      let values = moved.sorted { $0.key < $1.key }.map { "\($0.key) \($0.value)" }.joined(separator: ", ")
      tell(
        .neighbours, .failed, "cannot go on from a checkpoint under \(values): \(failure.message)",
        remedy: failure.reason == .notInForce
          ? moved.keys.sorted().first(where: failure.message.contains).map(settingAfterLoading) : nil,
        logTail: failure.logTail)
    }
    return guilty
  }

  private func failureToLoad(_ first: Trial, _ moved: Hyperparameters) async -> TrainerFailure? {
    let what = moved.keys.sorted().joined(separator: ", ")
    switch await train("under other values of \(what)", from: first, base.merging(moved) { $1 }) {
    case .trained(let trial): await scratch.discard(trial)
    case .invalid: break
    case .failed(let failure): return failure
    }
    return nil
  }
}
