import PoptrainEngine
import PoptrainExperimentFile
import PoptrainRuns
import PoptrainStore
import PoptrainText
import PoptrainWorker
import PopulationBasedTraining

/// Shows a run as plain lines, one for each interval and decision.
actor LineReporter: RunReporter {
  private var wording: RunWording
  private var hasEstimated = false

  init(_ wording: RunWording) { self.wording = wording }

  private var records: RecordWording { RecordWording(experiment: wording.engine.experiment) }

  func begin(original: RecordedRun?) {
    for line in wording.heading(original: original) { say(line) }
    if wording.engine.isResumed { for decision in wording.engine.firstDecisions { show(decision) } }
  }

  func show(_ news: Engine.News) {
    wording.take(news)
    switch news {
    case .worker(_, .recorded(let completion)):
      if let interval = completion.interval {
        // It also says why there is no score.
        say(records.line(interval))
      }
      for decision in completion.decisions { show(decision) }
    // Not before: the intervals of a batch end together, but are told one by one.
    case .worker(_, .began): estimate()
    default: for line in wording.lines(for: news) { say(line) }
    }
  }

  func end(_ ending: Engine.Ending) async { await wording.end(ending) }

  private func show(_ decision: Decision) {
    if let line = records.line(decision) { say(line) }
  }

  /// Says once how long it will take, as soon as that can be told.
  private func estimate() {
    let progress = wording.progress
    guard !hasEstimated, progress.isPaceKnown, progress.intervals >= 2 * wording.engine.workerCount,
      let left = progress.secondsLeft(now: SystemClock.monotonic())
    else { return }
    hasEstimated = true
    say("at this pace it takes another \(spoken(.seconds(left)))")
  }
}
