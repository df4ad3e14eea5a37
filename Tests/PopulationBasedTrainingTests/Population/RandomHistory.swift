import PoptrainStoreTesting
@testable import PopulationBasedTraining

/// Histories of a run, record by record, in which everything happens that may: members finish in any order, well or badly,
/// attempts fail, engines start, checkpoints are collected.
struct RandomHistory {
  private(set) var population: Population
  private(set) var records: [HistoryRecord] = []
  /// The rules from a sequence on.
  private(set) var revisions: [Int: Rules] = [:]
  private var dice: SeededGenerator

  init(seed: UInt64, rules: Rules) {
    dice = SeededGenerator(seed: seed)
    population = Population(rules: rules)
    for id in 0..<rules.populationSize { append(.decision(initialDecision(id, in: population))) }
  }

  /// Lets something happen: mostly one record more, sometimes a lease given or given back.
  mutating func advance() {
    let sequence = population.sequence + 1
    switch dice.integer(0...19) {
    case 0: append(.event(Event(sequence: sequence, .started(folder: ""), at: 0)))
    case 1: append(.event(Event(sequence: sequence, .warning("slow"), at: 0)))
    case 2: append(.collection(sequence: sequence, checkpoint: CheckpointID("old")))
    case 3, 4:
      guard let id = member(in: [.leased]) else { return }
      append(.attempt(.example(sequence: sequence, member: id)))
      population.setLeased(id, false)
    case 5: if let id = member(in: [.leased]) { population.setLeased(id, false) }
    case 6...9: if let id = population.leastAdvancedReady(1).first { population.setLeased(id, true) }
    case 10...13:
      guard let id = member(in: [.due]) else { return }
      append(.decision(decide(id, in: population)))
    default:
      guard let id = member(in: [.leased, .ready]) else { return }
      append(.interval(interval(of: population.members[id])))
    }
  }

  /// Goes on under other rules: leases end, members join or leave.
  mutating func revise(_ rules: Rules) {
    for member in population.members where member.state == .leased { population.setLeased(member.id, false) }
    append(.event(Event(sequence: population.sequence + 1, .revised(experiment: ""), at: 0)))
    population.revise(rules)
    revisions[population.sequence] = rules
    while population.size < rules.populationSize {
      append(.decision(initialDecision(population.members.count, in: population)))
    }
    while let retirement = retirement(in: population) { append(.decision(retirement)) }
  }

  private mutating func append(_ record: HistoryRecord) {
    population.apply(record)
    records.append(record)
  }

  private mutating func member(in states: Set<Member.State>) -> Member.ID? {
    population.members.filter { states.contains($0.state) }.randomElement(using: &dice)?.id
  }

  private mutating func interval(of member: Member) -> Interval {
    let asked = population.rules.nextReady(after: member.steps) - member.steps
    let outcome: Interval.Outcome =
      dice.chance(0.6) ? .completed : dice.pick(Interval.Outcome.allCases)
    let score = outcome == .completed ? Double(dice.integer(-4...4)) : nil
    var interval = Interval.example(
      of: member, sequence: population.sequence + 1, kind: member.next,
      outcome: member.next == .evaluate && outcome == .partial ? .completed : outcome,
      steps: outcome == .partial ? asked / 2 : asked, score: score, tie: UInt64(dice.integer(0...2)))
    interval.evaluations = (0..<dice.integer(0...3)).map {
      Evaluation(age: interval.startAge + $0, metrics: ["score": Double(dice.integer(-4...4))])
    }
    interval.selection = population.selection(of: interval)
    return interval
  }
}

extension Interval {
  /// What a worker would record for a member.
  static func example(
    of member: Member, sequence: Int, kind: Kind = .train, outcome: Outcome = .completed, steps: Int = 10,
    score: Double? = nil, tie: UInt64 = 0
  ) -> Interval {
    let saved = CheckpointID(member: member.id, number: member.intervals + 1, token: "t\(sequence)")
    let hasModel = [.completed, .partial, .unscored, .diverged].contains(outcome)
    return Interval(
      sequence: sequence, member: member.id, number: member.intervals + 1, kind: kind, outcome: outcome,
      start: member.checkpoint, end: kind == .evaluate ? member.checkpoint : hasModel ? saved : nil,
      startSteps: member.steps, steps: kind == .evaluate ? 0 : steps, startAge: member.age,
      hyperparameters: member.hyperparameters, score: score,
      selection: outcome == .completed ? score : nil, startSelection: member.startSelection, tie: tie, metrics: [:],
      evaluations: [], seed: 0,
      token: "t\(sequence)", worker: "w", message: nil, log: nil, startedAt: 0, finishedAt: 0)
  }
}

extension Attempt {
  /// An attempt that failed.
  static func example(sequence: Int, member: Member.ID) -> Attempt {
    Attempt(
      sequence: sequence, member: member, number: 1, reason: .exited, message: "exited with 1", logTail: "",
      token: "t\(sequence)", worker: "w", log: nil, at: 0)
  }
}
