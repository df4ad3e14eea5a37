internal import PoptrainExperimentFile
internal import PopulationBasedTraining
internal import PoptrainTrainers

// Whether a process that has trained before resumes from the given checkpoint, and not from what is in memory.
//
// A member may get a copy of another's checkpoint, an older one, or none. Each is given to a process that has other models
// in memory, and must come to what a fresh process comes to.
extension Check {
  /// How many intervals ``checkKept(_:_:)`` trains.
  static let keptIntervals = 4

  /// An interval of a process that has trained before.
  private struct Kept {
    var what: String
    var assignment: Assignment
    var trial: Trial
    /// What fresh processes come to.
    var expected: Repeats
  }

  /// Has the process that trained the last repetition train from other checkpoints, and from none.
  ///
  /// - Returns: whether it resumes from what is given.
  func checkKept(_ first: Trial, _ repeats: Repeats) async -> Bool {
    guard experiment.trainer.keepsProcess, !needsFreshProcesses, intervalsToFirstScore == 1, intervalsToNextScore == 1,
      let last = repeats.trials.last
    else { return true }
    let interval = experiment.rules.nextReady(after: 0)
    let moved = base.merging(experiment.rules.neighbours(of: base)) { $1 }
    let own = await run(
      "another member, from scratch", batch: [assignment(.train, from: nil, 0..<interval, moved, member: 1)])[0]
    guard let own = own.trial else { return true }
    let ages = first.age..<first.age + interval
    var copy = assignment(.train, from: first, ages, base, member: 1)
    copy.seed = experiment.rules.trainerSeed(member: 0, steps: first.age, kind: .train)
    let firsts = Repeats(trials: [first])
    let tests = [
      ("a copy of the first checkpoint, given to another member,", copy, repeats),
      ("the second interval, again from the first checkpoint,", assignment(.train, from: first, ages, base), repeats),
      ("the first interval, again from scratch,", assignment(.train, from: nil, 0..<interval, base), firsts),
    ]
    var memory = [last, own]
    for (what, assignment, expected) in tests {
      switch await run("in a process that has trained before: \(what)", batch: [assignment])[0] {
      case .trained(let trial):
        let kept = Kept(what: what, assignment: assignment, trial: trial, expected: expected)
        if let finding = await finding(kept, memory, repeats) {
          tell(finding)
          needsFreshProcesses = true
          return finding.verdict != .failed
        }
        memory.append(trial)
      case .invalid: return true
      case .failed(let failure):
        tell(
          .load, .failed, "in a process that has trained before, \(what) fails: \(failure.message)",
          remedy: "train from whatever checkpoint an interval has, also from that of another member, or from scratch",
          logTail: failure.logTail)
        return false
      }
    }
    for trial in memory.dropFirst() { await scratch.discard(trial) }
    return true
  }

  /// What is told of an interval that came to something else than in a fresh process; none where it did not.
  private func finding(_ kept: Kept, _ memory: [Trial], _ repeats: Repeats) async -> Finding? {
    guard differs(kept.trial, from: kept.expected, repeats) else { return nil }
    // The member, or noise, may make that difference.
    guard let fresh = await inFreshProcess(kept.assignment, "in a fresh process: \(kept.what)"),
      differs(kept.trial, from: Repeats(trials: [fresh]), repeats)
    else { return nil }
    // Where models that begin anew differ in fresh processes too, that they do tells nothing.
    if kept.assignment.checkpoint == nil, differs(fresh, from: kept.expected, repeats) { return nil }
    let metric = experiment.metric
    let found = """
      in a process that has trained before, \(kept.what) comes to \(metric) \(shown(kept.trial.metric)), and in a fresh one \
      to \(shown(fresh.metric))
      """
    for model in memory.reversed() {
      var assignment = kept.assignment
      (assignment.checkpoint, assignment.parent) = (model.checkpoint, model.id)
      guard let predicted = await inFreshProcess(assignment, "from a checkpoint of what is in memory"),
        !differs(kept.trial, from: Repeats(trials: [predicted]), repeats)
      else { continue }
      return Finding(
        subject: .load, verdict: .failed,
        found: "\(found): it continues with a model that is still in memory", remedy: loadingWhatIsGiven)
    }
    leftOver = abs(kept.trial.metric - fresh.metric)
    return Finding(
      subject: .repetition, verdict: .warning,
      found: "\(found): something is left over from one interval to the next", remedy: Check.leavingNothingOver)
  }

  private func inFreshProcess(_ assignment: Assignment, _ what: String) async -> Trial? {
    await scratch.endProcess()
    return await run(what, batch: [assignment])[0].trial
  }

  /// Whether scores differ by more than `repeats` do.
  private func differs(_ trial: Trial, from expected: Repeats, _ repeats: Repeats) -> Bool {
    if repeats.isExact || repeats.isExactButRounding {
      let (score, other) = (trial.metric, expected.trials[0].metric)
      return !same(score, other) && !score.isClose(to: other, within: 1e-6)
    }
    let scores = expected.trials.map(\.metric)
    return scores.allSatisfy { !(abs($0 - trial.metric) <= 6 * repeats.spread) }
  }

  private var loadingWhatIsGiven: String {
    """
    in each interval load `interval.checkpoint`, whatever is in memory: the member may be a copy. Where it is none, build \
    a new model. Only where `interval.warm` is true, in a batch where `batch.parents[i]` is not -1, is what was saved still \
    in memory. Or set `intervals_per_process: 1`
    """
  }

  static let leavingNothingOver =
    "seed every generator from the interval's seed, build model, data order and optimizer anew, and where `warm` says that "
    + "the model is still in memory, go on only with what was saved; or set `intervals_per_process: 1`"
}
