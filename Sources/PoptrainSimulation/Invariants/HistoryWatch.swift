internal import PopulationBasedTraining

/// I1, I4, I5, I7 and I8 on history: it looks at each record once, and keeps its own account of members.
struct HistoryWatch {
  private struct Slot {
    var intervals = 0
    var steps = 0
  }

  private let rules: Rules
  private var recomputation: Recomputation
  /// All records, where decisions are costly and asynchronous: these are recorded in another order than the one in which they
  /// have to be recomputed, so that is done at the end.
  private var records: [HistoryRecord] = []
  private(set) var sequence = 0
  private var slots: [Member.ID: Slot] = [:]
  private var intervalByEnd: [CheckpointID: Interval] = [:]
  private(set) var intervalByToken: [String: Interval] = [:]
  private(set) var collected: Set<CheckpointID> = []
  private(set) var best: Double?
  private var lastKinds: [(sequence: Int, saw: Int?)] = []

  init(rules: Rules) {
    self.rules = rules
    recomputation = Recomputation(rules: rules)
  }

  /// The checkpoints that history says exist.
  var present: Set<CheckpointID> { Set(intervalByEnd.keys).subtracting(collected) }

  mutating func take(_ record: HistoryRecord) throws(Violation) {
    guard record.sequence == sequence + 1 else {
      throw Violation(invariant: "I4", message: "record \(record.sequence) follows \(sequence)")
    }
    sequence = record.sequence
    let rules = rules
    if case .decision(let decision) = record { try look(at: decision) }
    let again: Decision?
    if areDecidedAside {
      records.append(record)
      again = if case .decision(let decision) = record { decision } else { nil }
    } else {
      again = recomputation.take(record) { _ in rules }
    }
    switch record {
    case .interval(let interval): try look(at: interval)
    case .decision(let decision):
      guard again == decision else {
        throw Violation(
          invariant: "I5", message: "decided again, it is \(again.map { "\($0)" } ?? ""), not \(decision)")
      }
      if rules.order == .synchronous, decision.ordinal > 0, recomputation.seen.count(.ready) > 0 {
        throw Violation(invariant: "I5", message: "member \(decision.member) decided before all were through")
      }
    case .collection(_, let checkpoint):
      guard collected.insert(checkpoint).inserted else {
        throw Violation(invariant: "I2", message: "\(checkpoint) was collected twice")
      }
    case .attempt, .event: break
    }
    var saw: Int?
    if case .decision(let decision) = record { saw = decision.saw }
    lastKinds.append((record.sequence, saw))
    if lastKinds.count > 50 { lastKinds.removeFirst() }
  }

  private var areDecidedAside: Bool { rules.areDecisionsCostly && rules.order == .asynchronous }

  /// Looks at what could not be looked at while records came.
  func end() throws(Violation) {
    let rules = rules
    guard let (recorded, again) = Recomputation.difference(in: records, beganWith: rules, rules: { _ in rules }) else {
      return
    }
    throw Violation(invariant: "I5", message: "decided again, it is \(again.map { "\($0)" } ?? ""), not \(recorded)")
  }

  private mutating func look(at interval: Interval) throws(Violation) {
    let name = "interval \(interval.number) of member \(interval.member)"
    let slot = slots[interval.member, default: Slot()]
    guard interval.number == slot.intervals + 1 else {
      throw Violation(invariant: "I4", message: "\(name) follows \(slot.intervals)")
    }
    guard interval.startSteps == slot.steps else {
      throw Violation(invariant: "I4", message: "\(name) starts at step \(interval.startSteps), not \(slot.steps)")
    }
    slots[interval.member] = Slot(intervals: interval.number, steps: slot.steps + interval.steps)
    if let token = interval.token, intervalByToken.updateValue(interval, forKey: token) != nil {
      throw Violation(invariant: "I4", message: "\(name) was recorded twice under \(token)")
    }
    try look(at: interval.hyperparameters, of: name)
    if let start = interval.start {
      guard let before = intervalByEnd[start], !collected.contains(start) else {
        throw Violation(invariant: "I2", message: "\(name) starts from \(start), which does not exist")
      }
      guard before.endAge == interval.startAge else {
        throw Violation(
          invariant: "I1", message: "\(name) starts at age \(interval.startAge) from a model of \(before.endAge)")
      }
    } else if interval.startAge != 0 {
      throw Violation(invariant: "I1", message: "\(name) starts fresh at age \(interval.startAge)")
    }
    guard interval.score?.isFinite ?? true, interval.outcome != .completed || interval.score != nil else {
      throw Violation(invariant: "I8", message: "\(name) has the score \(interval.score ?? .nan)")
    }
    guard interval.outcome != .completed || (interval.end != nil && interval.token != nil) else {
      throw Violation(invariant: "I1", message: "\(name) completed without a checkpoint or a lease")
    }
    if interval.outcome == .completed, let score = interval.score { best = max(best ?? score, score) }
    if let end = interval.end, interval.kind == .train, intervalByEnd.updateValue(interval, forKey: end) != nil {
      throw Violation(invariant: "I2", message: "the name \(end) was used again")
    }
  }

  private func look(at decision: Decision) throws(Violation) {
    try look(at: decision.hyperparameters, of: "decision \(decision.ordinal) of member \(decision.member)")
    // Everything but its fellows at the barrier.
    for (sequence, saw) in areDecidedAside ? [] : lastKinds where sequence > decision.saw && saw != decision.saw {
      throw Violation(
        invariant: "I5", message: "member \(decision.member) saw \(decision.saw), but \(sequence) was there already")
    }
    if let donor = decision.result.donor, collected.contains(donor.checkpoint) {
      throw Violation(
        invariant: "I2", message: "member \(decision.member) copied \(donor.checkpoint), which is collected")
    }
  }

  /// I7, by hand.
  func look(at values: Hyperparameters, of name: String) throws(Violation) {
    for hyperparameter in rules.space.hyperparameters {
      let isRight: Bool =
        switch (hyperparameter.domain, values[hyperparameter.name]) {
        case (.uniform(let low, let high), .number(let value)?), (.logUniform(let low, let high), .number(let value)?),
          (.oneMinus(let low, let high), .number(let value)?):
          value >= low && value <= high
        case (.integer(let low, let high), .integer(let value)?): value >= low && value <= high
        case (.ordered(let all), let value?), (.choice(let all), let value?): all.contains(value)
        case (.fixed(let fixed), let value?): fixed == value
        default: false
        }
      guard isRight else {
        throw Violation(
          invariant: "I7",
          message: "\(name): \(hyperparameter.name) is \(values[hyperparameter.name]?.description ?? "missing")")
      }
    }
  }
}
