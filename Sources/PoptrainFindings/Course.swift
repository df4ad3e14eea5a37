internal import PopulationBasedTraining

/// The course of a run, as findings ask for it: which model came from which, and what it scored. O(n).
struct Course: Sendable {
  /// A stretch of training. No more than findings ask for is kept of an interval: there may be a million.
  struct Stretch: Sendable {
    let member: Member.ID
    let startAge, endAge, steps: Int
    /// What it reported at its end, higher is better; none unless it completed.
    let score: Double?
    /// Whether its steps were trained, and not only credited.
    let isTrained: Bool
    /// Whether it ended with a model.
    let hasModel: Bool
    let hyperparameters: Hyperparameters
    /// The stretch that trained the model it began with; none: it began fresh.
    let parent: Int?
    /// Whether that model had just been copied from another member.
    let isCopy: Bool

    /// - Parameter hyperparameters: those of the interval; equal ones of other stretches are stored once.
    init(_ interval: Interval, _ hyperparameters: Hyperparameters, parent: Int?, isCopy: Bool) {
      (member, startAge, endAge, steps) = (interval.member, interval.startAge, interval.endAge, interval.steps)
      score = interval.outcome == .completed ? interval.score : nil
      (isTrained, hasModel) = (interval.outcome.isTrained, interval.end != nil)
      (self.hyperparameters, self.parent, self.isCopy) = (hyperparameters, parent, isCopy)
    }
  }

  /// Where a time of an engine began and ended, and what its workers did.
  struct Session: Sendable {
    let start: Double
    var end: Double
    /// Until when each worker was busy.
    var workers: [String: Double] = [:]
    /// The seconds that its workers' trainers have worked.
    var busy = 0.0
  }

  /// The rules of the run.
  let rules: Rules
  /// Every interval of training, in order.
  private(set) var stretches: [Stretch] = []
  /// Every failed attempt, in order.
  private(set) var attempts: [Attempt] = []
  /// The stretch that trained the model of each member that is trained; none while it is fresh.
  private(set) var models: [Member.ID: Int?] = [:]
  /// How many stretches there were when each member joined that has not left.
  private(set) var joined: [Member.ID: Int] = [:]
  /// The times of engines.
  private(set) var sessions: [Session] = []
  /// How many intervals have ended; draws that were refused are none.
  private(set) var intervals = 0
  /// How many copies of weights there were.
  private(set) var copies = 0
  /// How many first models there were.
  private(set) var founders = 0
  /// How many steps were trained when all models came to descend from one founder, for the last time; none where they do
  /// not.
  private(set) var takeover: Int?
  /// How many steps were trained.
  private(set) var trainedSteps = 0

  /// The stretch of the best interval.
  private(set) var best: Int?

  private var bestInterval: Interval?
  private var sequences: [Int] = []
  private var modelsAt: [Int?] = []
  private var copied: Set<Member.ID> = []
  /// The members that began fresh and have not trained since: values that are refused found nothing.
  private var unbegun: Set<Member.ID> = []
  private var founderOfMember: [Member.ID: Int] = [:]
  private var founderOfStretch: [Int] = []
  private var living: [Int: Int] = [:]

  /// That of a run that has not begun.
  init(rules: Rules) { self.rules = rules }

  /// Follows the records of a run, after those that it has followed.
  mutating func follow(_ records: [HistoryRecord]) {
    for record in records {
      switch record {
      case .interval(let interval): pass(interval)
      case .decision(let decision): pass(decision)
      case .attempt(let attempt):
        attempts.append(attempt)
        extend(to: attempt.at)
      case .event(let event):
        if event.kind == .started { sessions.append(Session(start: event.at, end: event.at)) }
      case .collection: break
      }
    }
  }

  /// Whether members copy one another.
  var isWithCopies: Bool { ExploitRules.all.first { $0.name == rules.exploit.name }?.copiesNobody == false }

  /// Whether nothing is left to train.
  var isOver: Bool { trainedSteps >= plannedSteps }

