import PopulationBasedTraining
import Testing

@testable import PoptrainSimulation

@Suite("A simulation")
struct SimulationTests {
  @Test("holds every invariant, whatever goes wrong")
  func invariants() {
    var faults: [Fault: Int] = [:]
    for seed in 0..<60 as Range<UInt64> {
      let result = Simulation(seed: seed).run()
      #expect(result.violation == nil, "seed \(seed)")
      faults.merge(result.faults) { $0 + $1 }
    }
    for fault in Fault.ofOneMachine { #expect(faults[fault, default: 0] > 0, "\(fault.rawValue) never happened") }
  }

  @Test("does the same again under the same seed, line by line")
  func replay() {
    for seed in [3, 17, 29] as [UInt64] {
      var (first, second): ([String], [String]) = ([], [])
      let one = Simulation(seed: seed).run { first.append($0) }
      let other = Simulation(seed: seed).run { second.append($0) }
      #expect(first == second && first.count > 50)
      #expect(one.history == other.history && one.faults == other.faults)
    }
  }

  @Test("finds a planted defect within a bounded number of seeds", arguments: PlantedDefect.all)
  func planted(_ defect: PlantedDefect) {
    for seed in 0..<200 as Range<UInt64> {
      var simulation = Simulation(seed: seed)
      simulation.seams = defect.seams
      guard let violation = simulation.run().violation else { continue }
      #expect(violation.invariant == defect.invariant, "seed \(seed): \(violation)")
      return
    }
    Issue.record("nothing was found")
  }

  /// Faults after which an interval is trained again as it was. A preemption splits it.
  private static let harmless = Set(Fault.ofOneMachine).subtracting([
    .tornCheckpoint, .missingCheckpoint, .trainerNaN, .trainerLie, .preemption,
  ])

  private func plan(_ seed: UInt64, workers: Int, _ faults: Set<Fault>) -> Plan {
    var plan = Plan(seed: seed)
    plan.rules.order = .synchronous
    plan.rules.maxFailures = .max
    plan.workers = workers
    plan.faults = faults
    return plan
  }

  @Test("comes to the same history in synchronous order, whatever the schedule, the workers and the faults (I6)")
  func sameHistory() {
    for seed in 0..<5 as Range<UInt64> {
      let calm = Simulation(plan(seed, workers: 1, []), schedule: 0).run()
      #expect(calm.violation == nil)
      for (schedule, workers) in zip(1...4 as ClosedRange<UInt64>, [1, 2, 3, 6]) {
        let result = Simulation(plan(seed, workers: workers, Self.harmless), schedule: schedule).run()
        #expect(result.violation == nil, "seed \(seed), schedule \(schedule)")
        #expect(canonical(result.history) == canonical(calm.history), "seed \(seed), schedule \(schedule)")
      }
    }
  }

  @Test("finds a trainer whose seed depends on who trains (I6)")
  func otherHistory() {
    let histories = (0..<3 as Range<UInt64>).map { schedule in
      var simulation = Simulation(plan(1, workers: 3, []), schedule: schedule)
      simulation.seams.store = { store, _ in StoreThatSeedsWorkers(base: TrackedStore(base: store)) }
      return canonical(simulation.run().history)
    }
    #expect(Set(histories).count > 1)
  }

  /// What must be the same: everything but times, tokens, workers and the order of the independent.
  private func canonical(_ history: [HistoryRecord]) -> [String] {
    func name(_ checkpoint: CheckpointID?) -> String {
      checkpoint.map { $0.description.split(separator: "-").prefix(2).joined(separator: "-") } ?? "fresh"
    }
    func values(_ hyperparameters: Hyperparameters) -> String {
      hyperparameters.sorted { $0.key < $1.key }.map { "\($0.key)=\($0.value)" }.joined(separator: " ")
    }
    return history.compactMap { record -> String? in
      switch record {
      case .interval(let interval):
        """
        \(interval.member) interval \(interval.number) \(interval.kind) \(interval.outcome) \(name(interval.start)) \
        \(name(interval.end)) \(interval.startSteps)+\(interval.steps) \(interval.startAge) \(interval.score ?? 0) \
        \(interval.seed) \(interval.tie) \(values(interval.hyperparameters))
        """
      case .decision(let decision):
        """
        \(decision.member) decision \(decision.ordinal) \(decision.result.name) \
        \(name(decision.result.donor?.checkpoint)) \(values(decision.hyperparameters))
        """
      case .attempt, .collection, .event: nil
      }
    }.sorted()
  }
}
