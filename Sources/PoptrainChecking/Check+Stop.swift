internal import PoptrainText
internal import PoptrainExperimentFile
internal import PopulationBasedTraining
internal import PoptrainTrainers

// Whether the trainer ends when it is told to.
extension Check {
  /// A command that is over sooner would be told to end while it is still starting.
  private static let shortestInterval = Duration.milliseconds(100)

  /// Ends the trainer in the middle of an interval.
  func checkStop(_ first: Trial) async {
    guard experiment.trainer.contract == .session || first.duration >= Check.shortestInterval else {
      return tell(
        .stop, .inconclusive,
        "not tested: an interval takes only \(spoken(first.duration)), too short to be interrupted")
    }
    let rules = experiment.rules
    let ages = first.age..<max(rules.steps, first.age + rules.nextReady(after: 0))
    let assignment = assignment(.train, from: first, ages, base)

    let (signs, sign) = AsyncStream<Bool>.makeStream()
    let (beginnings, beginning) = AsyncStream<Void>.makeStream()
    let training = Task { [scratch] in
      defer { sign.finish() }
      return await scratch.run(assignment, progress: { _ in sign.yield(true) }, begun: { beginning.finish() })
    }
    let impatience = Task {
      // Stopping a trainer that has not started yet has no effect: it would start later, and keep running.
      for await _ in beginnings {}
      try? await Task.sleep(for: first.duration / 2)
      sign.yield(false)
    }
    // It is in the middle once it reports progress; one that never does, after half the time of the first interval.
    var hasProgressed: Bool?
    for await sign in signs {
      hasProgressed = sign
      break
    }
    impatience.cancel()
    let start = ContinuousClock.now
    let isKilled = await scratch.endProcess()
    let duration = ContinuousClock.now - start
    let outcome = await training.value
    let interruption = Interruption(
      asked: ages.count, hasProgressed: hasProgressed, isKilled: isKilled, duration: duration, outcome: outcome)
    tell(interruption.finding)
  }
}

/// What came of telling a trainer to end.
struct Interruption {
  /// The steps that it was asked for.
  var asked: Int
  /// Whether it had reported progress before, or only half the time of an interval was over; none: nobody came to tell it.
  var hasProgressed: Bool?
  /// Whether it did not end on SIGTERM.
  var isKilled: Bool
  /// How long it took to end.
  var duration: Duration
  /// What came of its interval.
  var outcome: Scratch.Outcome

  var finding: Check.Finding {
    if isKilled {
      return finding(
        .warning, "did not end on SIGTERM, and was killed after \(spoken(duration))",
        remedy: "let SIGTERM end the process; if a handler notes the signal, look at the note within the interval")
    }
    switch outcome {
    case .trained(let trial) where trial.steps >= asked:
      return finding(
        .inconclusive,
        "not tested: the interval ended before the trainer was told to end, or it ended early but reported all steps")
    case .failed(let failure) where hasProgressed == nil:
      return finding(.inconclusive, "not tested: an interval of \(counted(asked, "step")) failed: \(failure.message)")
    default: break
    }
    guard let hasProgressed else {
      return finding(.inconclusive, "not tested: intervals are too short to be interrupted")
    }
    let moment = hasProgressed ? "in the middle of an interval" : "after half the time of an interval"
    return finding(.ok, "ended within \(spoken(duration)) of being told to, \(moment)")
  }

  private func finding(_ verdict: Check.Finding.Verdict, _ found: String, remedy: String? = nil) -> Check.Finding {
    Check.Finding(subject: .stop, verdict: verdict, found: found, remedy: remedy)
  }
}
