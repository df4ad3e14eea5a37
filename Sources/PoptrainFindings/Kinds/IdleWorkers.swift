internal import Foundation
internal import PopulationBasedTraining
internal import PoptrainText

/// Did workers spend much of their time outside trainers?
///
/// The time of workers is that of the engine, from each start to the last record before the next, times the workers that
/// recorded an interval in it. What remains is waiting for others, starting trainers, checkpoints and failed attempts.
enum IdleWorkers {
  /// The part of their time that workers should have trained.
  static let leastShare = 0.8
  /// Below so many seconds, starting up is most of it.
  static let leastSeconds = 60.0
  /// A mean interval shorter than this is mostly what comes with every interval.
  static let shortInterval = 1.0

  static func verdict(_ course: Course) -> Verdict {
    let sessions = course.sessions.filter { !$0.workers.isEmpty }
    let capacity = sessions.reduce(0) { $0 + ($1.end - $1.start) * Double($1.workers.count) }
    let seconds = sessions.reduce(0) { $0 + ($1.end - $1.start) }
    let busy = sessions.reduce(0) { $0 + $1.busy }
    guard seconds >= leastSeconds, busy < leastShare * capacity else { return .nothing }
    let workers = sessions.map(\.workers.count).max() ?? 0
    return .finding(
      Finding(
        .idleWorkers, .warning,
        "Trainers worked \(percent(busy / capacity)) of the time of \(counted(workers, "worker")): "
          + "\(spoken(.seconds(capacity - busy))) of \(spoken(.seconds(capacity))) were not spent training.",
        [
          "share": .number(busy / capacity), "workers": .integer(workers), "trainer_seconds": .number(busy),
          "worker_seconds": .number(capacity), "mean_interval_seconds": .number(busy / Double(course.stretches.count)),
        ],
        advice: advice(course, workers, meanSeconds: busy / Double(max(1, course.stretches.count)))))
  }

  private static func advice(_ course: Course, _ workers: Int, meanSeconds: Double) -> String {
    if meanSeconds < shortInterval { return "Make intervals longer: each also costs a checkpoint and a decision." }
    if case .synchronous = course.rules.order {
      return "In synchronous order everybody waits for the slowest: use fewer workers than members, or "
        + "`order: asynchronous`."
    }
    if workers >= course.rules.populationSize {
      return "Use fewer workers than members: then one that waits for its donor leaves its worker to another."
    }
    return course.attempts.isEmpty
      ? "See in the logs what trainers do before they train and after."
      : "Failed attempts cost time too: see why they fail."
  }
}
