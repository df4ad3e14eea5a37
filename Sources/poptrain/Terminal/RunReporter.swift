import Engine
import ExperimentFile
import Foundation
import JSON
import PopulationBasedTraining
import Store
import Trainers
import Worker

/// Shows a run while it goes on: a live table on a terminal, plain lines into a pipe, or JSON for a program.
actor RunReporter {
  private enum Style { case live, plain, json }

  private let engine: Engine
  private let style: Style
  private var progress: RunProgress
  private var frame = Frame()
  private var hasEstimated = false
  private var lastFailure: TrainerFailure?

  init(_ engine: Engine, asJSON: Bool) {
    self.engine = engine
    style = asJSON ? .json : Terminal.isInteractive ? .live : .plain
    progress = RunProgress(engine, now: SystemClock.monotonic())
  }

  private var rules: Rules { engine.experiment.rules }

  /// Says what the run will cost, and what is not as it was.
  ///
  /// - Parameter original: the run whose schedule is trained again, where that is so.
  func begin(original: RecordedRun? = nil) {
    let total = progress.totalSteps
    let name = engine.experiment.name
    if style == .json {
      print(
        "started",
        [
          .init("name", .text(name)), .init("run", .text(engine.directory.path)),
          .init("population_size", .integer(rules.populationSize)), .init("total_steps", .integer(total)),
          .init("trained_steps", .integer(progress.steps)), .init("workers", .integer(engine.workerCount)),
        ])
      tellProgramChanges(original)
      if engine.isResumed { for decision in engine.firstDecisions { show(decision) } }
      return
    }
    let budget = rules.populationSize * rules.steps
    let intervals = rules.populationSize * rules.intervalsPerMember
    say(
      "\(name): \(counted(rules.populationSize, "member")) × \(grouped(rules.steps)) steps = \(grouped(budget)) steps in "
        + "\(counted(intervals, "interval")); \(counted(engine.workerCount, "worker")), \(rules.order.name)"
    )
    say("run: \(engine.directory.shown)")
    if progress.steps > 0 {
      say("resuming: \(grouped(progress.steps)) steps (\(Int(progress.fraction * 100)) %) are done")
    }
    for revision in engine.revisions { say("changed since the last start: \(revision)") }
    for value in engine.kept { say(value) }
    tellProgramChanges(original)
    if engine.isResumed { for decision in engine.firstDecisions { show(decision) } }
  }

  private func tellProgramChanges(_ original: RecordedRun?) {
    let changes = [
      engine.programChange.map { ($0, "\($0.words(since: "the last start")); the members go on under the new code") },
      original.flatMap { run in
        run.programChange.map {
          ($0, "\($0.words(since: "\(run.directory.shown) was last started")); the replay is under the new code")
        }
      },
    ]
    for case (let change, let message)? in changes {
      guard style == .json else {
        say(message)
        continue
      }
      print(
        "program_changed",
        [
          .init("files", .array(change.files.map(JSON.text))),
          .init("since", .number(change.since.timeIntervalSince1970)), .init("message", .text(message)),
        ])
    }
  }

  /// Shows what happens until the run is over, some of it at a time: being woken costs the workers more than printing does.
  func follow(_ unseen: Unseen) async {
    let ticking = Task {
      while style == .live, !Task.isCancelled {
        await draw()
        try? await Task.sleep(for: .milliseconds(250))
      }
    }
    for await _ in unseen.arrivals {
      for item in unseen.take() { show(item) }
      try? await Task.sleep(for: .milliseconds(20))
    }
    ticking.cancel()
    if style == .live { await draw() }
  }

  private func draw() async {
    let population = await engine.population()
    let size = Terminal.size
    frame.draw(
      LiveView.lines(
        progress, population, height: size.rows, width: size.columns, now: SystemClock.monotonic()))
  }

  private func show(_ news: Engine.News) {
    switch news {
    case .worker(_, let workerNews):
      progress.take(workerNews)
      show(workerNews)
    case .warning(let message):
      if style == .json { print("warning", [.init("message", .text(message))]) } else { tell("warning: \(message)") }
    case .stopping(let how, let isTimeOver):
      guard style != .json else { return print("stopping", []) }
      let timeout = engine.experiment.stopTimeout
      tell(
        how == .now
          ? "stopping now; intervals under way are repeated on resume"
          : "\(isTimeOver ? "\(engine.experiment.words(for: .wallClock)): " : "")stopping when the intervals under way are "
            + "\(how == .afterSaving ? "saved" : "through") (within \(timeout.shown)); Ctrl-C \(isTimeOver ? "" : "again ")stops now"
      )
    }
  }

  private func show(_ news: Worker.News) {
    switch news {
    case .failed(let lease, let failure, let isReplaced):
      lastFailure = failure
      if style == .json {
        print(
          "failure",
          [
            .init("member", .integer(lease.member)), .init("interval", .integer(lease.number)),
            .init("reason", .text(failure.reason.rawValue)), .init("message", .text(failure.message)),
          ])
      } else {
        tell(lines(failure, of: lease, isReplaced).joined(separator: "\n"))
      }
    case .recorded(let completion):
      if let interval = completion.interval { show(interval) }
      for decision in completion.decisions { show(decision) }
    case .paused(let message):
      if style == .json {
        print("paused", [.init("message", .text(message))])
      } else {
        tell("paused: \(harmless(message)); a worker waits until there is room, and goes on by itself")
      }
    case .resumed:
      if style == .json { print("resumed", []) } else { tell("there is room again; the worker goes on") }
    case .began:
      // Not before: the intervals of a batch end together, but are told one by one.
      estimate()
    case .progress, .reported:
      break
    }
  }

  /// A failed attempt: in full where it is the first of its cause, else in a line, and ever more seldom.
  private func lines(_ failure: TrainerFailure, of lease: Lease, _ isReplaced: Bool) -> [String] {
    let place = "member \(lease.member), interval \(lease.number)"
    let consequence = isReplaced ? "; the member is given up" : ""
    guard let cause = progress.causes[failure.wording], cause.count > 1 else {
      return ["\(place): \(harmless(failure.message))\(consequence)"]
        + harmless(failure.logTail).split(separator: "\n").map { "    \($0)" }
    }
    let isPowerOfTwo = cause.count & (cause.count - 1) == 0
    guard isPowerOfTwo || isReplaced else { return [] }
    let first = "member \(cause.member), interval \(cause.interval)"
    return ["\(place): the same again as in \(first), \(cause.count) times now\(consequence)"]
  }

  private func show(_ interval: Interval) {
    let metric = interval.score.map { rules.mode == .max ? $0 : -$0 }
    switch style {
    case .live: break
    case .plain:
      let score = metric.map { "\(engine.experiment.metric) \(short($0))" } ?? "no score (\(interval.outcome.rawValue))"
      say("member \(interval.member)  interval \(interval.number)  age \(grouped(interval.endAge))  \(score)")
    case .json:
      print(
        "interval",
        [
          .init("member", .integer(interval.member)), .init("interval", .integer(interval.number)),
          .init("age", .integer(interval.endAge)), .init("outcome", .text(interval.outcome.rawValue)),
          .init("score", metric.map(JSON.number) ?? .null),
        ])
    }
    if interval.outcome == .diverged || interval.outcome == .invalid, style != .json {
      tell("member \(interval.member), interval \(interval.number): \(harmless(interval.message ?? ""))")
    }
  }

  private func show(_ decision: Decision) {
    guard decision.result != .stay || decision.isJoining else { return }
    switch style {
    case .live: break
    case .plain:
      switch decision.result {
      case .stay: say("member \(decision.member)  joins")
      case .inherit(let donor) where !donor.inherits.includesWeights:
        let whose = donor.member == decision.member ? "its own" : "member \(donor.member)'s"
        say("member \(decision.member)  goes on with new values, from \(whose)")
      case .inherit(let donor):
        say("member \(decision.member)  copies member \(donor.member) at age \(grouped(donor.age))")
      case .fresh: say("member \(decision.member)  starts again with new values")
      case .fail: say("member \(decision.member)  has failed: \(decision.reason)")
      case .retire: say("member \(decision.member)  leaves: \(decision.reason)")
      }
    case .json:
      print(
        decision.isJoining ? "join" : decision.result.name,
        [
          .init("member", .integer(decision.member)),
          .init("donor", decision.result.donor.map { .integer($0.member) } ?? .null),
          .init("hyperparameters", JSON(decision.hyperparameters, in: rules.space)),
        ])
    }
  }

  /// Says once how long it will take, as soon as that can be told.
  private func estimate() {
    guard !hasEstimated, style == .plain, progress.intervals >= 2 * engine.workerCount,
      let left = progress.secondsLeft(now: SystemClock.monotonic())
    else { return }
    hasEstimated = true
    say("at this pace it takes another \(spoken(seconds: left))")
  }

  /// Writes lines that stay.
  private func tell(_ text: String) {
    guard !text.isEmpty else { return }
    if style == .live {
      frame.insert(text.split(separator: "\n", omittingEmptySubsequences: false).map(String.init))
    } else {
      say(text)
    }
  }

  private func print(_ event: String, _ members: [JSON.Member]) {
    say(JSON.object([JSON.Member("event", .text(event))] + members).description)
  }

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
    if let best {
      say(
        "\nbest: member \(best.member), \(engine.experiment.metric) \(short(rules.mode == .max ? best.published.score : -best.published.score)) at age \(grouped(best.published.age))"
      )
      if let words = (try? run?.bestModel())?.words(for: engine.experiment.metric) { say("  \(words)") }
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
      say("\nwarned of \(grouped(warning.count)) times: \(harmless(warning.message))")
    }
    let folder = shellPath(engine.directory.shown)
    switch ending {
    case .finished(let reason):
      say("\nnext:")
      say("  poptrain schedule \(folder)")
      say("  poptrain lineage \(folder)")
      say("  poptrain best \(folder) --copy model")
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

extension Decision {
  fileprivate var isJoining: Bool { ordinal == 0 }
}
