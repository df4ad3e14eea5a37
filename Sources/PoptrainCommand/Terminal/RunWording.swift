import Foundation
import PoptrainEngine
import PoptrainExperimentFile
import PoptrainRuns
import PoptrainStore
import PoptrainText
import PoptrainTrainers
import PoptrainWorker
import PopulationBasedTraining

/// What people are told of a run, in words.
struct RunWording {
  let engine: Engine
  /// The experiment file, as the user named it; none where the folder of a run was named.
  let file: String?
  private(set) var progress: RunProgress
  private(set) var lastFailure: TrainerFailure?

  init(_ engine: Engine, file: String?) {
    self.engine = engine
    self.file = file
    progress = RunProgress(engine, now: SystemClock.monotonic())
  }

  /// What the run will cost, and what is not as it was.
  func heading(original: RecordedRun?) -> [String] {
    let rules = engine.experiment.rules
    let budget = rules.populationSize * rules.steps
    let intervals = rules.populationSize * rules.intervalsPerMember
    var lines = [
      "\(engine.experiment.name): \(counted(rules.populationSize, "member")) × \(grouped(rules.steps)) steps = "
        + "\(grouped(budget)) steps in \(counted(intervals, "interval")); \(counted(engine.workerCount, "worker")), "
        + "\(rules.order.name)",
      "run: \(engine.directory.shown)",
    ]
    if progress.steps > 0 {
      lines.append("resuming: \(grouped(progress.steps)) steps (\(progress.share)) are done")
    }
    lines += engine.revisions.map { "changed since the last start: \($0)" }
    lines += engine.kept.map { "\($0.key): \($0.value), as an earlier command line said; the file says \($0.inFile)" }
    lines += engine.programChanges(original: original).map(\.message)
    return lines
  }

  /// Keeps what is needed later on.
  mutating func take(_ news: Engine.News) {
    guard case .worker(_, let workerNews) = news else { return }
    progress.take(workerNews)
    if case .failed(_, let failure, _) = workerNews { lastFailure = failure }
  }

  /// What everybody has to be told of something that has happened; mostly nothing.
  func lines(for news: Engine.News) -> [String] {
    messages(for: news).flatMap { $0.split(separator: "\n", omittingEmptySubsequences: false).map(String.init) }
  }

  private func messages(for news: Engine.News) -> [String] {
    switch news {
    case .worker(_, .failed(let lease, let failure, let isReplaced)): lines(failure, of: lease, isReplaced)
    case .worker(_, .recorded(let completion)):
      completion.interval.flatMap(line).map { [$0] } ?? []
    case .worker(_, .paused(let message)):
      ["paused: \(harmless(message)); retrying until it succeeds"]
    case .worker(_, .resumed): ["resumed"]
    case .worker(_, .began), .worker(_, .progress), .worker(_, .reported): []
    case .warning(let message): ["warning: \(message)"]
    case .stopping(.now, _): ["stopping now; intervals in flight are repeated on resume"]
    case .stopping(let how, let isTimeOver):
      [
        "\(isTimeOver ? "\(engine.experiment.words(for: .wallClock)): " : "")stopping after the intervals in flight "
          + "\(how == .afterSaving ? "are saved" : "finish") (within \(engine.experiment.stopTimeout.shown)); "
          + "Ctrl-C \(isTimeOver ? "" : "again ")stops now"
      ]
    }
  }

  private func line(_ interval: Interval) -> String? {
    guard interval.outcome == .diverged || interval.outcome == .invalid else { return nil }
    return "member \(interval.member), interval \(interval.number): \(harmless(interval.message ?? ""))"
  }

  /// A failed attempt: in full where it is the first of its cause, else in a line, and ever more seldom.
  private func lines(_ failure: TrainerFailure, of lease: Lease, _ isReplaced: Bool) -> [String] {
    let place = "member \(lease.member), interval \(lease.number)"
    let consequence = isReplaced ? "; the member is given up" : ""
    guard let cause = progress.causes[failure.wording], cause.count > 1 else {
      return ["\(place): \(harmless(failure.message))\(consequence)"]
        + shownTail(harmless(failure.logTail), below: harmless(failure.message)).map { "    \($0)" }
    }
    let isPowerOfTwo = cause.count & (cause.count - 1) == 0
    guard isPowerOfTwo || isReplaced else { return [] }
    let first = "member \(cause.member), interval \(cause.interval)"
    return ["\(place): same cause as in \(first), \(cause.count) times so far\(consequence)"]
  }
}

extension Engine {
  /// What has changed in the program since this run, and the one whose schedule it trains again, were started.
  func programChanges(original: RecordedRun?) -> [(files: [String], since: Date, message: String)] {
    let own = programChange.map {
      ($0.files, $0.since, "\($0.words(since: "the last start")); the members continue with the new code")
    }
    let other = original.flatMap { run in
      run.programChange.map {
        (
          $0.files, $0.since,
          "\($0.words(since: "\(run.directory.shown) was last started")); the replay uses the new code"
        )
      }
    }
    return [own, other].compactMap { $0 }
  }
}
