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

  func begin(original: RecordedRun?) {
    for line in wording.heading(original: original) { say(line) }
    if wording.engine.isResumed { for decision in wording.engine.firstDecisions { show(decision) } }
  }

  func show(_ news: Engine.News) {
    wording.take(news)
    switch news {
    case .worker(_, .recorded(let completion)):
      if let interval = completion.interval {
        show(interval)
        for line in wording.lines(for: news) { say(line) }
      }
      for decision in completion.decisions { show(decision) }
    // Not before: the intervals of a batch end together, but are told one by one.
    case .worker(_, .began): estimate()
    default: for line in wording.lines(for: news) { say(line) }
    }
  }

  func end(_ ending: Engine.Ending) async { await wording.end(ending) }

  private func show(_ interval: Interval) {
    let experiment = wording.engine.experiment
    let metric = interval.score.map(experiment.rules.metric(ofScore:))
    let score = metric.map { "\(experiment.metric) \(short($0))" } ?? "no score (\(interval.outcome.rawValue))"
    say("member \(interval.member)  interval \(interval.number)  age \(grouped(interval.endAge))  \(score)")
  }

  private func show(_ decision: Decision) {
    switch decision.result {
    case .stay where decision.ordinal > 0: break
    case .stay: say("member \(decision.member)  joins")
    case .inherit(let donor) where !donor.inherits.includesWeights:
      let whose = donor.member == decision.member ? "its own" : "member \(donor.member)'s"
      say("member \(decision.member)  continues with new values, from \(whose)")
    case .inherit(let donor):
      say("member \(decision.member)  copies member \(donor.member) at age \(grouped(donor.age))")
    case .fresh: say("member \(decision.member)  starts again with new values")
    case .fail: say("member \(decision.member)  has failed: \(decision.reason)")
    case .retire: say("member \(decision.member)  leaves: \(decision.reason)")
    }
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
