internal import PoptrainJSON
package import PopulationBasedTraining

/// The result of an interval as trainers of both kinds write it, see `docs/trainer-protocol.md`.
package struct TrainerReport {
  private let metrics: [JSON.Member]
  private let steps: Int?
  /// The steps that the trainer has counted, where it says that they are others.
  private let counted: Int?
  private let declared: DeclaredValues
  private let read: [String]?
  /// What the trainer itself has left out of the metrics, and what it is.
  private let leftOut: [JSON.Member]

  /// The most values that are kept of an interval.
  static let mostValues = 100_000

  /// Reads the fields of a `done` message.
  init(_ message: JSON) throws(TrainerFailure) {
    guard let metrics = message["metrics"]?.members else {
      throw TrainerFailure(.garbage, "the report has no object `metrics`")
    }
    try TrainerReport.checkNumber(of: metrics)
    self.metrics = metrics
    steps = message["steps"]?.integer
    guard steps.map({ (-(1 << 53)...1 << 53).contains($0) }) ?? ((message["steps"] ?? .null) == .null) else {
      throw TrainerFailure(.garbage, "the report's `steps` is not a whole number of at most 2^53")
    }
    counted = message["counted"]?.integer
    func values(_ field: String) throws(TrainerFailure) -> [JSON.Member] {
      guard let values = (message[field] ?? .object([])).members else {
        throw TrainerFailure(.garbage, "the report's `\(field)` is not an object")
      }
      return values
    }
    declared = DeclaredValues(atFirst: try values("in_force"), atEnd: try values("in_force_at_end"))
    read = message["read"]?.array?.compactMap(\.text)
    leftOut = message["left_out"]?.members ?? []
  }

  /// Reads a report that is metrics alone.
  init(metrics: [JSON.Member]) throws(TrainerFailure) {
    try TrainerReport.checkNumber(of: metrics)
    self.metrics = metrics
    (steps, counted) = (nil, nil)
    declared = DeclaredValues()
    read = nil
    leftOut = []
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
    self = try json["metrics"]?.members == nil ? TrainerReport(metrics: members) : TrainerReport(json)
  }

  private static func checkNumber(of metrics: [JSON.Member]) throws(TrainerFailure) {
    guard metrics.reduce(0, { $0 + max(1, $1.value.array?.count ?? 1) }) <= mostValues else {
      throw TrainerFailure(.garbage, "it reported more than \(mostValues) values of one interval")
    }
  }

  /// What the report says of an assignment, or why it cannot be right.
  ///
  /// - Parameter reached: the greatest age that the trainer has told of on the way; none where it has told of none.
  package func trained(
    _ assignment: Assignment, logged: [Evaluation], reached: Int? = nil
  ) throws(TrainerFailure) -> TrainedInterval {
    let asked = assignment.ages.count
    let steps = steps ?? asked
    guard steps > 0 || assignment.kind == .evaluate, steps >= 0 else {
      throw TrainerFailure(
        .contract,
        """
        it reported \(steps) steps of \(asked): without a trained step there is no interval. A framework that has \
        reached a `max_steps` of its own trains nothing
        """)
    }
    guard max(assignment.ages.lowerBound, assignment.memberSteps) + steps <= HistoryRecord.largestCount else {
      throw TrainerFailure(
        .contract, "it reported \(steps) steps of \(asked), and no model is trained for more than 2^45 steps")
    }
    try declared.check(assignment)

    let measured = Measured(metrics, leftOut: leftOut)
    let age = assignment.ages.lowerBound + steps
    let known = Set((read ?? Array(assignment.hyperparameters.keys)) + declared.atFirst.map(\.name))
    var warnings = measured.leftOut.keys.sorted().map { "the metric '\($0)' is not a number and was ignored" }
    let told = counted ?? reached.map { $0 - assignment.ages.lowerBound } ?? steps
    if assignment.kind == .evaluate {
      let told = counted ?? reached.map { $0 - assignment.ages.lowerBound } ?? 0
      if max(steps, told) > 0 { warnings.append(TrainerReport.warning(ofSteps: steps, counted: told)) }
    } else if told > steps || counted.map({ $0 != steps }) ?? false {
      warnings.append(
        """
        it \(counted == nil ? "told of" : "counted") \(told) steps, but reported \(steps) (\(asked) were asked for). What \
        it reports is taken, and if that is wrong, so are all ages: count each step once, and report `steps` only where \
        nothing else counts them
        """)
    }
    return TrainedInterval(
      steps: steps, metrics: measured.values, notMeasured: measured.notMeasured, leftOut: measured.leftOut,
      evaluations: logged + measured.evaluations.map { Evaluation(age: age, metrics: [$0.name: $0.value]) },
      unread: assignment.hyperparameters.keys.filter { !known.contains($0) }.sorted(), warnings: warnings)
  }
}

extension TrainerReport {
  /// What is wrong with steps of an evaluation: whether any was trained is not known.
  private static func warning(ofSteps steps: Int, counted: Int) -> String {
    counted > 0
      ? """
      it counted \(counted) steps in an evaluation, in which there are none to train. Train nothing `if \
      interval.is_evaluation`, when the ages to train from and to are the same: what it measures is then the model it was given
      """
      : """
      it reported \(steps == 1 ? "1 step" : "\(steps) steps") of an evaluation, in which there are none to train. Report `steps=0` there, or no `steps`, and count none
      """
  }
}

/// The metrics of a report, sorted by what can be made of them.
private struct Measured {
  private(set) var values: [String: Double] = [:]
  /// Those that have no value yet.
  private(set) var notMeasured: Set<String> = []
  /// Those that are no numbers, and what they are.
  private(set) var leftOut: [String: String] = [:]
  /// Those that are several evaluations, one by one.
  private(set) var evaluations: [(name: String, value: Double)] = []

  init(_ metrics: [JSON.Member], leftOut: [JSON.Member]) {
    for member in leftOut { self.leftOut[member.name] = member.value.text ?? "is not a number" }
    for metric in metrics { take(metric) }
  }

  private mutating func take(_ metric: JSON.Member) {
    let name = metric.name
    let list = (metric.value.array ?? [metric.value]).filter { $0 != .null }
    let numbers = list.compactMap(\.double)
    // Of several of one name the last counts.
    (values[name], leftOut[name]) = (nil, nil)
    notMeasured.remove(name)
    if numbers.count < list.count {
      leftOut[name] = "is \(metric.value.description.prefix(100))"
    } else if numbers.isEmpty {
      notMeasured.insert(name)
    } else {
      values[name] = numbers.reduce(0, +) / Double(numbers.count)
      if metric.value.array != nil { evaluations += numbers.map { (name, $0) } }
    }
  }
}
