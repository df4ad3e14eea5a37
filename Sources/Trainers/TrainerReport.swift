internal import JSON
package import PopulationBasedTraining

/// The result of an interval as trainers of both kinds write it, see `docs/trainer-protocol.md`.
package struct TrainerReport {
  private let metrics: [JSON.Member]
  private let steps: Int?
  private let inForce: [JSON.Member]
  private let read: [String]?

  /// Reads the fields of a `done` message.
  init(_ message: JSON) throws(TrainerFailure) {
    guard let metrics = message["metrics"]?.members else {
      throw TrainerFailure(.garbage, "the report has no object `metrics`")
    }
    self.metrics = metrics
    steps = message["steps"]?.integer
    guard steps.map({ (-(1 << 53)...1 << 53).contains($0) }) ?? ((message["steps"] ?? .null) == .null) else {
      throw TrainerFailure(.garbage, "the report's `steps` is not a whole number of at most 2^53")
    }
    guard let inForce = (message["in_force"] ?? .object([])).members else {
      throw TrainerFailure(.garbage, "the report's `in_force` is not an object")
    }
    self.inForce = inForce
    read = message["read"]?.array?.compactMap(\.text)
  }

  /// Reads a report that is metrics alone.
  init(metrics: [JSON.Member]) {
    self.metrics = metrics
    steps = nil
    inForce = []
    read = nil
  }

  /// Reads the result file of a command: a report, or metrics alone.
  package init(resultFile text: String) throws(TrainerFailure) {
    let json: JSON
    do { json = try JSON.parse(text) } catch {
      throw TrainerFailure(.garbage, "its result file is not JSON: \(error)")
    }
    guard let members = json.members else {
      throw TrainerFailure(.garbage, "its result file does not hold an object")
    }
    self = json["metrics"]?.members == nil ? TrainerReport(metrics: members) : try TrainerReport(json)
  }

  /// What the report says of an assignment, or why it cannot be right.
  package func trained(_ assignment: Assignment, logged: [Evaluation]) throws(TrainerFailure) -> TrainedInterval {
    let asked = assignment.ages.count
    let steps = steps ?? asked
    guard steps > 0 || assignment.kind == .evaluate, steps >= 0 else {
      throw TrainerFailure(.failed, "it reported \(steps) steps of \(asked)")
    }
    for member in inForce { try checkInForce(member, assignment.hyperparameters) }

    var values: [String: Double] = [:]
    var notMeasured: Set<String> = []
    var evaluations = logged
    for metric in metrics {
      if let value = metric.value.double {
        values[metric.name] = value
      } else if metric.value == .null {
        notMeasured.insert(metric.name)
      } else if let list = metric.value.array?.compactMap(\.double), list.count == metric.value.array?.count,
        !list.isEmpty
      {
        values[metric.name] = list.reduce(0, +) / Double(list.count)
        evaluations += list.map {
          Evaluation(age: assignment.ages.lowerBound + steps, metrics: [metric.name: $0])
        }
      } else {
        throw TrainerFailure(.garbage, "the metric \(metric.name) is \(metric.value), which is not a number")
      }
    }
    let known = Set((read ?? Array(assignment.hyperparameters.keys)) + inForce.map(\.name))
    return TrainedInterval(
      steps: steps, metrics: values, notMeasured: notMeasured, evaluations: evaluations,
      unread: assignment.hyperparameters.keys.filter { !known.contains($0) }.sorted())
  }

  private func checkInForce(_ declared: JSON.Member, _ given: Hyperparameters) throws(TrainerFailure) {
    guard let value = given[declared.name] else {
      throw TrainerFailure(.garbage, "it declared \(declared.name) in force, which is no hyperparameter")
    }
    let isSame: Bool
    if let expected = value.asNumber {
      // The precision of a 32-bit float.
      isSame = declared.value.double.map { abs($0 - expected) <= 0x1p-22 * max(abs($0), abs(expected)) } ?? false
    } else {
      isSame = declared.value.hyperparameterValue == value
    }
    guard isSame else {
      throw TrainerFailure(
        .notInForce,
        """
        \(declared.name) was given as \(value), but \(declared.value) was in force. Restoring an optimizer often brings \
        the old value back: set the new one after loading
        """)
    }
  }
}
