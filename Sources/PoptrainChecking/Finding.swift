extension Check {
  /// What one check has found.
  package struct Finding: Hashable, Sendable {
    /// What was checked.
    package enum Subject: Hashable, Sendable {
      /// The trainer starts, trains, reports the metric and saves.
      case start
      /// It goes on from its own checkpoint, in the process that saved it.
      case resume
      /// A fresh process loads the checkpoint and scores the same.
      case load
      /// The same interval again comes to the same.
      case repetition
      /// It trains as many steps as it is asked for.
      case steps
      /// It loads a checkpoint under the values that explore makes of its own.
      case neighbours
      /// Each of several members trained together continues from its parent's model.
      case gather
      /// A hyperparameter has an effect.
      case effect(String)
      /// What the trainer's reports look like.
      case report
      /// It ends when it is told to.
      case stop
      /// What the experiment will cost.
      case estimate
    }

    /// How a check ended.
    package enum Verdict: String, Codable, Hashable, Sendable {
      case ok
      case warning
      /// It was not tested, or cannot be told.
      case inconclusive
      case failed
    }

    /// What was checked.
    package var subject: Subject
    /// How it ended.
    package var verdict: Verdict
    /// What was found.
    package var found: String
    /// What to do about it.
    package var remedy: String?
    /// The last lines that the trainer printed, where it failed.
    package var logTail = ""
    /// Whether noise hides what it warns of.
    package var isHiddenByNoise = false

    /// Whether something that a run relies on could not be tested. That a trainer is too quick to be interrupted is harmless.
    package var isUntold: Bool { isHiddenByNoise || (verdict == .inconclusive && subject != .stop) }
  }
}

extension Check.Finding.Subject {
  /// A word for it; the same for all hyperparameters.
  package enum Name: String, Codable, CaseIterable, Sendable {
    case start, resume, load
    case repetition = "repeat"
    case steps, neighbours, gather, effect, report, stop, estimate
  }

  /// The word for it.
  var name: Name {
    switch self {
    case .start: .start
    case .resume: .resume
    case .load: .load
    case .repetition: .repetition
    case .steps: .steps
    case .neighbours: .neighbours
    case .gather: .gather
    case .report: .report
    case .effect: .effect
    case .stop: .stop
    case .estimate: .estimate
    }
  }

  /// The hyperparameter that it is about.
  var hyperparameter: String? {
    if case .effect(let name) = self { name } else { nil }
  }

  /// What to call it in a line: its name, or the hyperparameter's.
  package var title: String { hyperparameter ?? name.rawValue }
}
