internal import PopulationBasedTraining

/// What a session trainer has said so far of the intervals of one message.
package struct Answers {
  let batch: [Assignment]
  /// Whether a report cannot be right, so that its process is not to be trusted.
  private(set) var haveMistake = false
  private var positions: [String: Int] = [:]
  private var intervals: [Underway]
  private var unanswered: Int

  private struct Underway {
    var age: Int
    /// The greatest age that was told of; none where none was.
    var reached: Int?
    var logged: [Evaluation] = []
    var loggedValues = 0
    var outcome: TrainerOutcome?
  }

  package init(to batch: [Assignment]) {
    self.batch = batch
    intervals = batch.map { Underway(age: $0.ages.lowerBound) }
    unanswered = batch.count
    for (position, assignment) in batch.enumerated() { positions[assignment.id] = position }
  }

  /// Whether every interval is answered.
  package var areComplete: Bool { unanswered == 0 }

  /// The intervals that were trained and saved.
  var saved: Set<String> {
    Set(
      zip(batch, intervals).compactMap { assignment, interval in
        if case .trained? = interval.outcome, assignment.kind == .train { assignment.id } else { nil }
      })
  }

  /// Whether an interval failed.
  var haveFailed: Bool { intervals.contains { if case .failed? = $0.outcome { true } else { false } } }

  /// What came of each interval.
  package var outcomes: [TrainerOutcome] {
    intervals.map { interval in
      guard let outcome = interval.outcome else { preconditionFailure("an interval is not answered") }
      return outcome
    }
  }

  /// Takes for failed what is not answered.
  package mutating func fail(_ failure: TrainerFailure) {
    for position in intervals.indices where intervals[position].outcome == nil { answer(position, .failed(failure)) }
  }

  /// Takes a message, and returns the age that an interval has reached, where it says so.
  package mutating func take(_ message: TrainerMessage) throws(TrainerFailure) -> (position: Int, age: Int)? {
    guard let id = message.interval, let position = positions[id], intervals[position].outcome == nil else {
      let expected = batch.count == 1 ? "not for \(batch[0].id)" : "which is not in flight"
      throw TrainerFailure(.garbage, "it answered for \(message.interval ?? "no interval"), \(expected)")
    }
    switch message {
    case .hello: break
    case .progress(_, let age):
      guard let age else { break }
      intervals[position].age = age
      intervals[position].reached = max(age, intervals[position].reached ?? 0)
      return (position, age)
    case .log(_, let age, let metrics):
      if let age { intervals[position].reached = max(age, intervals[position].reached ?? 0) }
      intervals[position].logged.append(Evaluation(age: age ?? intervals[position].age, metrics: metrics))
      intervals[position].loggedValues += max(1, metrics.count)
      guard intervals[position].loggedValues <= TrainerReport.mostValues else {
        throw TrainerFailure(.garbage, "it logged more than \(TrainerReport.mostValues) values in one interval")
      }
    case .done(_, let report):
      do {
        let trained = try TrainerReport(report).trained(
          batch[position], logged: intervals[position].logged, reached: intervals[position].reached)
        answer(position, .trained(trained))
      } catch {
        var failure = error
        if failure.reason != .contract {
          haveMistake = true
          if !failure.reason.isBreach { failure.message += "; its process was ended" }
        }
        answer(position, .failed(failure))
      }
    case .failed(_, let text, let isBreach):
      let failure =
        isBreach ? TrainerFailure(.contract, text) : TrainerFailure(.failed, "it reported a failure: \(text)")
      answer(position, .failed(failure))
    case .invalid(_, let text):
      answer(position, .invalid(text, log: nil))
    }
    return nil
  }

  private mutating func answer(_ position: Int, _ outcome: TrainerOutcome) {
    intervals[position].outcome = outcome
    unanswered -= 1
  }
}
