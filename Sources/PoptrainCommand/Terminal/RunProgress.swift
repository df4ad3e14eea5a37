import PoptrainEngine
import PoptrainExperimentFile
import Foundation
import PopulationBasedTraining
import PoptrainStore
import PoptrainTrainers
import PoptrainWorker

/// What has happened in a run since this process started it.
struct RunProgress {
  let engine: Engine
  /// The steps that were trained before.
  private let earlierSteps: Int
  /// The steps that will have been trained at the end.
  let totalSteps: Int
  private let startedAt: Double
  /// When each worker had ended an interval, and the steps then: what follows counts no start of a process.
  private var underWay: (at: Double, steps: Int)?
  /// When the last interval ended, as it was recorded: it may be told later.
  private var lastEnd = 0.0
  private(set) var steps: Int
  private(set) var intervals = 0
  private(set) var failures = 0
  /// The member whose attempt failed last.
  private(set) var lastFailed: Member.ID?
  /// Why attempts failed.
  private(set) var causes = Tally()
  /// What trainers were warned of.
  private(set) var warnings = Tally()
  /// The ages that running intervals have reached.
  private(set) var ages: [Member.ID: Int] = [:]

  init(_ engine: Engine, now: Double) {
    self.engine = engine
    earlierSteps = engine.initial.trainedSteps
    totalSteps = engine.initial.plannedSteps
    steps = earlierSteps
    startedAt = now
  }

  mutating func take(_ news: Worker.News) {
    switch news {
    case .began(let lease):
      ages[lease.member] = lease.startAge
      if underWay == nil, intervals >= engine.workerCount { underWay = (lastEnd, steps) }
    case .progress(let lease, let age): ages[lease.member] = age
    case .failed(let lease, let failure, _):
      ages[lease.member] = nil
      failures += 1
      lastFailed = lease.member
      causes.add(failure.message, wording: failure.wording, member: lease.member, interval: lease.number)
    case .recorded(let completion):
      if let interval = completion.interval {
        ages[interval.member] = nil
        steps += interval.steps
        lastEnd = interval.finishedAt
        if !interval.isRefused { intervals += 1 }
      }
    case .reported(let trained, let lease):
      for warning in trained.trainerWarnings + trained.warnings {
        warnings.add(warning, wording: kind(ofWarning: warning), member: lease.member, interval: lease.number)
      }
    case .paused, .resumed: break
    }
  }

  /// The part of all steps that is done.
  var share: String { percentage(min(steps, totalSteps), of: totalSteps) }

  /// Whether the pace can be told without the starts of processes.
  var isPaceKnown: Bool { underWay.map { steps > $0.steps } ?? false }

  /// The seconds that are left at the pace so far; none before anything is finished.
  func secondsLeft(now: Double) -> Double? {
    let (seconds, trained) =
      if let underWay, isPaceKnown {
        (lastEnd - underWay.at, steps - underWay.steps)
      } else {
        (now - startedAt, steps - earlierSteps)
      }
    guard trained > 0 else { return nil }
    return seconds / Double(trained) * Double(max(0, totalSteps - steps))
  }
}
