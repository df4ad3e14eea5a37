import PoptrainText
import PoptrainRuns
import PoptrainEngine
import PoptrainExperimentFile
import Foundation
import PoptrainJSON
import PopulationBasedTraining
import PoptrainStore
import PoptrainTrainers

// The last lines of a run.
extension RunReporter {
  /// More about how it ended.
  private func message(of ending: Engine.Ending, _ forfeited: [Member.ID: Int]) -> String? {
    switch ending {
    case .finished(let reason): engine.experiment.words(for: reason, forfeited: forfeited)
    case .stopped, .interrupted: nil
    case .hopeless(let message), .broken(let message): message
    }
  }

  /// Says how it ended, and what to do next.
  func end(_ ending: Engine.Ending) async {
    let run = try? RecordedRun(engine.directory)
    let population = await engine.population()
    let best = population.best
    let forfeited = (try? run?.history.forfeitedSteps()) ?? [:]
    let message = message(of: ending, forfeited)
    if style == .json {
      print(
        "ended",
        [.init("ending", .text(ending.name)), .init("message", message.map(JSON.text) ?? .null)]
          + [.init("forfeited_steps", .integer(forfeited.values.reduce(0, +)))]
          + [.init("reason", ending.reason.map { .text($0.rawValue) } ?? .null)]
          + [.init("best", best.flatMap { run?.json(of: $0) } ?? .null)])
      return
    }
    if ending.reason != nil, let message { say("\nended: \(message)") }
    if ending.reason != nil, let ages = population.wordsForAges { say(ages) }
    let model = (try? run?.bestModel()) ?? nil
    if let best {
      say(
        "\nbest: member \(best.member), \(engine.experiment.metric) \(short(rules.metric(ofScore: best.published.score))) at age \(grouped(best.published.age))"
      )
      if let words = model?.words(for: engine.experiment.metric) { say("  \(words)") }
      for hyperparameter in rules.space.hyperparameters {
        say("  \(hyperparameter.name): \(short(best.published.hyperparameters[hyperparameter.name]))")
      }
      say("  checkpoint: \(engine.directory.shown)/best")
    }
    if progress.failures > 0 {
      say(
        "\n\(counted(progress.failures, "attempt")) failed; `poptrain status` counts them by member, `poptrain logs` says why"
      )
      for cause in progress.causes.sorted.prefix(5) where cause.count > 1 {
        say("  \(grouped(cause.count)) times: \(harmless(cause.message))")
      }
    }
    for warning in progress.warnings.sorted where warning.count > 1 {
      say("\nhappened \(grouped(warning.count)) times: \(harmless(warning.message))")
    }
    let folder = shellPath(engine.directory.shown)
    switch ending {
    case .finished(let reason):
      say("\nnext:")
      say("  poptrain schedule \(folder)")
      say("  poptrain lineage \(folder)")
      say("  poptrain best \(folder) --copy model")
      // One lucky evaluation says little: a replay, or a comparison, says more.
      if model?.luckyAmong != nil { say("  poptrain replay \(folder) --seeds 3") }
      if let file { say("  poptrain compare \(shellPath(file))") }
      let remedy = engine.experiment.remedy(for: reason)
      if reason == .budget {
        say("to go on, with \(remedy):")
        say("  poptrain run \(folder) --steps \(2 * rules.steps)")
      } else {
        say("to go on: the same command, with \(remedy)")
      }
    case .stopped, .interrupted:
      say("\nstopped; the same command goes on from here")
    case .broken(let message):
      complain("error: \(message)\nNothing that was completed is lost; the same command goes on when this is mended.")
    case .hopeless(let reason):
      complain("error: \(reason)")
      if let lastFailure { complainOf(lastFailure) }
    }
  }
}

/// Says what went wrong last, with what the trainer printed.
func complainOf(_ failure: TrainerFailure) {
  complain("the last failure: \(harmless(failure.message))")
  for line in harmless(failure.logTail).split(separator: "\n") { complain("    \(line)") }
}

extension Engine.Ending {
  /// A word for it.
  fileprivate var name: String {
    switch self {
    case .finished: "finished"
    case .stopped: "stopped"
    case .interrupted: "interrupted"
    case .hopeless: "hopeless"
    case .broken: "broken"
    }
  }

  /// Why nothing is left to train.
  fileprivate var reason: Population.Ending? {
    if case .finished(let reason) = self { reason } else { nil }
  }
}
