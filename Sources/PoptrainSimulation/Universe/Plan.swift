public import PopulationBasedTraining

/// What is simulated under one seed: an experiment, its workers, and the faults that may happen.
public struct Plan: Sendable {
  /// The rules of the experiment.
  public var rules: Rules
  /// Whether processes share a log, each with a store of its own; otherwise one process has the store of all.
  public var isShared: Bool
  /// How many workers there are, or processes.
  public var workers: Int
  /// The faults that may happen.
  public var faults: Set<Fault>
  /// How many seconds of virtual time faults happen for; afterwards the run must come to its end.
  public var stormSeconds: Double

  /// The plan of a seed: about half of all faults, so that each meets others and has runs to itself.
  public init(seed: UInt64, isShared: Bool = false) {
    let chance = Chance(seed: seed, purpose: "plan")
    self.isShared = isShared
    rules = Plan.rules(chance, intervals: isShared ? 4...10 : 2...5)
    // Its decisions are costly, so that they are made outside of transactions.
    let learning = ExploreRules.all.first { $0.name == "pb2" }
    if isShared, let learning, Chance(seed: seed, purpose: "explore").happens(0.2) {
      rules.explore = RuleChoice(learning, ["window": .number(10)])
    }
    workers = isShared ? chance.integer(2...5) : chance.integer(1...4)
    let share = chance.one(of: [0, 0.25, 0.5, 0.5, 0.75, 1])
    faults = Set((isShared ? Fault.ofSharedLog : Fault.ofOneMachine).filter { _ in chance.happens(share) })
    // It ends a run early.
    if isShared, chance.happens(0.8) { faults.remove(.newerVersion) }
    stormSeconds = chance.number(100...1500)
  }

  private static func rules(_ chance: Chance, intervals: ClosedRange<Int>) -> Rules {
    let interval = 10
    let exploits = ["truncation", "truncation", "binary_tournament", "none"]
    let name = chance.one(of: exploits)
    let exploit = ExploitRules.all.first { $0.name == name }.map { RuleChoice($0) } ?? ExploitRules.standard
    return Rules(
      seed: chance.bits(), populationSize: chance.integer(3...6), steps: interval * chance.integer(intervals),
      interval: IntervalLength(integerLiteral: interval), mode: chance.one(of: [.max, .min]),
      order: chance.happens(0.4) ? .synchronous : .asynchronous,
      space: Space([
        Hyperparameter("rate", .logUniform(1e-4, 1)), Hyperparameter("layers", .integer(1, 4)),
        Hyperparameter("batch", .ordered([.integer(16), .integer(32), .integer(64)])),
        Hyperparameter("kind", .choice([.text("a"), .text("b")])), Hyperparameter("width", .fixed(.integer(8))),
      ]),
      exploit: exploit, evaluatesCopies: chance.happens(0.3))
  }
}
