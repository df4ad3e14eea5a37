import Foundation
import PoptrainEngine
import PoptrainExperimentFile
import PoptrainRuns
import PoptrainStore
import PoptrainTrainers
import PoptrainWorker
import PopulationBasedTraining

/// Tells a program of a run, one event a line (`docs/json.md`).
actor JSONReporter: RunReporter {
  private let engine: Engine

  init(_ engine: Engine) { self.engine = engine }

  func begin(original: RecordedRun?) {
    let rules = engine.experiment.rules
    tell(
      .started(
        RunEvent.Started(
          name: engine.experiment.name, run: engine.directory.address, populationSize: rules.populationSize,
          totalSteps: engine.initial.plannedSteps, trainedSteps: engine.initial.trainedSteps,
          workers: engine.workerCount)))
    for change in engine.programChanges(original: original) {
      tell(
        .programChanged(
          RunEvent.ProgramChanged(
            files: change.files, startedAtSeconds: change.since.timeIntervalSince1970, message: change.message)))
    }
    if engine.isResumed { for decision in engine.firstDecisions { show(decision) } }
  }

  func show(_ news: Engine.News) {
    switch news {
    case .worker(_, .failed(let lease, let failure, _)):
      tell(
        .failure(
          RunEvent.Failure(
            member: lease.member, interval: lease.number, reason: failure.reason, message: failure.message)))
    case .worker(_, .recorded(let completion)):
      if let interval = completion.interval {
        tell(.interval(RunEvent.IntervalEnded(interval, under: engine.experiment.rules)))
      }
      for decision in completion.decisions { show(decision) }
    case .worker(_, .paused(let message)): tell(.paused(RunEvent.Told(message)))
    case .worker(_, .resumed): tell(.resumed)
    case .worker(_, .began), .worker(_, .progress), .worker(_, .reported): break
    case .warning(let message): tell(.warning(RunEvent.Told(message)))
    case .stopping: tell(.stopping)
    }
  }

  func end(_ ending: Engine.Ending) async {
    let run = try? RecordedRun(engine.directory)
    let best = await engine.population().best
    let forfeited = (try? run?.forfeitedSteps()) ?? [:]
    tell(
      .ended(
        RunEvent.Ended(
          ending.name, message: engine.experiment.message(of: ending, forfeited),
          forfeitedSteps: forfeited.values.reduce(0, +), reason: ending.reason,
          best: best.flatMap { best in run.map { Status.Best(best, in: $0) } })))
  }

  private func show(_ decision: Decision) {
    if let event = RunEvent(decision, in: engine.experiment.rules.space) { tell(event) }
  }

  private func tell(_ event: RunEvent) {
    do { try say(json: event) } catch { complain("error: \(error)\nThis is a bug in poptrain. Please report it.") }
  }
}

extension Experiment {
  /// More about how a run ended.
  fileprivate func message(of ending: Engine.Ending, _ forfeited: [Member.ID: Int]) -> String? {
    switch ending {
    case .finished(let reason): words(for: reason, forfeited: forfeited)
    case .stopped, .interrupted: nil
    case .aborted(let message), .broken(let message): message
    }
  }
}

extension Engine.Ending {
  /// What programs call it.
  fileprivate var name: RunEvent.Ended.Ending {
    switch self {
    case .finished: .finished
    case .stopped: .stopped
    case .interrupted: .interrupted
    case .aborted: .aborted
    case .broken: .broken
    }
  }
}
