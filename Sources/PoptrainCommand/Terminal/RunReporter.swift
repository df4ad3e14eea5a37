import PoptrainRuns
import PoptrainText
import PoptrainEngine
import PoptrainExperimentFile
import Foundation
import PoptrainJSON
import PopulationBasedTraining
import PoptrainStore
import PoptrainTrainers
import PoptrainWorker

/// Shows a run while it goes on: a live table on a terminal, plain lines into a pipe, or JSON for a program.
actor RunReporter {
  enum Style { case live, plain, json }

  let engine: Engine
  let style: Style
  var progress: RunProgress
  private var frame = Frame()
  private var hasEstimated = false
  var lastFailure: TrainerFailure?
  /// The experiment file, as the user named it; none where the folder of a run was named.
  let file: String?

  init(_ engine: Engine, file: String?, asJSON: Bool) {
    self.engine = engine
    self.file = file
    style = asJSON ? .json : Terminal.isInteractive ? .live : .plain
    progress = RunProgress(engine, now: SystemClock.monotonic())
  }

  var rules: Rules { engine.experiment.rules }

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
    let metric = interval.score.map(rules.metric(ofScore:))
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
    say("at this pace it takes another \(spoken(.seconds(left)))")
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

  func print(_ event: String, _ members: [JSON.Member]) {
    say(JSON.object([JSON.Member("event", .text(event))] + members).description)
  }
}

extension Decision {
  fileprivate var isJoining: Bool { ordinal == 0 }
}
