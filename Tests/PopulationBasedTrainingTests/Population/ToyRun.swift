import PoptrainStoreTesting
import Testing

@testable import PopulationBasedTraining

/// A run of real decisions over a trainer that is a function. Which member finishes next is drawn.
struct ToyRun {
  /// A model: whatever the trainer remembers.
  typealias Model = [Double]

  /// What the trainer is asked for.
  struct Task {
    let member: Member.ID
    /// None: it starts fresh.
    let model: Model?
    let hyperparameters: Hyperparameters
    let steps: Int
    /// The steps that the slot has trained before.
    let startSteps: Int
  }

  /// What the trainer gives back: the model, its metrics (none: it diverged), and those that it logged on the way.
  struct Result {
    var model: Model
    var metrics: [String: Double]
    var logged: [[String: Double]] = []
  }

  private(set) var population: Population
  private(set) var records: [HistoryRecord] = []
  private var models: [CheckpointID: Model] = [:]
  private var dice: SeededGenerator
  private let train: (Task) -> Result

  init(_ rules: Rules, order seed: Int = 1, train: @escaping (Task) -> Result) {
    population = Population(rules: rules)
    dice = SeededGenerator(seed: UInt64(seed))
    self.train = train
    for id in 0..<rules.populationSize { append(.decision(initialDecision(id, in: population))) }
  }

  /// A run whose metrics are drawn, in full: `score`, `second` and `third`.
  static func random(_ rules: Rules, order seed: Int = 1, divergence: Double = 0.05) -> ToyRun {
    var run = ToyRun(rules, order: seed) { task in
      var dice = SeededGenerator(seed: UInt64(task.member * 1_000_003 + task.startSteps * 17 + seed))
      func number() -> Double { Double(dice.integer(-5...5)) }
      let metrics = dice.chance(divergence) ? [:] : ["score": number(), "second": number(), "third": number()]
      return Result(model: [], metrics: metrics)
    }
    run.finish()
    return run
  }

  /// Trains until every member has trained its budget.
  mutating func finish() {
    while advance() {}
  }

  /// Lets one interval end, and what follows from it.
  ///
  /// - Returns: whether there was one.
  @discardableResult mutating func advance() -> Bool {
    let ready = population.leastAdvancedReady(population.members.count)
    guard let id = ready.randomElement(using: &dice) else { return false }
    append(.interval(interval(of: population.members[id])))
    if population.isToRestart {
      append(.event(Event(sequence: population.sequence + 1, .restarted(1), at: 0)))
    }
    guard !population.waitsForOthers else { return true }
    let deciding = population.due.filter { !population.isToWaitForADonor($0) }
    let decisions = deciding.reduce(into: []) { $0.append(decide($1, in: population, after: $0)) }
    for var decision in decisions {
      decision.sequence = population.sequence + 1
      append(.decision(decision))
    }
    return true
  }

  /// The decisions after the joining, in order.
  var decisions: [Decision] {
    records.compactMap { if case .decision(let decision) = $0, decision.ordinal > 0 { decision } else { nil } }
  }

  /// The intervals in order.
  var intervals: [Interval] {
    records.compactMap { if case .interval(let interval) = $0 { interval } else { nil } }
  }

  /// Makes every decision again on the population that it saw, which is derived from history, and hands both on.
  func audit(_ body: (Decision, Population) -> Void = { _, _ in }) {
    var population = Population(rules: population.rules)
    var seen = population
    var decided: [Decision] = []
    for record in records {
      if case .decision(let decision) = record, decision.ordinal > 0 {
        if population.sequence == decision.saw { (seen, decided) = (population, []) }
        #expect(seen.sequence == decision.saw)
        var again = decide(decision.member, in: seen, after: decided)
        decided.append(again)
        again.sequence = decision.sequence
        #expect(again == decision)
        body(decision, seen)
      }
      population.apply(record)
    }
    #expect(population.members == self.population.members)
  }

  private mutating func interval(of member: Member) -> Interval {
    let rules = population.rules
    let task = Task(
      member: member.id, model: member.checkpoint.flatMap { models[$0] }, hyperparameters: member.hyperparameters,
      steps: rules.stepsOfNextInterval(of: member), startSteps: member.steps)
    let result = train(task)
    let score = result.metrics[rules.metric].flatMap(rules.score(ofMetric:))
    var interval = Interval.example(
      of: member, sequence: population.sequence + 1, kind: member.next, outcome: score == nil ? .diverged : .completed,
      steps: task.steps, score: score, tie: rules.tie(member: member.id, steps: member.steps, kind: member.next))
    interval.metrics = result.metrics
    interval.evaluations = result.logged.map { Evaluation(age: member.age, metrics: $0) }
    interval.selection = population.selection(of: interval)
    if member.next == .train, let end = interval.end { models[end] = result.model }
    return interval
  }

  private mutating func append(_ record: HistoryRecord) {
    population.apply(record)
    records.append(record)
  }
}
