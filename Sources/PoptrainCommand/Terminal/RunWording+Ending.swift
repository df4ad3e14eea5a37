import PoptrainEngine
import PoptrainExperimentFile
import PoptrainRuns
import PoptrainStore
import PoptrainText
import PoptrainTrainers
import PopulationBasedTraining

// The last lines of a run.
extension RunWording {
  /// Says how it ended, and what to do next.
  func end(_ ending: Engine.Ending) async {
    let (experiment, rules) = (engine.experiment, engine.experiment.rules)
    let run = try? RecordedRun(engine.directory)
    let population = await engine.population()
    let forfeited = (try? run?.forfeitedSteps()) ?? [:]
    if let reason = ending.reason {
      say("\nended: \(experiment.words(for: reason, forfeited: forfeited))")
      for line in population.wordsForAges(forfeited) { say(line) }
    }
    let model = (try? run?.bestModel()) ?? nil
    if let best = population.best {
      say(
        "\nbest: member \(best.member), \(experiment.metric) \(short(rules.metric(ofScore: best.published.score))) at age \(grouped(best.published.age))"
      )
      if let words = model?.words(in: experiment) { say("  \(words)") }
      for hyperparameter in rules.space.hyperparameters {
        say("  \(hyperparameter.name): \(short(best.published.hyperparameters[hyperparameter.name]))")
      }
      // A bucket has no links.
      let name = engine.directory.bucket == nil ? "best" : "checkpoints/\(best.published.checkpoint)"
      say("  checkpoint: \(engine.directory.shownFiles)/\(name)")
    }
    if progress.failures > 0 {
      let folder = shellPath(engine.directory.shown)
      say("\n\(counted(progress.failures, "attempt")) failed. By member, and what the last of them printed:")
      say("  poptrain status \(folder)")
      if let member = progress.lastFailed { say("  poptrain logs \(folder) --member \(member)") }
      for cause in progress.causes.sorted.prefix(5) where cause.count > 1 && !isWhyItAborts(cause, ending) {
        say("  \(grouped(cause.count)) times: \(harmless(cause.message))")
      }
    }
    for warning in progress.warnings.sorted where warning.count > 1 {
      say("\nhappened \(grouped(warning.count)) times: \(harmless(warning.message))")
    }
    switch ending {
    case .finished(let reason): sayWhatIsNext(after: reason, isLucky: model?.isOneEvaluation ?? false)
    case .stopped, .interrupted:
      say("\nstopped; run the same command again to resume")
    case .broken(let message): complainOf(broken: message)
    case .aborted(let reason): complainOf(aborted: reason, lastFailure, isTold: true)
    }
  }

  /// Whether the end says it again: then it need not be among the causes too.
  private func isWhyItAborts(_ cause: Tally.Entry, _ ending: Engine.Ending) -> Bool {
    guard case .aborted = ending, let lastFailure else { return false }
    return progress.causes[lastFailure.wording]?.message == cause.message
  }

  private func sayWhatIsNext(after reason: Population.Ending, isLucky: Bool) {
    let folder = shellPath(engine.directory.shown)
    say("\nnext:")
    say("  poptrain schedule \(folder)")
    say("  poptrain lineage \(folder)")
    say("  poptrain best \(folder) --copy model")
    // One lucky evaluation says little: a replay, or a comparison, says more.
    if isLucky { say("  poptrain replay \(folder) --seeds 3") }
    if let file { say("  poptrain compare \(shellPath(file))") }
    let remedy = engine.experiment.remedy(for: reason)
    if reason == .budget {
      say("to continue, with \(remedy):")
      say("  poptrain run \(folder) --steps \(2 * engine.experiment.rules.steps)")
    } else {
      say("to continue: the same command, with \(remedy)")
    }
  }
}

/// Says why a run that can be resumed could not go on.
func complainOf(broken message: String) {
  complain("error: \(message)\nNo completed work was lost. Fix the problem and run the same command again to resume.")
}

/// Says why a run was aborted.
///
/// - Parameter isTold: whether what the trainer printed was told when it failed.
func complainOf(aborted reason: String, _ lastFailure: TrainerFailure?, isTold: Bool = false) {
  complain("error: \(reason)")
  guard let lastFailure else { return }
  let isInReason = reason.contains(lastFailure.message)
  complainOf(lastFailure, withHeadline: !isInReason, withTail: !isTold)
}

/// Says what went wrong last, with what the trainer printed.
func complainOf(_ failure: TrainerFailure, withHeadline: Bool = true, withTail: Bool = true) {
  let message = harmless(failure.message)
  if withHeadline { complain("the last failure: \(message)") }
  guard withTail else { return }
  for line in shownTail(harmless(failure.logTail), below: message) { complain("    \(line)") }
}

extension Engine.Ending {
  /// Why nothing is left to train.
  var reason: Population.Ending? {
    if case .finished(let reason) = self { reason } else { nil }
  }
}