  /// How many founders have descendants among the models that live now.
  var livingFounders: Int { living.count }

  /// How many steps all members will have trained at the end.
  var plannedSteps: Int { max(trainedSteps, rules.populationSize * rules.steps) }

  /// The line of models that led to a stretch, itself last.
  func line(to stretch: Int) -> [Int] {
    var line = [stretch]
    while let parent = stretches[line[line.count - 1]].parent { line.append(parent) }
    return line.reversed()
  }

  // MARK: Records

  private mutating func pass(_ interval: Interval) {
    work(interval)
    if !interval.isRefused { intervals += 1 }
    let model = models[interval.member] ?? nil
    sequences.append(interval.sequence)
    guard interval.kind == .train, !interval.isRefused else { return modelsAt.append(model) }
    unbegun.remove(interval.member)
    trainedSteps += interval.steps
    // Most intervals keep the values of the one before, and then share their storage.
    let before = model.map { stretches[$0].hyperparameters }
    let values = before == interval.hyperparameters ? before ?? interval.hyperparameters : interval.hyperparameters
    stretches.append(Stretch(interval, values, parent: model, isCopy: copied.contains(interval.member)))
    let better = rules.best(of: (bestInterval.map { [$0] } ?? []) + [interval])
    if let better, better.sequence == interval.sequence { (best, bestInterval) = (stretches.count - 1, interval) }
    founderOfStretch.append(founderOfMember[interval.member] ?? 0)
    if interval.end != nil {
      models[interval.member] = .some(stretches.count - 1)
      copied.remove(interval.member)
    }
    modelsAt.append(models[interval.member] ?? nil)
  }

  private mutating func pass(_ decision: Decision) {
    let member = decision.member
    if decision.ordinal == 0 { joined[member] = stretches.count }
    switch decision.result {
    case .inherit(let donor) where donor.inherits.includesWeights:
      guard let position = position(of: donor.sequence), let model = modelsAt[position] else { return }
      copies += 1
      unbegun.remove(member)
      copied.insert(member)
      models[member] = .some(model)
      setFounder(founderOfStretch[model], of: member)
    case .retire, .fail:
      unbegun.remove(member)
      models[member] = nil
      if decision.result == .retire { joined[member] = nil }
      setFounder(nil, of: member)
    case .stay where decision.ordinal > 0, .inherit where decision.ordinal > 0: break
    case .fresh, .stay, .inherit:
      models[member] = .some(nil)
      copied.remove(member)
      guard unbegun.insert(member).inserted else { return }
      founders += 1
      setFounder(founders, of: member)
    }
  }

  private func position(of sequence: Int) -> Int? {
    var (low, high) = (0, sequences.count)
    while low < high {
      let middle = (low + high) / 2
      if sequences[middle] < sequence { low = middle + 1 } else { high = middle }
    }
    return low < sequences.count && sequences[low] == sequence ? low : nil
  }

  private mutating func setFounder(_ founder: Int?, of member: Member.ID) {
    if let before = founderOfMember[member] {
      let left = living[before, default: 1] - 1
      living[before] = left > 0 ? left : nil
    }
    founderOfMember[member] = founder
    if let founder { living[founder, default: 0] += 1 }
    if living.count > 1 { takeover = nil } else if takeover == nil { takeover = trainedSteps }
  }

  private mutating func work(_ interval: Interval) {
    extend(to: interval.finishedAt)
    guard interval.token != nil, !sessions.isEmpty else { return }
    let last = sessions.count - 1
    // Intervals of one batch have the same time in common.
    let start = max(interval.startedAt, sessions[last].workers[interval.worker] ?? sessions[last].start)
    sessions[last].busy += max(0, interval.finishedAt - start)
    sessions[last].workers[interval.worker] = interval.finishedAt
  }

  private mutating func extend(to moment: Double) {
    guard !sessions.isEmpty else { return }
    sessions[sessions.count - 1].end = max(sessions[sessions.count - 1].end, moment)
  }
}
